"""A plug-in's adapter is tried out before it is offered; what it does wrong is said in words."""

from __future__ import annotations

from typing import Any

import pytest

import providers
from providers import Adapter, Field, InvalidRequest, OpenAIFormat, Target, Unfit
from providers._plugins.contract import check
from providers.compatible import Compatible
from tests.plugin.thinkback_example import Example


def exits(*_: Any) -> Any:
    raise SystemExit(3)


def fails(*_: Any) -> Any:
    raise ValueError("no\nsuch thing")


def elsewhere(self: Any, target: Any, path: str, query: str = "") -> Any:
    return OpenAIFormat.url(self, target, path, query).copy_with(host="evil.example")


@pytest.mark.parametrize("adapter", [*providers.available(), Example()], ids=lambda adapter: adapter.kind)
def test_ours_and_the_example_are_fit(adapter: Adapter) -> None:
    check(adapter)


def test_a_row_is_fit() -> None:
    check(Compatible("madeup", "Made up", "https://api.madeup.example/v1"))


def test_one_may_want_settings_first() -> None:
    def picky(*_: Any) -> Any:
        raise InvalidRequest("Choose a region.")

    check(type("Picky", (Example,), {"kind": "picky", "url": picky, "credentials": lambda self, key: {}})())


class Moved(Example):
    """One whose setting chooses the host."""

    kind = "moved"

    def fields(self) -> tuple[Field, ...]:
        choices = (("eu", "Europe"), ("us", "United States"))
        return (*super().fields(), Field("region", "Region", "choice", default="eu", choices=choices))

    def root(self, target: Target) -> str:
        return f"https://{target.options['region']}.example/v1"


def test_requests_go_where_the_root_is_said_to_be() -> None:
    check(Moved())
    url = Moved().url(Target("moved", Moved.base_url, options={"region": "us"}), "v1/models")
    assert str(url) == "https://us.example/v1/models"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"kind": "Not A Kind"}, "its kind is"),
    ({"kind": "a/../b"}, "its kind is"),
    ({"kind": 3}, "its kind is"),
    ({"label": ""}, "its label has"),
    ({"label": None}, "its label is a NoneType"),
    ({"shape": "soap"}, "its shape is one of openai, anthropic, google"),
    ({"message_format": "rhyme"}, "its message_format is one of openai, r1, simple"),
    ({"base_url": "ftp://x"}, "its base_url is no address"),
    ({"key_prefixes": "sk-"}, "its key_prefixes is a str"),
    ({"key_prefixes": ("",)}, "a key prefix is empty"),
    ({"forwarded": frozenset({"Cookie"})}, "forwarded headers are in small letters"),
    ({"forwarded": frozenset({"cookie"})}, "headers that carry keys"),
    ({"fields": lambda self: [Field("api_key", "Key")]}, "fields() answers with list"),
    ({"fields": lambda self: ()}, "it needs a key and has no field api_key"),
    ({"fields": lambda self: (Field("api_key", "Key", "secret"),) * 2}, "two fields have the same name"),
    ({"fields": lambda self: (Field("a", "A", "colour"),)}, "the field a is of no known kind"),
    ({"fields": lambda self: (Field("a", "A", "choice"),)}, "the field a has choices or is no choice"),
    ({"fields": lambda self: (Field("a", "A", "number", default="soon"),)}, "it needs a key"),
    ({"chat": Adapter.chat}, "chat() is missing"),
    ({"chat": fails}, "chat() fails with ValueError: no such thing"),
    ({"chat": lambda self, prompt: {}}, "chat() answers with dict"),
    ({"models": Adapter.models}, "models() is missing"),
    ({"url": elsewhere}, "url() leads to evil.example, away from the base URL"),
    ({"operation": lambda *_: providers.Operation("chat")}, "operation() does not know again"),
    ({"credentials": lambda self, key: {"x-key": str(key)}}, "credentials() makes a header without a key"),
    ({"reader": lambda self: None}, "reader() answers with NoneType"),
    ({"usage": lambda self, document: document["usage"]}, "usage() fails with KeyError"),
    ({"failure": lambda *_: None}, "failure() answers with NoneType"),
    ({"read_models": fails}, "read_models() fails with ValueError"),
    ({"transport": exits}, "SystemExit: 3"),
]


@pytest.mark.parametrize(("wrong", "reason"), WRONG, ids=[reason for _, reason in WRONG])
def test_what_is_wrong_is_said(wrong: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unfit) as refused:
        check(type("Wrong", (Example,), wrong)())
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 400
