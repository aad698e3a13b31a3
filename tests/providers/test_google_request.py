"""What Gemini is asked: parts, tools, formats and how hard it thinks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

import providers
from providers import (
    Ability,
    Document,
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

GOOGLE = providers.get("google")
ASKED = Message("user", "What time is it?")
CLOCK = Tool("clock", "Tells the time.", {"type": "object", "properties": {"zone": {"type": "string"}}})
PROMPT = Prompt("gemini-3.8-flash", (ASKED,))


def body_of(prompt: Prompt) -> Any:
    return json.loads(GOOGLE.chat(prompt).body)


def test_pictures_and_documents() -> None:
    shown = (
        Image(b"1", "image/webp"),
        Text("and"),
        Document(b"%PDF"),
        ImageAddress("https://a.example/cat.png?w=9"),
        ImageAddress("https://a.example/cat"),
    )
    prompt = replace(PROMPT, messages=(Message("user", shown),))
    assert body_of(prompt)["contents"] == [
        {
            "role": "user",
            "parts": [
                {"inlineData": {"mimeType": "image/webp", "data": "MQ=="}},
                {"text": "and"},
                {"inlineData": {"mimeType": "application/pdf", "data": "JVBERg=="}},
                {"fileData": {"mimeType": "image/png", "fileUri": "https://a.example/cat.png?w=9"}},
                {"fileData": {"mimeType": "image/jpeg", "fileUri": "https://a.example/cat"}},
            ],
        }
    ]
    assert GOOGLE.lacks(prompt) == ()
    assert GOOGLE.lacks(replace(prompt, model="gemini-2.0-flash")) == ("image_urls",)
    http = Message("user", (ImageAddress("http://a.example/cat.png"),))
    assert GOOGLE.lacks(replace(prompt, messages=(http,))) == ("image_urls",)


def test_files_that_are_text_are_plain_text_and_others_are_named() -> None:
    code, sheet = Document(b"{}", "application/json", "a.json"), Document(b"PK", "application/vnd.ms-excel", "a.xls")
    asked = replace(PROMPT, messages=(Message("user", (code,)),))
    assert body_of(asked)["contents"][0]["parts"] == [{"inlineData": {"mimeType": "text/plain", "data": "e30="}}]
    assert GOOGLE.lacks(asked) == ()
    assert GOOGLE.lacks(replace(PROMPT, messages=(Message("user", (code, sheet)),))) == ("documents",)


def test_calls_and_their_results() -> None:
    calls = (Reasoning("Hm."), ToolCall("1", "clock", '{"zone":"UTC"}', "c2ln"), ToolCall("2", "clock", "{}"))
    results = (ToolResult("1", "clock", "noon"), ToolResult("2", "", "no such zone", failed=True))
    turns = (ASKED, Message("assistant", calls), Message("user", results), Message("user", "And now?"))
    assert body_of(replace(PROMPT, messages=turns))["contents"][1:] == [
        {
            "role": "model",
            "parts": [
                {"functionCall": {"name": "clock", "args": {"zone": "UTC"}, "id": "1"}, "thoughtSignature": "c2ln"},
                {"functionCall": {"name": "clock", "args": {}, "id": "2"}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "clock", "id": "1", "response": {"output": "noon"}}},
                {"functionResponse": {"name": "clock", "id": "2", "response": {"error": "no such zone"}}},
                {"text": "And now?"},
            ],
        },
    ]


@pytest.mark.parametrize(
    "model, signature", [("gemini-3.8-flash", "skip_thought_signature_validator"), ("gemini-2.5-pro", None)]
)
def test_the_call_of_another_model_is_marked_where_a_signature_is_wanted(model: str, signature: str | None) -> None:
    calls = Message("assistant", (Text("I look."), ToolCall("1", "clock", "{}"), ToolCall("2", "clock", "broken")))
    _, first, second = body_of(replace(PROMPT, model=model, messages=(ASKED, calls)))["contents"][1]["parts"]
    assert first.get("thoughtSignature") == signature
    assert "thoughtSignature" not in second and second["functionCall"]["args"] == {"input": "broken"}


def test_tools() -> None:
    body = body_of(replace(PROMPT, tools=(CLOCK, Tool("dice")), tool_choice="required"))
    assert body["tools"] == [
        {
            "functionDeclarations": [
                {
                    "name": "clock",
                    "description": "Tells the time.",
                    "parametersJsonSchema": {"type": "object", "properties": {"zone": {"type": "string"}}},
                },
                {"name": "dice", "description": "dice"},
            ]
        }
    ]
    assert body["toolConfig"] == {"functionCallingConfig": {"mode": "ANY"}}


@pytest.mark.parametrize(
    "choice, expected",
    [
        ("auto", {"mode": "AUTO"}),
        ("none", {"mode": "NONE"}),
        (NamedTool("clock"), {"mode": "ANY", "allowedFunctionNames": ["clock"]}),
    ],
)
def test_tool_choices(choice: Any, expected: dict[str, Any]) -> None:
    body = body_of(replace(PROMPT, tools=(CLOCK,), tool_choice=choice))
    assert body["toolConfig"] == {"functionCallingConfig": expected}


def test_a_schema_keeps_what_gemini_knows() -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": "Order",
        "properties": {
            "title": {"type": "string", "title": "Title", "examples": ["x"]},  # a name here, no keyword
            "kind": {"const": "book"},
            "rows": {"type": "array", "items": {"type": "integer", "exclusiveMinimum": 0}},
            "more": {"anyOf": [{"$ref": "#/$defs/More"}, {"type": "null"}]},
        },
        "$defs": {"More": {"type": "object", "title": "More", "additionalProperties": False}},
        "required": ["title"],
        "additionalProperties": False,
    }
    settings = body_of(replace(PROMPT, response_format=JsonAnswer(schema)))["generationConfig"]
    assert settings == {
        "responseMimeType": "application/json",
        "responseJsonSchema": {
            "type": "object",
            "properties": {
                "title": {"type": "string"},
                "kind": {"enum": ["book"]},
                "rows": {"type": "array", "items": {"type": "integer"}},
                "more": {"anyOf": [{"$ref": "#/$defs/More"}, {"type": "null"}]},
            },
            "$defs": {"More": {"type": "object", "additionalProperties": False}},
            "required": ["title"],
            "additionalProperties": False,
        },
    }
    assert body_of(replace(PROMPT, response_format=JsonAnswer()))["generationConfig"] == {
        "responseMimeType": "application/json"
    }


def test_settings() -> None:
    prompt = replace(PROMPT, top_p=0.5, stop=("END",), seed=0, presence_penalty=0.0, frequency_penalty=-1.0)
    assert body_of(prompt)["generationConfig"] == {
        "topP": 0.5, "stopSequences": ["END"], "seed": 0, "presencePenalty": 0.0, "frequencyPenalty": -1.0,
    }  # fmt: skip
    assert GOOGLE.lacks(prompt) == ()


@pytest.mark.parametrize(
    "model, effort, expected",
    [
        ("gemini-2.5-flash", "none", {"thinkingBudget": 0, "includeThoughts": False}),
        ("gemini-2.5-pro", "medium", {"thinkingBudget": 8192, "includeThoughts": True}),
        ("gemini-3-pro-preview", "medium", {"thinkingLevel": "HIGH", "includeThoughts": True}),
        ("gemini-3.1-pro-preview", "minimal", {"thinkingLevel": "LOW", "includeThoughts": True}),
        ("gemini-3-flash-preview", "minimal", {"thinkingLevel": "MINIMAL", "includeThoughts": True}),
        ("gemini-flash-latest", "xhigh", {"thinkingLevel": "HIGH", "includeThoughts": True}),
    ],
)
def test_how_hard_it_thinks(model: str, effort: Effort, expected: dict[str, Any]) -> None:
    prompt = replace(PROMPT, model=model, reasoning_effort=effort)
    assert body_of(prompt)["generationConfig"]["thinkingConfig"] == expected
    assert GOOGLE.lacks(prompt) == ()


@pytest.mark.parametrize(
    "asked, lacking",
    [
        ({"model": "gemini-3.8-flash", "reasoning_effort": "none"}, ("reasoning_effort",)),
        ({"model": "gemini-2.5-pro", "reasoning_effort": "none"}, ("reasoning_effort",)),
        ({"model": "gemini-2.0-flash", "reasoning_effort": "low"}, ("reasoning_effort",)),
        ({"model": "gemini-2.0-flash", "reasoning_effort": "none"}, ()),
        ({"parallel_tool_calls": True}, ()),
        ({"parallel_tool_calls": False}, ("parallel_tool_calls",)),
        ({"tools": (CLOCK,), "response_format": JsonAnswer()}, ()),
        ({"model": "gemini-2.5-pro", "tools": (CLOCK,), "response_format": JsonAnswer()}, ("json_object",)),
        ({"model": "gemini-2.5-flash-image", "tools": (CLOCK,)}, ("tools",)),
        ({"model": "gemma-3-27b-it", "tools": (CLOCK,)}, ("tools",)),
    ],
)
def test_what_a_model_cannot_do_is_named(asked: dict[str, Any], lacking: tuple[Ability, ...]) -> None:
    prompt = replace(PROMPT, **asked)
    assert GOOGLE.lacks(prompt) == lacking
    if "reasoning_effort" in asked:
        assert "thinkingConfig" not in body_of(prompt).get("generationConfig", {})


def test_a_model_that_draws_is_asked_for_pictures() -> None:
    asked = body_of(replace(PROMPT, model="gemini-2.5-flash-image"))
    assert asked["generationConfig"] == {"responseModalities": ["TEXT", "IMAGE"]}


def test_the_first_gemmas_hear_the_instruction_as_a_users() -> None:
    body = body_of(replace(PROMPT, model="gemma-3-27b-it", system="Be kind."))
    assert body == {"contents": [{"role": "user", "parts": [{"text": text}]} for text in ("Be kind.", ASKED.text)]}
    assert "systemInstruction" in body_of(replace(PROMPT, model="gemma-4-31b-it", system="Be kind."))
