"""The JSON Schema that every adapter offers of its fields."""

from __future__ import annotations

from typing import Any

import pytest

import providers
from providers import Adapter, Field
from tests.plugin.thinkback_example import Example

ADAPTERS = [*providers.available(), Example()]


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.kind)
def test_every_adapter_has_one(adapter: Adapter) -> None:
    schema = adapter.schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (schema["type"], schema["title"]) == ("object", adapter.label)
    assert list(schema["properties"]) == [field.name for field in adapter.fields()]
    assert set(schema["required"]) <= set(schema["properties"])
    secret = {field.name for field in adapter.fields() if field.kind == "secret"}
    assert {name for name, one in schema["properties"].items() if one.get("writeOnly")} == secret


def test_what_has_no_default_of_its_own_is_required() -> None:
    assert providers.get("custom").schema()["required"] == ["base_url"]
    assert Example().schema()["required"] == ["api_key"]


def test_other_fields_stand_before_its_own() -> None:
    others = (Field("retries", "Retries", "number"), Field("project", "Another"))
    properties = Example().schema(*others)["properties"]
    assert list(properties)[0] == "retries"
    assert properties["project"] == {
        "title": "Project", "type": "string", "description": "Only for keys of several projects.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "told"),
    [
        (Field("a", "A"), {"type": "string"}),
        (Field("a", "A", "url", default="https://x"), {"type": "string", "format": "uri", "default": "https://x"}),
        (Field("a", "A", "secret"), {"type": "string", "writeOnly": True}),
        (Field("a", "A", "number", default="2.5"), {"type": "number", "default": 2.5}),
        (Field("a", "A", "headers"), {"type": "object", "additionalProperties": {"type": "string"}}),
        (
            Field("a", "A", "choice", choices=(("", "No"), ("on", "Yes"))),
            {"type": "string", "oneOf": [{"const": "", "title": "No"}, {"const": "on", "title": "Yes"}]},
        ),
    ],
)
def test_kinds_of_fields(field: Field, told: dict[str, Any]) -> None:
    assert field.schema() == {"title": "A", **told}
