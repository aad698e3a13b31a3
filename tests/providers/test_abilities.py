"""What a prompt needs is named before any call, in the words of OpenAI's parameters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from providers import (
    Document,
    Image,
    ImageAddress,
    JsonAnswer,
    Message,
    NamedTool,
    Prompt,
    Reasoning,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    needed,
)
from providers._abilities import SETTINGS
from providers._base import Adapter

PLAIN = Prompt("m", (Message("user", "Hi"),), "Be kind.", 0.5, 9)


def test_plain_words_need_nothing() -> None:
    assert needed(PLAIN) == ()
    assert Adapter().lacks(PLAIN) == ()


@pytest.mark.parametrize(
    "asked, ability",
    [
        ({"tools": (Tool("clock"),)}, "tools"),
        ({"stop": ("\n",)}, "stop"),
        ({"response_format": JsonAnswer()}, "json_object"),
        ({"response_format": JsonAnswer({"type": "object"})}, "json_schema"),
        ({"seed": 0}, "seed"),
        ({"top_p": 0.0}, "top_p"),
        ({"tool_choice": NamedTool("clock")}, "tool_choice"),
        ({"reasoning_effort": "none"}, "reasoning_effort"),
    ],
)
def test_each_is_named(asked: dict[str, object], ability: str) -> None:
    prompt = replace(PLAIN, **asked)  # type: ignore[arg-type]
    assert needed(prompt) == (ability,)
    assert Adapter().lacks(prompt) == (ability,)


def test_what_a_model_does_anyway_needs_no_ability() -> None:
    assert needed(replace(PLAIN, tool_choice="auto", parallel_tool_calls=True)) == ()
    assert needed(replace(PLAIN, tool_choice="none", parallel_tool_calls=False)) == (
        "tool_choice", "parallel_tool_calls",
    )  # fmt: skip


def test_every_setting_is_one_of_a_prompt() -> None:
    assert all(hasattr(PLAIN, name) for name in SETTINGS)


def test_pictures_and_documents_are_named_once() -> None:
    pictures = Message("user", (Text("Look:"), Image(b"1"), Image(b"2"), ImageAddress("https://a.example/1.png")))
    prompt = replace(PLAIN, messages=(pictures, Message("user", (Document(b"%PDF"),))))
    assert needed(prompt) == ("images", "image_urls", "documents")


def test_what_a_model_said_and_was_told_needs_no_ability_of_its_own() -> None:
    said = Message("assistant", (Reasoning("Hm.", "sig"), Text("I look."), ToolCall("1", "clock", "{}")))
    told = Message("user", (ToolResult("1", "clock", "noon"),))
    assert needed(replace(PLAIN, messages=(said, told))) == ()


def test_a_message_in_words() -> None:
    parts = Message("user", (Text("One"), Text(" \n"), Image(b"1"), Text("two")))
    assert parts.text == "One\n\ntwo"
    assert [type(part) for part in parts.parts] == [Text, Image, Text]
    assert Message("user", "Hi").parts == (Text("Hi"),)
    assert Message("user", "  ").parts == ()
    assert "1" not in repr(Image(b"111"))
