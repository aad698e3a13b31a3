"""An own selection function: what it chooses is asked; what it does wrong leaves the built-in order in force."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import structlog

from tests.thinkback.routing.conftest import Site
from thinkback.configuration import aliases
from thinkback.routing import selectors
from thinkback.routing.selectors import Question, Selected

ONE, TWO = "openai/plan:chunks=2", "anthropic/plan:chunks=2"
PLUGIN = "def second(question):\n    return [question.candidates[1].name]\n"
released = threading.Event()


def broken(question: Question) -> Any:
    raise ZeroDivisionError(question.prompt.messages[0].text)


def slow(question: Question) -> Any:
    released.wait(60)
    return TWO


def second(question: Question) -> Any:
    assert question.candidates[0].kind == "openai" and question.alias == "mine"
    return Selected([question.candidates[1].name], "the house\r\nprefers\0it")


WRONG = [
    (broken, "failed with ZeroDivisionError"),
    (slow, "took too long"),
    (lambda _: None, "answered with NoneType"),
    (lambda _: ["google/else"], "chose none of the models"),
    (lambda _: Selected(["openai"]), "chose none of the models"),
]


@pytest.fixture(autouse=True)
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module whose `choose` the test sets; who is in time is so on a busy machine too."""
    module = ModuleType("house_rules")
    monkeypatch.setitem(sys.modules, "house_rules", module)
    monkeypatch.setattr(selectors, "PATIENCE", 20.0)
    released.clear()
    yield module
    released.set()


def put(module: ModuleType, function: Any) -> None:
    module.choose = function  # type: ignore[attr-defined]
    aliases.read({"mine": {"targets": [ONE, TWO], "selector": "house_rules:choose"}})()


async def test_what_it_chooses_is_asked_and_its_reason_told(site: Site, module: ModuleType) -> None:
    put(module, second)
    await site.say("mine")
    put(module, lambda question: TWO)
    await site.say("mine")
    assert [(row[0], row[3]) for row in site.booked()] == [
        ("anthropic", "alias mine: the house prefers it"),
        ("anthropic", "alias mine: chosen by house_rules:choose"),
    ]


@pytest.mark.parametrize(("function", "wrong"), WRONG)
async def test_what_it_does_wrong_is_told_and_harms_nobody(
    site: Site, module: ModuleType, monkeypatch: pytest.MonkeyPatch, function: Any, wrong: str
) -> None:
    if function is slow:
        monkeypatch.setattr(selectors, "PATIENCE", 0.05)
    put(module, function)
    with structlog.testing.capture_logs() as logs:
        await site.say("mine")
    reason = f"alias mine: the first of its list (house_rules:choose {wrong})"
    assert [(row[0], row[2], row[3]) for row in site.booked()] == [("openai", "ok", reason)]
    assert [(log["log_level"], log["event"], log["reason"]) for log in logs] == [("warning", "selector_failed", wrong)]
    assert "Hello" not in str(logs), "nothing of the prompt is logged"


def test_an_installed_package_offers_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "house_plugin.py").write_text(PLUGIN)
    about = tmp_path / "house_plugin-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: house-plugin\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[thinkback.selectors]\nhouse = house_plugin:second\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "house_plugin", raising=False)
    aliases.read({"mine": {"targets": [ONE, TWO], "selector": "house"}})()
    selector = aliases.ALIASES.known["mine"].selector
    assert selector is not None and selector.select.__name__ == "second"
