"""Ollama is asked with pictures, tools and formats in its own words."""

from __future__ import annotations

import json
from typing import Any

import pytest

import providers
from providers import (
    Effort,
    Image,
    JsonAnswer,
    Message,
    NamedTool,
    Prompt,
    Reasoning,
    Target,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)

OLLAMA = providers.get("ollama")
HI = (Message("user", "Hi"),)
CLOCK = Tool("clock", "Tells the time.", {"type": "object", "properties": {"zone": {"type": "string"}}})


def sent(messages: tuple[Message, ...] = HI, **more: Any) -> dict[str, Any]:
    """The body of a request without model and `stream`."""
    body: dict[str, Any] = json.loads(OLLAMA.chat(Prompt("qwen3:8b", messages, **more)).body)
    assert (body.pop("model"), body.pop("stream")) == ("qwen3:8b", True)
    return body


def test_pictures_are_bare_base64_beside_the_words() -> None:
    look = Message("user", (Text("Look:"), Image(b"\x89PNG"), Image(b"GIF8", "image/gif"), Text("Well?")))
    assert sent((look, Message("user", (Image(b"\x89PNG"),))))["messages"] == [
        {"role": "user", "content": "Look:\n\nWell?", "images": ["iVBORw==", "R0lGOA=="]},
        {"role": "user", "content": "", "images": ["iVBORw=="]},
    ]


def test_a_round_of_tools() -> None:
    calls = (Reasoning("I look."), ToolCall("c1", "clock", '{"zone":"UTC"}'), ToolCall("", "map", "[1"))
    results = (ToolResult("c1", "clock", "noon"), ToolResult("", "map", "no paper", failed=True), Text("Go on"))
    turns = (*HI, Message("assistant", calls), Message("user", results))
    assert sent(turns)["messages"][1:] == [
        {
            "role": "assistant",
            "content": "",
            "thinking": "I look.",
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "clock", "arguments": {"zone": "UTC"}}},
                {"type": "function", "function": {"name": "map", "arguments": {}}},
            ],
        },
        {"role": "tool", "content": "noon", "tool_name": "clock", "tool_call_id": "c1"},
        {"role": "tool", "content": "Error: no paper", "tool_name": "map"},
        {"role": "user", "content": "Go on"},
    ]


def test_empty_turns_are_left_out() -> None:
    assert sent((*HI, Message("assistant", (Reasoning("Hm."),)), Message("user", " ")))["messages"] == [
        {"role": "user", "content": "Hi"}
    ]


def test_tools_are_offered_unless_none_may_be_called() -> None:
    function = {"name": "clock", "description": "Tells the time.", "parameters": dict(CLOCK.parameters)}
    assert sent(tools=(CLOCK,))["tools"] == [{"type": "function", "function": function}]
    assert "tools" not in sent(tools=(CLOCK,), tool_choice="none")


@pytest.mark.parametrize(
    ("choice", "lacking"),
    [("auto", ()), ("none", ()), ("required", ("tool_choice",)), (NamedTool("clock"), ("tool_choice",))],
)
def test_a_call_cannot_be_forced(choice: Any, lacking: tuple[str, ...]) -> None:
    assert OLLAMA.lacks(Prompt("m", HI, tools=(CLOCK,), tool_choice=choice)) == lacking


def test_the_settings_are_options() -> None:
    settings = {"top_p": 0.0, "seed": 0, "stop": ("a", "b"), "presence_penalty": 0.0, "frequency_penalty": 0.5}
    assert sent(**settings)["options"] == settings | {"stop": ["a", "b"]}


def test_an_answer_in_json() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    assert sent(response_format=JsonAnswer())["format"] == "json"
    assert sent(response_format=JsonAnswer(schema))["format"] == schema


@pytest.mark.parametrize(("effort", "think"), [("none", False), ("minimal", "low"), ("high", "high"), ("xhigh", "max")])
def test_the_effort_of_a_prompt_goes_before_the_configuration_s(effort: Effort, think: object) -> None:
    wired = OLLAMA.wire(Target("ollama", "http://127.0.0.1:11434", options={"think": "medium"}))
    asked = wired.chat(Prompt("m", HI, reasoning_effort=effort))
    assert json.loads(asked.body)["think"] == think
    assert json.loads(wired.chat(Prompt("m", HI)).body)["think"] == "medium"
