"""Cohere is asked with pictures, tools and formats in its own words."""

from __future__ import annotations

import json
from typing import Any

import pytest

import providers
from providers import (
    Effort,
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
)

COHERE = providers.get("cohere")
HI = (Message("user", "Hi"),)
CLOCK = Tool("clock", "Tells the time.", {"type": "object", "properties": {"zone": {"type": "string"}}})
MAP = Tool("map")


def sent(messages: tuple[Message, ...] = HI, **more: Any) -> dict[str, Any]:
    """The body of a request without model and `stream`."""
    body: dict[str, Any] = json.loads(COHERE.chat(Prompt("command-a-03-2025", messages, **more)).body)
    assert (body.pop("model"), body.pop("stream")) == ("command-a-03-2025", True)
    return body


def test_pictures_stand_among_the_words() -> None:
    look = (Text("Look:"), Image(b"\x89PNG"), ImageAddress("https://a.example/1.png"), Text("Well?"))
    assert sent((Message("user", look),))["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look:"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
                {"type": "image_url", "image_url": {"url": "https://a.example/1.png"}},
                {"type": "text", "text": "Well?"},
            ],
        }
    ]


def test_a_round_of_tools() -> None:
    calls = (Reasoning("I look twice."), ToolCall("c1", "clock", '{"zone":"UTC"}'), ToolCall("c2", "map", "{}"))
    results = (ToolResult("c1", "clock", "noon"), ToolResult("c2", "map", "no paper", failed=True), Text("Go on"))
    turns = (*HI, Message("assistant", calls), Message("user", results))
    assert sent(turns)["messages"][1:] == [
        {
            "role": "assistant",
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "clock", "arguments": '{"zone":"UTC"}'}},
                {"id": "c2", "type": "function", "function": {"name": "map", "arguments": "{}"}},
            ],
            "tool_plan": "I look twice.",
        },
        {"role": "tool", "tool_call_id": "c1", "content": "noon"},
        {"role": "tool", "tool_call_id": "c2", "content": "Error: no paper"},
        {"role": "user", "content": "Go on"},
    ]


def test_what_it_thought_is_given_back_before_what_it_said() -> None:
    thought = Message("assistant", (Reasoning("Hm. "), Reasoning("Yes."), Text("Hello")))
    content = [{"type": "thinking", "thinking": "Hm. Yes."}, {"type": "text", "text": "Hello"}]
    assert sent((*HI, thought))["messages"][1] == {"role": "assistant", "content": content}
    assert sent((*HI, Message("assistant", (Reasoning("Hm."),))))["messages"][1:] == []


def test_tools_are_offered() -> None:
    function = {"name": "clock", "description": "Tells the time.", "parameters": dict(CLOCK.parameters)}
    assert sent(tools=(CLOCK,))["tools"] == [{"type": "function", "function": function}]
    assert sent(tools=(CLOCK, Tool("map", strict=True)))["strict_tools"] is True


@pytest.mark.parametrize(
    ("choice", "word", "names"),
    [
        ("auto", None, ["clock", "map"]),
        ("required", "REQUIRED", ["clock", "map"]),
        ("none", "NONE", ["clock", "map"]),
        (NamedTool("map"), "REQUIRED", ["map"]),
    ],
)
def test_whether_a_tool_must_be_called(choice: Any, word: str | None, names: list[str]) -> None:
    body = sent(tools=(CLOCK, MAP), tool_choice=choice)
    assert body.get("tool_choice") == word
    assert [tool["function"]["name"] for tool in body["tools"]] == names


def test_the_settings_by_cohere_s_names() -> None:
    settings = {"top_p": 0.0, "seed": 0, "stop": ("a", "b"), "presence_penalty": 0.0, "frequency_penalty": 0.5}
    body = sent(**settings)
    del body["messages"]
    assert body == {
        "p": 0.0, "seed": 0, "stop_sequences": ["a", "b"], "presence_penalty": 0.0, "frequency_penalty": 0.5,
    }  # fmt: skip


def test_an_answer_in_json() -> None:
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    assert sent(response_format=JsonAnswer())["response_format"] == {"type": "json_object"}
    assert sent(response_format=JsonAnswer(schema))["response_format"] == {"type": "json_object", "json_schema": schema}


def test_json_beside_tools_is_more_than_it_can() -> None:
    prompt = Prompt("m", HI, tools=(CLOCK,), response_format=JsonAnswer())
    assert COHERE.lacks(prompt) == ("json_object",)
    assert COHERE.lacks(Prompt("m", HI, tools=(CLOCK,), tool_choice="auto", parallel_tool_calls=True)) == ()
    assert COHERE.lacks(Prompt("m", HI, tools=(CLOCK,), parallel_tool_calls=False)) == ("parallel_tool_calls",)


@pytest.mark.parametrize(
    ("effort", "maximum", "thinking"),
    [
        ("none", 900, {"type": "disabled"}),
        ("low", None, {"type": "enabled", "token_budget": 4096}),
        ("low", 1000, {"type": "enabled", "token_budget": 500}),
        ("high", None, {"type": "enabled"}),
        ("high", 1000, {"type": "enabled", "token_budget": 500}),
    ],
)
def test_effort_is_a_budget_of_thinking(effort: Effort, maximum: int | None, thinking: dict[str, Any]) -> None:
    assert sent(reasoning_effort=effort, max_tokens=maximum)["thinking"] == thinking
