"""What a prompt becomes in Anthropic's Messages, and what of it the service cannot do."""

from __future__ import annotations

import json
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
    Part,
    Prompt,
    Reasoning,
    Target,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from tests.providers.recorded import read

ANTHROPIC = providers.get("anthropic")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = Tool("get_weather", "The weather of a city.", SCHEMA, strict=True)
HI = (Message("user", "Hi"),)


def body(model: str = "claude-opus-4-5", messages: tuple[Message, ...] = HI, **asked: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(ANTHROPIC.chat(Prompt(model, messages, **asked)).body)
    return made


def content(role: str, *parts: Part) -> Any:
    """The blocks of one turn."""
    return body(messages=(Message("user" if role == "user" else "assistant", parts),))["messages"][0]["content"]


def lacks(model: str = "claude-opus-4-5", messages: tuple[Message, ...] = HI, **asked: Any) -> tuple[str, ...]:
    return ANTHROPIC.lacks(Prompt(model, messages, **asked))


def test_pictures_and_documents() -> None:
    pdf, notes = Document(b"%PDF", name="a.pdf"), Document("Grüße".encode(), "text/markdown", "b.md")
    picture, address = Image(b"\x89PNG", "image/png"), ImageAddress("https://a.example/1.png")
    assert content("user", Text("See:"), picture, address, pdf, notes) == [
        {"type": "text", "text": "See:"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}},
        {"type": "image", "source": {"type": "url", "url": "https://a.example/1.png"}},
        {"type": "document", "title": "a.pdf",
         "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERg=="}},
        {"type": "document", "title": "b.md",
         "source": {"type": "text", "media_type": "text/plain", "data": "Grüße"}},
    ]  # fmt: skip
    assert lacks(messages=(Message("user", (pdf, notes)),)) == ()
    assert lacks(messages=(Message("user", (Document(b"PK", "application/zip"),)),)) == ("documents",)


def test_a_round_of_tools() -> None:
    """Two calls at once are answered in one turn, before whatever else the person says."""
    calls = (ToolCall("toolu_1", "get_weather", '{"city": "東京", "days": 2}'), ToolCall("a|b.c", "get_time", ""))
    first = Message("user", (ToolResult("toolu_1", "get_weather", "rain"),))
    second = Message("user", (Text("And now?"), ToolResult("a|b.c", "get_time", "", failed=True)))
    asked = (Message("user", "Hi"), Message("assistant", calls), first, second)
    assert body(messages=asked, tools=(WEATHER,))["messages"][1:] == [
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "東京", "days": 2}},
            {"type": "tool_use", "id": "a_b_c", "name": "get_time", "input": {}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_1", "content": "rain"},
            {"type": "tool_result", "tool_use_id": "a_b_c", "is_error": True},
            {"type": "text", "text": "And now?"},
        ]},
    ]  # fmt: skip
    assert [tool["name"] for tool in body(messages=asked)["tools"]] == ["get_weather", "get_time"]
    assert body(messages=asked)["tool_choice"] == {"type": "none"}  # they are over, and still to be named


def test_arguments_that_are_no_object_are_kept() -> None:
    assert content("assistant", ToolCall("1", "f", '{"city": "Par'))[0]["input"] == {"arguments": '{"city": "Par'}


def test_what_was_read_goes_back_as_it_came() -> None:
    """Reasoning with its signature, sealed reasoning, text and parallel calls: the blocks of the recorded answer."""
    events, _ = read("anthropic/thinking_tools.sse")
    parts = [event for event in events if isinstance(event, Reasoning | Text | ToolCall)]
    assert [block for block in content("assistant", *parts) if block["type"] != "text"] == [
        {"type": "redacted_thinking", "data": parts[0].hidden},  # type: ignore[union-attr]
        {"type": "thinking", "thinking": "Two cities, so two calls.\n",
         "signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds8Kp=="},
        {"type": "thinking", "thinking": "", "signature": "EtgDCkYIBxgCKkC="},
        {"type": "tool_use", "id": "toolu_01T1x1fJ34qAmk2tNTrN7Up6", "name": "get_weather", "input": {"city": "Paris"}},
        {"type": "tool_use", "id": "toolu_01B2", "name": "get_weather", "input": {"city": "東京", "days": 2}},
    ]  # fmt: skip


