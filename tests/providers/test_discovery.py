"""Providers are found by file and by entry point; nothing else names them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace

import pytest

import providers
from providers import Adapter, LeftOut, Offer, Source
from providers._openai.format import OpenAIFormat
from providers._plugins import discovery as _discovery
from providers._plugins import offers as _offers


@dataclass
class Entry:
    """An entry point that brings a value, or fails to; the package that states it may be unknown."""

    name: str
    value: object
    dist: SimpleNamespace | None = None

    def load(self) -> object:
        """What the package brings."""
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Has packages with these entry points installed, and looks for them anew."""

    def installed(*entries: Entry) -> None:
        monkeypatch.setattr(_offers.metadata, "entry_points", lambda group: {"thinkback.providers": entries}[group])
        _offers.packaged.cache_clear()
        _discovery.configure(())

    yield installed
    monkeypatch.undo()
    _offers.packaged.cache_clear()


class Plugin(OpenAIFormat):
    """A provider of another package."""

    kind = "plugin"
    label = "Plugin"


def test_those_that_are_promised_are_there() -> None:
    kinds = {adapter.kind for adapter in providers.available()}
    assert kinds >= {"openai", "anthropic", "google", "custom", "practice", "openrouter", "deepseek", "moonshot",
                     "qwen", "mistral", "groq", "xai", "ollama", "lmstudio"}  # fmt: skip


def test_they_are_sorted_and_practice_is_last() -> None:
    labels = [adapter.label for adapter in providers.available()]
    assert labels[-1] == "Practice"
    assert labels[:-1] == sorted(labels[:-1], key=str.lower)


def test_each_is_one_object() -> None:
    assert providers.get("openai") is providers.get("openai")
    with pytest.raises(KeyError):
        providers.get("nobody")


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("sk-proj-abc", "openai"),
        ("sk-abc", "openai"),
        (" sk-ant-api03-abc\n", "anthropic"),
        ("sk-or-v1-abc", "openrouter"),
        ("AIzaSyAbc", "google"),
        ("gsk_abc", "groq"),
        ("xai-abc", "xai"),
    ],
)
def test_a_vendor_is_recognised_by_its_keys(key: str, kind: str) -> None:
    adapter = providers.recognise(key)
    assert adapter is not None and adapter.kind == kind


@pytest.mark.parametrize("key", ["", "abc", "SK-ABC", "ya29.abc"])
def test_other_keys_are_nobodys(key: str) -> None:
    assert providers.recognise(key) is None


def test_of_two_with_the_same_prefix_none_is_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {kind: type("Twin", (Plugin,), {"kind": kind, "key_prefixes": ("zz-",)})() for kind in ("one", "two")}
    monkeypatch.setattr(_discovery, "available", lambda: tuple(both.values()))
    assert _discovery.recognise("zz-1") is None


def test_a_plugin_may_be_a_class_a_row_rows_or_a_module(install: Callable[..., None]) -> None:
    kinds = [type("Kind", (Plugin,), {"kind": kind}) for kind in ("one", "two", "three")]
    module = ModuleType("a_plugin")
    module.__dict__["ROWS"] = (Plugin(),)
    install(Entry("class", kinds[0]), Entry("row", kinds[1]()), Entry("rows", [kinds[2]()]), Entry("module", module))
    assert {providers.get(kind).label for kind in ("one", "two", "three", "plugin")} == {"Plugin"}
    assert providers.left_out() == ()


def test_its_package_says_what_it_is(install: Callable[..., None]) -> None:
    about = {"Name": "a-plugin", "Version": "1.5", "Summary": "Brings a provider."}
    itself = type("Itself", (Plugin,), {"kind": "itself", "version": "2", "description": "Says it itself."})
    install(Entry("both", (Plugin, itself), SimpleNamespace(metadata=about)))
    assert providers.source_of("plugin") == Source("a-plugin", "1.5", "Brings a provider.")
    assert providers.source_of("itself") == Source("a-plugin", "2", "Says it itself.")
    assert providers.source_of("openai") is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (ImportError("no such thing"), "it cannot be loaded (ImportError: no such thing)"),
        (SystemExit(3), "it cannot be loaded (SystemExit: 3)"),
        (3, "it holds no adapter"),
        (type("Half", (Adapter,), {"kind": "half", "label": "Half"}), "Half: fields() is missing"),
        ([Plugin, type("Unnamed", (Plugin,), {"kind": "unnamed", "label": ""})], "unnamed: its label has"),
    ],
)
def test_a_broken_plugin_is_left_out_and_said(
    install: Callable[..., None], caplog: pytest.LogCaptureFixture, value: object, reason: str
) -> None:
    with caplog.at_level(logging.WARNING):
        install(Entry("broken", value), Entry("good", type("Good", (Plugin,), {"kind": "good"})))
    (left_out,) = providers.left_out()
    assert left_out.name == "broken" and left_out.reason.startswith(reason)
    assert f"The provider plug-in broken (of broken) is left out: {reason}" in caplog.text
    assert providers.source_of("good") is not None


def test_a_plugin_replaces_nobody(install: Callable[..., None]) -> None:
    theirs = type("Theirs", (Plugin,), {"kind": "openai"})
    install(Entry("theirs", (theirs, Plugin)), Entry("another", Plugin))
    assert providers.get("openai").label == "OpenAI"
    assert providers.left_out() == (
        LeftOut("openai", Source("theirs"), "there is a provider of this kind already, of ThinkBack"),
        LeftOut("plugin", Source("another"), "there is a provider of this kind already, of theirs"),
    )


def test_the_administrators_own_come_before_packages(
    install: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    install(Entry("theirs", Plugin))
    mine = Offer(Plugin(), Source("thinkback.yaml"))
    for _ in range(2):
        providers.configure([mine])
        assert providers.get("plugin") is mine.adapter
        assert [one.source for one in providers.left_out()] == [Source("theirs")]
    assert caplog.text.count("is left out") == 1, "it is said again only when it changes"
    providers.configure(())
    assert providers.source_of("plugin") == Source("theirs") and not providers.left_out()


def test_of_two_with_one_kind_the_first_stays(caplog: pytest.LogCaptureFixture) -> None:
    first, second = Plugin(), Plugin()
    assert _discovery.by_kind([first, second]) == {"plugin": first}
    assert "plugin" in caplog.text


def test_an_imported_class_belongs_to_its_own_module() -> None:
    module = ModuleType("somewhere_else")
    module.__dict__["Imported"] = Plugin
    assert list(_discovery.adapters_in(module)) == []


def test_an_adapter_without_a_kind_is_not_a_provider() -> None:
    assert list(_offers.adapters_of((Adapter, Adapter(), OpenAIFormat))) == []


def test_our_own_modules_hold_one_adapter_of_each_kind() -> None:
    kinds = [adapter.kind for module in _discovery.own_modules() for adapter in _discovery.adapters_in(module)]
    assert sorted(kinds) == sorted(set(kinds))
