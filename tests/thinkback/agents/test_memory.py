"""What an agent that remembers is told, and what one that does not."""

from __future__ import annotations

import pytest

from providers import Message, Prompt
from thinkback.agents import memory


def prompt(*texts: str, system: str = "") -> Prompt:
    """A conversation; what begins with `>` is an answer."""
    said = (Message("assistant", text[1:]) if text.startswith(">") else Message("user", text) for text in texts)
    return Prompt("m", tuple(said), system)


def after(*texts: str) -> str:
    return memory.seal(memory.of_user(prompt(*texts).messages))


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (("a",), ("a", ">b", "c"), "c"),
        (("a", ">b", "c"), ("a", ">b", "c", ">d", "e"), "e"),
        (("a",), ("a\n\nc",), "c"),  # the first was answered with nothing
        (("a",), ("a",), None),  # once more
        (("a",), ("x", ">b", "c"), None),
        (("a", ">b", "c"), ("a", ">b", "d"), None),
        (("a",), ("ab", ">b", "c"), None),
        ((), ("a",), None),
    ],
)
def test_what_it_is_told(before: tuple[str, ...], now: tuple[str, ...], told: str | None) -> None:
    assert memory.told(prompt(*now), after(*before) if before else "") == told


def test_what_it_missed_is_told_as_well() -> None:
    words = memory.told(prompt("a", ">b", "c", ">d", "e"), after("a"))
    assert words is not None and words.endswith("\n\ne")
    assert "User: c" in words and "Assistant: d" in words and "User: a" not in words


def test_from_the_beginning() -> None:
    assert memory.anew(prompt("a", system="Be kind.")) == "Be kind.\n\na"
    assert "User: a\n\nAssistant: b" in memory.anew(prompt("a", ">b", "c"))
    assert len(memory.anew(prompt("a" * 500_000, ">b", "c"))) < memory.EARLIER + 1000