def test_reasoning_that_nobody_signed_is_left_out() -> None:
    assert content("assistant", Reasoning("Hm. "), Text("Yes."), Reasoning("So"), Reasoning("", "sig")) == [
        {"type": "text", "text": "Yes."},
        {"type": "thinking", "thinking": "So", "signature": "sig"},
    ]
    turns = (Message("user", "A"), Message("assistant", (Reasoning("Hm."),)), Message("user", "B"))
    assert [turn["role"] for turn in body(messages=turns)["messages"]] == ["user"]


def test_tools() -> None:
    plain = Tool("clock")
    found = body(tools=(WEATHER, plain))
    assert found["tools"] == [
        {"name": "get_weather", "description": "The weather of a city.", "input_schema": SCHEMA, "strict": True},
        {"name": "clock", "input_schema": {"type": "object", "properties": {}}},
    ]
    assert "tool_choice" not in found
    assert "strict" not in body("claude-sonnet-4-20250514", tools=(WEATHER,))["tools"][0]
    assert "tool_choice" not in body(tool_choice="auto")


@pytest.mark.parametrize(
    ("asked", "choice"),
    [
        ({"tool_choice": "required"}, {"type": "any"}),
        ({"tool_choice": "none", "parallel_tool_calls": False}, {"type": "none"}),
        ({"tool_choice": NamedTool("clock")}, {"type": "tool", "name": "clock"}),
        ({"parallel_tool_calls": False}, {"type": "auto", "disable_parallel_tool_use": True}),
        ({"tool_choice": "required", "parallel_tool_calls": False}, {"type": "any", "disable_parallel_tool_use": True}),
    ],
)
def test_the_choice_of_tools(asked: dict[str, Any], choice: dict[str, Any]) -> None:
    assert body(tools=(Tool("clock"),), **asked)["tool_choice"] == choice


@pytest.mark.parametrize(
    ("model", "effort", "maximum", "expected"),
    [
        ("claude-3-7-sonnet-latest", "low", None, {"type": "enabled", "budget_tokens": 2048}),
        ("claude-sonnet-4-20250514", "xhigh", None, {"type": "enabled", "budget_tokens": 16_000}),
        ("claude-haiku-4-5", "high", 5000, {"type": "enabled", "budget_tokens": 2500}),
        ("claude-haiku-4-5", "high", 2000, None),
        ("claude-opus-4-6", "minimal", None, {"type": "adaptive", "display": "summarized", "effort": "low"}),
        ("claude-opus-4-6", "xhigh", None, {"type": "adaptive", "display": "summarized", "effort": "max"}),
        ("claude-opus-4.8", "xhigh", 9, {"type": "adaptive", "display": "summarized", "effort": "xhigh"}),
        ("claude-mythos-preview", "low", None, {"type": "adaptive", "display": "summarized", "effort": "low"}),
        ("claude-haiku-4-5", "none", None, None),
        ("claude-sonnet-5", "none", None, {"type": "disabled"}),
        ("claude-opus-4-8", None, None, None),
        ("claude-opus-5", None, 1, {"type": "adaptive", "display": "summarized"}),  # it thinks unasked, but unseen
        ("claude-opus-5-5", "none", None, None),
        ("claude-sonnet-5-5", "none", None, {"type": "between_tools"}),
        ("claude-haiku-5-5", "none", None, {"type": "disabled"}),
        ("kimi-k2", "medium", None, {"type": "enabled", "budget_tokens": 4096}),
        ("kimi-k2", "none", None, {"type": "disabled"}),
        ("claude-3-5-haiku-latest", "high", None, None),
    ],
)
def test_an_effort_lets_the_model_think(
    model: str, effort: Any, maximum: int | None, expected: dict[str, Any] | None
) -> None:
    found = body(model, max_tokens=maximum, reasoning_effort=effort)
    assert ({**found["thinking"], **found.get("output_config", {})} if "thinking" in found else None) == expected


