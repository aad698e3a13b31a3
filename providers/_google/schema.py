"""JSON Schema as Gemini takes it: https://ai.google.dev/api/generate-content (`responseJsonSchema`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What it refuses, or has stumbled over; none of it says what a value looks like, except the bounds that it cannot keep.
UNKNOWN = frozenset({
    "$schema", "$comment", "title", "discriminator", "examples", "deprecated", "readOnly", "writeOnly",
    "exclusiveMinimum", "exclusiveMaximum", "unevaluatedProperties", "patternProperties",
})  # fmt: skip
NAMED = ("properties", "$defs", "definitions")  # their keys are names, their values schemas
LISTED = ("anyOf", "oneOf", "allOf", "prefixItems")
WITHIN = ("items", "additionalProperties", "not")


def cleaned(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without what Gemini does not know; one fixed value as an enumeration of one."""
    made = {key: value for key, value in schema.items() if key not in UNKNOWN}
    if "const" in made:
        made["enum"] = [made.pop("const")]
    for key in NAMED:
        if isinstance(made.get(key), Mapping):
            made[key] = {name: within(value) for name, value in made[key].items()}
    for key in LISTED:
        if isinstance(made.get(key), list):
            made[key] = [within(value) for value in made[key]]
    return made | {key: within(made[key]) for key in WITHIN if key in made}


def within(value: Any) -> Any:
    """A schema inside another; `true` and `false` are schemas too."""
    return cleaned(value) if isinstance(value, Mapping) else value


def has_parameters(schema: Mapping[str, Any]) -> bool:
    """Whether a function takes any argument: one without is declared without a schema."""
    return bool(schema.get("properties")) or any(key in schema for key in ("$ref", "anyOf", "oneOf", "allOf"))
