"""What a prompt becomes in Bedrock's Converse, and what of it the service or a model there cannot do."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

import providers
from providers import (
    Document,
    Image,
    ImageAddress,
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
from tests.providers.recorded import read

BEDROCK = providers.get("bedrock")
CLAUDE, NOVA, LLAMA = "eu.anthropic.claude-haiku-4-5-20251001-v1:0", "amazon.nova-pro-v1:0", "meta.llama4-v1:0"
GPT_OSS = "openai.gpt-oss-120b-1:0"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = Tool("get_weather", "The weather of a city.", SCHEMA, strict=True)
HI = (Message("user", "Hi"),)
CALLED = (Message("assistant", (ToolCall("1", "clock", "{}"),)), Message("user", (ToolResult("1", "clock", "noon"),)))


def body(model: str = CLAUDE, messages: tuple[Message, ...] = HI, **asked: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(BEDROCK.chat(Prompt(model, messages, **asked)).body)
    return made


def lacks(model: str = CLAUDE, messages: tuple[Message, ...] = HI, **asked: Any) -> tuple[str, ...]:
    return BEDROCK.lacks(Prompt(model, messages, **asked))


def test_pictures_and_documents() -> None:
    notes = Document(b"# Notes", "text/markdown", "Größe__a.b.md")
    parts = (Image(b"\x89PNG", "image/jpg"), Document(b"%PDF"), notes)
    again = Message("user", (Text("And this?"), Document(b"{}", "application/json", "document.pdf")))
    found = body(messages=(Message("user", parts), Message("assistant", "Yes."), again))["messages"]
    encoded = [b64encode(data).decode() for data in (b"\x89PNG", b"%PDF", b"# Notes", b"{}")]
    assert found[0]["content"] == [
        {"image": {"format": "jpeg", "source": {"bytes": encoded[0]}}},
        {"document": {"format": "pdf", "name": "document pdf", "source": {"bytes": encoded[1]}}},
        {"document": {"format": "md", "name": "Gr e a b md", "source": {"bytes": encoded[2]}}},
        {"text": "document pdf"},  # for there has to be a text
    ]
    assert found[2]["content"][1:] == [
        {"document": {"format": "txt", "name": "document pdf (2)", "source": {"bytes": encoded[3]}}}
    ]
    assert lacks(messages=(Message("user", parts),)) == ()
    assert lacks(messages=(Message("user", (ImageAddress("https://a.example/1.png"),)),)) == ("image_urls",)
    assert lacks(messages=(Message("user", (Document(b"PK", "application/zip"),)),)) == ("documents",)


def test_what_was_read_goes_back_as_it_came() -> None:
    events, _ = read("bedrock/thinking_tools.eventstream")
    said = Message("assistant", tuple(part for part in events if isinstance(part, Reasoning | Text | ToolCall)))
    told = Message("user", (Text("Well?"), ToolResult("tooluse_a", "get_weather", "rain")))
    failed = Message("user", (ToolResult("tooluse_b", "get_weather", "", failed=True),))
    found = body(messages=(*HI, said, told, failed))["messages"]
    sealed = {"redactedContent": b64encode(b"EmwKAhgBEgy3va3pzix/LafPsn4a").decode()}
    signed = {"text": "Two cities, so two calls.\n", "signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pki=="}
    tokyo = {"city": "東京", "days": 2}
    assert found[1]["content"] == [
        {"reasoningContent": sealed},
        {"reasoningContent": {"reasoningText": signed}},
        {"text": "I look both up."},
        {"toolUse": {"toolUseId": "tooluse_a", "name": "get_weather", "input": {"city": "Paris"}}},
        {"toolUse": {"toolUseId": "tooluse_b", "name": "get_weather", "input": tokyo}},
    ]
    assert found[2]["content"] == [
        {"toolResult": {"toolUseId": "tooluse_a", "content": [{"text": "rain"}]}},
        {"toolResult": {"toolUseId": "tooluse_b", "content": [], "status": "error"}},
        {"text": "Well?"},
    ]
    assert "status" not in body(LLAMA, (*HI, said, failed))["messages"][-1]["content"][0]["toolResult"]


def test_tools() -> None:
    spec = {"name": "get_weather", "description": "The weather of a city.", "inputSchema": {"json": SCHEMA}}
    assert body(tools=(WEATHER,))["toolConfig"] == {"tools": [{"toolSpec": {**spec, "strict": True}}]}
    found = body(NOVA, tools=(WEATHER, Tool("clock")), tool_choice=NamedTool("clock"))["toolConfig"]
    assert found["tools"][0] == {"toolSpec": spec}
    assert found["toolChoice"] == {"tool": {"name": "clock"}}
    assert body(tools=(WEATHER,), tool_choice="required")["toolConfig"]["toolChoice"] == {"any": {}}
    assert "toolChoice" not in body(LLAMA, tools=(WEATHER,), tool_choice="required")["toolConfig"]
    assert lacks(LLAMA, tools=(WEATHER,), tool_choice="required") == ("tool_choice",)
    assert lacks(tools=(WEATHER,), parallel_tool_calls=False) == ("parallel_tool_calls",)


def test_no_tool_is_to_be_called() -> None:
    """Without tools there is none to call; a conversation with calls has to name them all the same."""
    assert "toolConfig" not in body(tools=(WEATHER,), tool_choice="none")
    assert lacks(tools=(WEATHER,), tool_choice="none") == ()
    assert lacks(messages=(*HI, *CALLED), tools=(WEATHER,), tool_choice="none") == ("tool_choice",)
    assert body(messages=(*HI, *CALLED))["toolConfig"]["tools"][0]["toolSpec"]["name"] == "clock"


@pytest.mark.parametrize(
    ("model", "effort", "further", "settings"),
    [
        (CLAUDE, "low", {"thinking": {"type": "enabled", "budget_tokens": 2048}}, {"maxTokens": 32_000}),
        ("us.anthropic.claude-opus-4-6-v1", "low",
         {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "low"}}, {}),
        (GPT_OSS, "xhigh", {"reasoning_effort": "high"}, {"temperature": 0.5, "topP": 0.9}),
        (NOVA, "none", None, {"temperature": 0.5, "topP": 0.9}),
    ],
)  # fmt: skip
def test_an_effort(model: str, effort: Any, further: dict[str, Any] | None, settings: dict[str, Any]) -> None:
    found = body(model, reasoning_effort=effort, temperature=0.5, top_p=0.9)
    assert found.get("additionalModelRequestFields") == further
    assert found.get("inferenceConfig", {}) == settings


def test_a_budget_cannot_begin_amid_calls() -> None:
    assert "additionalModelRequestFields" not in body(messages=(*HI, *CALLED), reasoning_effort="low")


def test_thoughts_that_fit_no_more_are_dropped_and_no_error() -> None:
    turns = (*HI, Message("assistant", (Reasoning("Hm.", "sig"), Text("Yes?"))), Message("user", "Go on."))
    assert body("us.anthropic.claude-opus-5-5-v1:0", turns)["additionalModelRequestFields"] == {
        "thinking": {
            "type": "adaptive",
            "display": "summarized",
            "block_binding": {"prefix_mismatch_behavior": "drop_block"},
        },
        "anthropic_beta": ["thinking-binding-controls-2026-08-01"],
    }


def test_inference() -> None:
    found = body(NOVA, temperature=1.5, top_p=0.9, max_tokens=9, stop=("\n", "END"))["inferenceConfig"]
    assert found == {"temperature": 1.0, "topP": 0.9, "maxTokens": 9, "stopSequences": ["\n", "END"]}
    assert lacks(NOVA, temperature=1.5, top_p=0.9, max_tokens=9, stop=("\n", "END")) == ()
    assert lacks(CLAUDE, temperature=1.5, top_p=0.9, stop=("\n",)) == ("top_p", "stop")


def test_an_answer_in_a_schema() -> None:
    asked = JsonAnswer(SCHEMA, "place", "Where it is.")
    found = body(response_format=asked)["outputConfig"]["textFormat"]
    told = found["structure"]["jsonSchema"]
    assert found["type"] == "json_schema" and (told["name"], told["description"]) == ("place", "Where it is.")
    assert json.loads(told["schema"]) == {"additionalProperties": False, **SCHEMA}
    assert lacks("qwen.qwen3-32b-v1:0", response_format=asked) == ()
    for model in (NOVA, LLAMA, "us.anthropic.claude-haiku-5-5", "anthropic.claude-3-haiku-20240307-v1:0"):
        assert lacks(model, response_format=asked) == ("json_schema",)
        assert "outputConfig" not in body(model, response_format=asked)


@pytest.mark.parametrize(
    ("model", "kept", "point"),
    [
        (CLAUDE, "1h", {"type": "default", "ttl": "1h"}),
        (CLAUDE, "5m", {"type": "default"}),
        (NOVA, "1h", {"type": "default"}),  # which knows no hour
        ("anthropic.claude-3-7-sonnet-20250219-v1:0", "1h", {"type": "default"}),
        (LLAMA, "5m", None),
    ],
)
def test_prompts_are_kept_where_the_configuration_says_so(model: str, kept: str, point: dict[str, str] | None) -> None:
    adapter = BEDROCK.wire(Target("bedrock", BEDROCK.base_url, options={"prompt_cache": kept}))
    turns = (*HI, Message("assistant", "Yes?"), Message("user", "Go on."))
    points = [] if point is None else [{"cachePoint": point}]
    sent = json.loads(adapter.chat(Prompt(model, turns, "Be kind.", tools=(WEATHER,))).body)
    assert sent["system"] == [{"text": "Be kind."}, *points]
    assert [turn["content"] for turn in sent["messages"]][1:] == [[{"text": "Yes?"}], [{"text": "Go on."}, *points]]
    assert len(sent["toolConfig"]["tools"]) == 1
    sent = json.loads(adapter.chat(Prompt(model, turns, tools=(WEATHER,))).body)
    assert sent["toolConfig"]["tools"][1:] == (points if "claude" in model else [])
    assert "cachePoint" not in json.dumps(body(model, turns, system="Be kind."))


def test_what_it_cannot_do_is_named() -> None:
    assert lacks(seed=1, response_format=JsonAnswer()) == ("json_object", "seed")
    assert lacks(NOVA, reasoning_effort="low") == ("reasoning_effort",)
    assert lacks(GPT_OSS, reasoning_effort="none") == ("reasoning_effort",)