def test_who_thinks_is_not_sampled_nor_forced() -> None:
    asked = {"temperature": 0.5, "top_p": 0.9, "tools": (WEATHER,), "tool_choice": "required"}
    found = body("claude-3-7-sonnet-latest", reasoning_effort="low", **asked)
    assert not {"temperature", "top_p", "tool_choice"} & set(found)
    assert lacks("claude-3-7-sonnet-latest", reasoning_effort="low", **asked) == ("tool_choice", "top_p")
    found = body("claude-3-7-sonnet-latest", **asked)
    assert (found["temperature"], found["top_p"], found["tool_choice"]) == (0.5, 0.9, {"type": "any"})
    assert lacks("claude-3-7-sonnet-latest", **asked) == ()


@pytest.mark.parametrize(
    ("model", "effort", "forced"),
    [
        ("claude-opus-4-6", "low", False),
        ("claude-opus-4-6", None, True),
        ("claude-opus-5", "low", True),
        ("claude-fable-5", "low", True),
        ("claude-fable-5-1", None, False),
        ("claude-sonnet-5-5", None, False),
        ("claude-haiku-5-5", "low", True),
        ("kimi-k2", "low", False),
    ],
)
def test_not_every_model_can_be_forced_to_call(model: str, effort: Any, forced: bool) -> None:
    asked: dict[str, Any] = {"tools": (WEATHER,), "tool_choice": "required", "reasoning_effort": effort}
    assert body(model, **asked).get("tool_choice") == ({"type": "any"} if forced else None)
    assert lacks(model, **asked) == (() if forced else ("tool_choice",))


def test_thoughts_that_fit_no_more_are_dropped_and_no_error() -> None:
    """Newer models bind a thought to all before it: a tool that was added since would have the request refused."""
    turns = (*HI, Message("assistant", (Reasoning("Hm.", "sig"), Text("Yes?"))), Message("user", "Go on."))
    prompt = Prompt("claude-sonnet-5-5", turns)
    exchange = ANTHROPIC.chat(prompt)
    sent = json.loads(exchange.body)
    binding = {"block_binding": {"prefix_mismatch_behavior": "drop_block"}}
    assert sent["thinking"] == {"type": "adaptive", "display": "summarized", **binding}
    assert exchange.headers["anthropic-beta"] == "thinking-binding-controls-2026-08-01"
    assert sent["messages"][1]["content"][0]["type"] == "thinking"
    asked = body("claude-fable-5-1", turns, reasoning_effort="low")["thinking"]
    assert asked == {"type": "adaptive", "display": "summarized", **binding}
    quiet = body("claude-sonnet-5-5", turns, reasoning_effort="none")
    assert quiet["thinking"] == {"type": "between_tools"}
    assert quiet["messages"][1]["content"] == "Yes?"
    for other in (Prompt("claude-sonnet-5-5", HI), Prompt("claude-opus-5", turns)):
        assert "anthropic-beta" not in ANTHROPIC.chat(other).headers
        assert "block_binding" not in json.loads(ANTHROPIC.chat(other).body)["thinking"]


@pytest.mark.parametrize(
    ("model", "temperature", "top_p", "sent", "lacking"),
    [
        ("claude-sonnet-4-5", 2.0, 0.9, {"temperature": 1.0}, ("top_p",)),
        ("claude-sonnet-4-5", 2.0, 1.0, {"temperature": 1.0}, ()),  # which changes nothing
        ("claude-sonnet-4-5", None, 0.9, {"top_p": 0.9}, ()),
        ("claude-opus-4-7", 0.5, 0.9, {}, ("top_p",)),
        ("kimi-k2", 0.5, 0.9, {"temperature": 0.5, "top_p": 0.9}, ()),
    ],
)
def test_sampling(model: str, temperature: Any, top_p: Any, sent: dict[str, float], lacking: tuple[str, ...]) -> None:
    found = body(model, temperature=temperature, top_p=top_p)
    assert {name: found[name] for name in ("temperature", "top_p") if name in found} == sent
    assert lacks(model, temperature=temperature, top_p=top_p) == lacking


