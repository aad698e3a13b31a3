"""How a conversation is laid out: OpenAI's way, R1's, or plain."""

from __future__ import annotations

import json
from typing import Any

import pytest

import providers
from providers import Message, Prompt, Target

TURNS = (
    Message("user", "Hi"), Message("user", "Are you there?"), Message("assistant", "Yes."),
    Message("assistant", ""), Message("user", "Good"),
)  # fmt: skip


def sent(kind: str, model: str = "some/model", format: str = "", turns: tuple[Message, ...] = TURNS) -> list[Any]:
    adapter = providers.get(kind)
    wired = adapter.wire(Target(kind, "https://llm.example/v1", options={"message_format": format}))
    body = json.loads(wired.chat(Prompt(model, turns, "Be short.")).body)
    return [(turn["role"], turn["content"]) for turn in body["messages"]]


R1 = [("user", "Be short.\n\nHi\n\nAre you there?"), ("assistant", "Yes."), ("user", "Good")]
PLAIN = [("system", "Be short."), *((turn.role, turn.text) for turn in TURNS)]


def test_every_turn_goes_as_it_is() -> None:
    assert sent("groq") == sent("custom") == sent("custom", format="openai") == PLAIN


@pytest.mark.parametrize(
    ("kind", "model"),
    [("deepseek", "deepseek-reasoner"), ("openrouter", "deepseek/deepseek-r1-0528:free"),
     ("github", "deepseek/DeepSeek-R1"), ("openrouter", "perplexity/sonar-reasoning-pro"), ("custom", "qwen/QwQ-32B")],
)  # fmt: skip
def test_reasoning_models_that_want_turns_in_alternation_get_them(kind: str, model: str) -> None:
    assert sent(kind, model) == R1


@pytest.mark.parametrize("model", ["deepseek-chat", "openai/o1", "gpt-5", "r1-1776"])
def test_others_do_not(model: str) -> None:
    assert sent("deepseek", model) == PLAIN


def test_a_custom_service_may_ask_for_either() -> None:
    assert sent("custom", format="r1") == R1
    assert sent("custom", format="simple") == [turn for turn in PLAIN if turn[1]]


def test_a_conversation_that_begins_with_an_answer() -> None:
    turns = (Message("assistant", "Welcome"), Message("user", "Hi"))
    assert sent("custom", format="r1", turns=turns) == [("user", "Be short."), ("assistant", "Welcome"), ("user", "Hi")]


def test_a_row_may_name_its_format() -> None:
    row = providers.get("openrouter").__class__("madeup", "Made up", "https://x.example/v1", message_format="r1")  # type: ignore[call-arg]
    body = json.loads(row.chat(Prompt("m", TURNS, "Be short.")).body)
    assert [(turn["role"], turn["content"]) for turn in body["messages"]] == R1
