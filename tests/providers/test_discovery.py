"""Providers are found by file and by entry point; nothing else names them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from types import ModuleType

import pytest

import providers
from providers import Adapter, _discovery
from providers._openai_format import OpenAIFormat


@dataclass
class Entry:
    """An entry point that brings a value, or fails to."""

    name: str
    value: object

    def load(self) -> object:
        """What the package brings."""
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


class Plugin(OpenAIFormat):
    """A provider of another package."""

    kind = "plugin"
    label = "Plugin"


def test_those_that_are_promised_are_there() -> None:
    kinds = {adapter.kind for adapter in providers.available()}
    assert kinds >= {"openai", "anthropic", "google", "custom", "practice", "openrouter", "deepseek", "moonshot",
                     "qwen", "mistral", "groq", "xai"}  # fmt: skip


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
    monkeypatch.setattr(_discovery, "registry", lambda: both)
    assert _discovery.recognise("zz-1") is None


def test_a_plugin_may_be_a_class_a_row_rows_or_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("a_plugin")
    module.__dict__["ROWS"] = (Plugin(),)
    entries = [Entry("class", Plugin), Entry("row", Plugin()), Entry("rows", [Plugin()]), Entry("module", module)]
    monkeypatch.setattr(_discovery.metadata, "entry_points", lambda group: {"thinkback.providers": entries}[group])
    assert [adapter.kind for adapter in _discovery.plugins()] == ["plugin"] * 4


def test_a_broken_plugin_is_left_out_and_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    entries = [Entry("broken", ImportError("no such thing")), Entry("nonsense", 3), Entry("good", Plugin)]
    monkeypatch.setattr(_discovery.metadata, "entry_points", lambda group: entries)
    with caplog.at_level(logging.WARNING):
        assert [adapter.kind for adapter in _discovery.plugins()] == ["plugin"]
    assert "broken" in caplog.text


def test_a_plugin_cannot_replace_ours(caplog: pytest.LogCaptureFixture) -> None:
    ours, theirs = Plugin(), Plugin()
    assert _discovery.by_kind([ours, theirs]) == {"plugin": ours}
    assert "plugin" in caplog.text


def test_an_imported_class_belongs_to_its_own_module() -> None:
    module = ModuleType("somewhere_else")
    module.__dict__["Imported"] = Plugin
    assert list(_discovery.adapters_in(module)) == []


def test_an_adapter_without_a_kind_is_not_a_provider() -> None:
    assert list(_discovery.adapters_of((Adapter, Adapter(), OpenAIFormat))) == []
