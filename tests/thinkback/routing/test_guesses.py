"""The cheap guesses: how hard a prompt looks, and how able a model is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import Message, Prompt, Tool
from thinkback.routing.ability import ability
from thinkback.routing.complexity import complexity, in_words


def asked(text: str, *before: Message, **more: object) -> Prompt:
    return Prompt("", (*before, Message("user", text)), **more)  # type: ignore[arg-type]


HARDER = [
    ("Hello", "Why is this so?"),
    ("Translate this: Guten Tag", "Compare SQLite and PostgreSQL, and analyse the trade-offs step by step."),
    ("What is the capital of France?", "What is wrong here?\n```\ndef f(x):\n    return x;\n```"),
    ("List three colours", "Beweise, dass es unendlich viele Primzahlen gibt."),
    ("你好", "为什么天空是蓝色的？请分析。"),
    ("One? ", "One? Two? Three?"),
    ("short", "long " * 500),
]


@pytest.mark.parametrize(("easy", "hard"), HARDER)
def test_a_hard_question_looks_harder(easy: str, hard: str) -> None:
    assert complexity(asked(easy)) < complexity(asked(hard))


def test_it_is_said_in_words() -> None:
    assert in_words(complexity(asked("Hello"))) == "simple"
    hard = "Design an algorithm, prove it, and compare it with others.\n```\nfor (;;) {}\n```"
    assert in_words(complexity(asked(hard))) == "hard"


def test_tools_effort_and_a_long_talk_count() -> None:
    plain = complexity(asked("Why?"))
    talk = (Message("user", "a"), Message("assistant", "b")) * 5
    assert plain < complexity(asked("Why?", tools=(Tool("now"),)))
    assert plain < complexity(asked("Why?", *talk))
    assert (
        complexity(asked("Why?", reasoning_effort="none")) < plain < complexity(asked("Why?", reasoning_effort="high"))
    )


@given(st.text(max_size=300))
def test_any_text_has_a_guess(text: str) -> None:
    assert 0 <= complexity(asked(text)) <= 1
    assert 0 <= ability(text, None) <= 1


def test_a_dear_model_is_taken_for_an_able_one() -> None:
    assert ability("x", 0.1) == 0 and ability("x", 75) == 1
    assert ability("x", 0.6) < ability("x", 10.0)
    assert ability("llama3.2:1b", 0.0) < ability("qwen3:8b", 0.0) < ability("llama-3.3-70b", None)
    assert ability("gpt-9-mini", None) < ability("mystery", None) < ability("claude-opus-9", None)