@pytest.mark.parametrize(("begun", "thinks"), [((Reasoning("", hidden="x"),), True), ((), False)])
def test_a_budget_cannot_begin_amid_calls(begun: tuple[Part, ...], thinks: bool) -> None:
    said = Message("assistant", (*begun, ToolCall("1", "clock", "{}")))
    turns = (*HI, said, Message("user", (ToolResult("1", "clock", "noon"),)))
    assert ("thinking" in body("claude-haiku-4-5", turns, reasoning_effort="low")) is thinks
    assert "thinking" in body("claude-opus-5", turns, reasoning_effort="low")
    assert "thinking" in body("claude-haiku-4-5", (*turns, *HI, said, *HI), reasoning_effort="low")


def test_an_answer_in_a_schema() -> None:
    schema = {"type": "object", "properties": {"of": {"type": "array", "items": SCHEMA}}}
    found = body("claude-opus-4-6", response_format=JsonAnswer(schema), reasoning_effort="low")
    closed = {"additionalProperties": False, **SCHEMA}
    assert found["output_config"] == {
        "effort": "low",
        "format": {
            "type": "json_schema",
            "schema": {
                **schema,
                "additionalProperties": False,
                "properties": {"of": {"type": "array", "items": closed}},
            },
        },
    }
    assert lacks("claude-opus-4-6", response_format=JsonAnswer(schema)) == ()
    assert lacks("claude-opus-4-20250514", response_format=JsonAnswer(schema)) == ("json_schema",)
    assert "output_config" not in body("claude-opus-4-20250514", response_format=JsonAnswer(schema))


def test_what_it_cannot_do_is_named() -> None:
    asked: dict[str, Any] = {"seed": 1, "presence_penalty": 0.1, "frequency_penalty": 0.1, "stop": ("\n", "END")}
    assert set(lacks(**asked)) == {"seed", "presence_penalty", "frequency_penalty", "stop"}
    assert body(**asked)["stop_sequences"] == ["END"]  # a blank one is refused
    assert "json_object" in lacks(response_format=JsonAnswer())
    assert lacks("claude-3-opus-latest", reasoning_effort="low") == ("reasoning_effort",)
    for model in ("claude-mythos-5", "claude-opus-5-5"):
        assert lacks(model, reasoning_effort="none") == ("reasoning_effort",)


@pytest.mark.parametrize(("kept", "ttl"), [("5m", {}), ("1h", {"ttl": "1h"})])
def test_prompts_are_kept_where_the_configuration_says_so(kept: str, ttl: dict[str, str]) -> None:
    adapter = ANTHROPIC.wire(Target("anthropic", ANTHROPIC.base_url, options={"prompt_cache": kept}))
    mark = {"type": "ephemeral", **ttl}
    turns = (Message("user", "A"), Message("assistant", "B"), Message("user", "C"))
    sent = json.loads(adapter.chat(Prompt("claude-opus-4-5", turns, "Be kind.", tools=(WEATHER,))).body)
    assert sent["system"] == [{"type": "text", "text": "Be kind.", "cache_control": mark}]
    assert [turn["content"] for turn in sent["messages"]] == [
        "A",
        "B",
        [{"type": "text", "text": "C", "cache_control": mark}],
    ]
    sent = json.loads(adapter.chat(Prompt("claude-opus-4-5", turns, tools=(WEATHER,))).body)
    assert sent["tools"][-1]["cache_control"] == mark
    assert "cache_control" not in json.dumps(body(messages=turns, tools=(WEATHER,)))
