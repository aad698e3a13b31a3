"""What a prompt needs of a model, and what a model is known to lack."""

from __future__ import annotations

import pytest

import providers
from providers import Image, JsonAnswer, Message, Model, Prompt, Text, Tool
from thinkback.routing.needs import lacking, needs_of, special, tokens_of

OPENAI = providers.get("openai")
HELLO = (Message("user", "Hello"),)
PICTURE = (Message("user", (Text("What is this?"), Image(b"png"))),)
WANTED = [
    (Prompt("", PICTURE), Model("m", images=False), "images"),
    (Prompt("", HELLO, tools=(Tool("now"),)), Model("m", tools=False), "tools"),
    (Prompt("", HELLO, reasoning_effort="high"), Model("m", reasoning=False), "reasoning"),
    (Prompt("", HELLO, max_tokens=5000), Model("m", context=4096), "a context of 5,002 tokens"),
    (Prompt("", (Message("user", "word " * 4000),)), Model("m", context=4096), "a context of 5,000 tokens"),
]


@pytest.mark.parametrize(("prompt", "model", "word"), WANTED)
def test_what_is_known_to_be_missing_is_named(prompt: Prompt, model: Model, word: str) -> None:
    class Able(type(OPENAI)):  # type: ignore[misc]  # whatever it takes today
        takes = frozenset(providers.needed(prompt))

    assert lacking(needs_of(prompt), Able(), model) == (word,)
    assert lacking(needs_of(prompt), Able(), Model("m")) == (), "what nobody knows is no lack"


def test_the_adapter_says_what_its_format_cannot_do() -> None:
    prompt = Prompt("", HELLO, response_format=JsonAnswer({"type": "object"}))

    class Plain(type(OPENAI)):  # type: ignore[misc]
        takes = frozenset[providers.Ability]()

    assert lacking(needs_of(prompt), Plain(), Model("m")) == ("answers by a JSON Schema",)
    assert special(needs_of(prompt)) == ("answers by a JSON Schema",)


def test_effort_that_is_none_needs_no_reasoning() -> None:
    class Able(type(OPENAI)):  # type: ignore[misc]
        takes = frozenset({"reasoning_effort"})

    assert lacking(needs_of(Prompt("", HELLO, reasoning_effort="none")), Able(), Model("m", reasoning=False)) == ()


def test_size_grows_with_text_pictures_and_system() -> None:
    small = tokens_of(Prompt("", HELLO))
    assert small == 2
    assert tokens_of(Prompt("", HELLO, "Be short. " * 10)) == small + 25
    assert tokens_of(Prompt("", PICTURE)) > 1000
