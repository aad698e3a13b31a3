"""Every part of a prompt in the words of chat completions, as each service wants them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

import providers
from providers import (
    Adapter,
    Citation,
    Document,
    Finish,
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

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = Tool("weather", "The weather of a city.", SCHEMA, True)
CALLS = Message("assistant", (Reasoning("Hm."), ToolCall("call_1", "weather", '{"city": "Porto"}'),
                              ToolCall("call_2", "weather", '{"city": "Paris"}')))  # fmt: skip
RESULTS = Message("user", (ToolResult("call_1", "weather", "21°"), ToolResult("call_2", "weather", "18°")))
ROUND = (Message("user", "Where is it warmer?"), CALLS, RESULTS)
PROMPT = Prompt("some-model", ROUND, tools=(WEATHER,))


def body(prompt: Prompt, kind: str | Adapter = "openai") -> dict[str, Any]:
    """The body of a chat request to this service."""
    adapter = providers.get(kind) if isinstance(kind, str) else kind
    found: dict[str, Any] = json.loads(adapter.chat(prompt).body)
    return found


def asked(*parts: Any, kind: str = "openai") -> Any:
    """The content of a user's turn with these parts."""
    return body(Prompt("gpt-4o", (Message("user", parts),)), kind)["messages"][0]["content"]


def test_pictures_and_documents_stand_beside_the_text() -> None:
    assert asked(Text("Look:"), Image(b"\x89PNG"), ImageAddress("https://a.example/b.png"), Document(b"%PDF")) == [
        {"type": "text", "text": "Look:"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
        {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}},
        {"type": "file", "file": {"filename": "document.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}},
    ]  # fmt: skip


def test_what_a_model_drew_is_shown_to_it_again() -> None:
    said = Message("assistant", (Text("A dot."), Image(b"\x89PNG")))
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}
    prompt = Prompt("google/gemini-2.5-flash-image", (said, Message("user", "Bluer.")))
    answer, wish = body(prompt, "openrouter")["messages"]
    assert answer == {"role": "assistant", "content": "A dot."}
    assert wish["content"] == [picture, {"type": "text", "text": "Bluer."}]
    assert body(prompt, "deepseek")["messages"][1]["content"] == "Bluer."  # which sees nothing


def test_text_alone_stays_a_plain_string() -> None:
    assert asked(Text("One"), Text("two")) == "One\n\ntwo"
    assert body(Prompt("gpt-4o", (Message("user", "  One\n"),)))["messages"] == [{"role": "user", "content": "  One\n"}]


def test_a_file_of_text_is_told_to_every_service() -> None:
    notes = Document("Grüße".encode(), "text/markdown", "notes.md")
    for kind in ("openai", "groq"):
        assert asked(Text("Read:"), notes, kind=kind) == "Read:\n\nnotes.md:\n\nGrüße"
        assert providers.get(kind).lacks(Prompt("llama", (Message("user", (notes,)),))) == ()
    assert providers.get("groq").lacks(Prompt("llama", (Message("user", (notes, Document(b"%PDF"))),))) == (
        "documents",
    )


def test_calls_and_results_are_turns_of_their_own() -> None:
    more = Message("user", (*RESULTS.parts, Text("And Rome?"), Image(b"x")))
    question, calls, first, second, rest = body(replace(PROMPT, messages=(*ROUND[:2], more)))["messages"]
    assert question == {"role": "user", "content": "Where is it warmer?"}
    assert calls["content"] is None and "reasoning_content" not in calls
    assert calls["tool_calls"][1] == {
        "id": "call_2", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Paris"}'},
    }  # fmt: skip
    assert first == {"role": "tool", "content": "21°", "tool_call_id": "call_1"}
    assert second["tool_call_id"] == "call_2"
    assert rest["role"] == "user" and rest["content"][0] == {"type": "text", "text": "And Rome?"}


def test_tools_and_how_they_are_chosen() -> None:
    found = body(replace(PROMPT, tool_choice=NamedTool("weather"), parallel_tool_calls=False))
    function = {"name": "weather", "description": "The weather of a city.", "parameters": SCHEMA, "strict": True}
    assert found["tools"] == [{"type": "function", "function": function}]
    assert found["tool_choice"] == {"type": "function", "function": {"name": "weather"}}
    assert found["parallel_tool_calls"] is False
    alone = body(replace(PROMPT, tools=(), tool_choice="auto", parallel_tool_calls=True))
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & alone.keys()  # refused without tools


def test_the_form_of_the_answer_and_the_numbers() -> None:
    prompt = Prompt("gpt-4o", ROUND[:1], top_p=0.9, stop=("\n", "END"), seed=7, presence_penalty=0.1,
                    frequency_penalty=0.2, response_format=JsonAnswer())  # fmt: skip
    found = body(prompt)
    assert found["response_format"] == {"type": "json_object"}
    assert {name: found[name] for name in ("top_p", "stop", "seed", "presence_penalty", "frequency_penalty")} == {
        "top_p": 0.9, "stop": ["\n", "END"], "seed": 7, "presence_penalty": 0.1, "frequency_penalty": 0.2,
    }  # fmt: skip
    exact = body(replace(prompt, response_format=JsonAnswer(SCHEMA, "place", strict=True)))["response_format"]
    assert exact == {"type": "json_schema", "json_schema": {"name": "place", "schema": SCHEMA, "strict": True}}


def test_what_is_lacking_is_named_and_left_out() -> None:
    prompt = replace(PROMPT, seed=1, parallel_tool_calls=False, response_format=JsonAnswer(SCHEMA))
    deepseek = providers.get("deepseek")
    assert set(deepseek.lacks(prompt)) == {"seed", "parallel_tool_calls", "json_schema"}
    assert not {"seed", "parallel_tool_calls", "response_format"} & body(prompt, deepseek).keys()
    assert "parallel_tool_calls" not in body(replace(PROMPT, parallel_tool_calls=True), deepseek)  # it does so anyway
    picture = Prompt("m", (Message("user", (Text("Look"), Image(b"x"))),))
    assert deepseek.lacks(picture) == ("images",)
    assert body(picture, deepseek)["messages"] == [{"role": "user", "content": "Look"}]


def test_deepseek_gets_reasoning_back_within_rounds_of_tools_alone() -> None:
    """https://api-docs.deepseek.com/guides/thinking_mode: elsewhere it is ignored, missing in a round it is a 400."""
    said = Message("assistant", (Reasoning("Two and two."), Text("Four.")))
    told = Message("assistant", (Reasoning("Porto wins."), Text("In Porto.")))
    silent = Message("assistant", (ToolCall("call_3", "weather", "{}"),))
    turns = (Message("user", "2+2?"), said, *ROUND, told, Message("user", "Again"), silent)
    for kind in ("deepseek", "moonshot"):
        found = body(replace(PROMPT, messages=turns), kind)["messages"]
        assert [turn.get("reasoning_content") for turn in found if turn["role"] == "assistant"] == [
            None, "Hm.", "Porto wins.", "",
        ]  # fmt: skip
    assert b"reasoning" not in providers.get("openai").chat(replace(PROMPT, messages=turns)).body


def test_openrouter_gets_its_reasoning_back_with_its_proofs() -> None:
    proof = '{"type":"reasoning.text","format":"anthropic-claude-v1","index":0,"signature":"Er0="}'
    hidden = '{"type":"reasoning.encrypted","data":"gAAA","id":"rs_1","format":"openai-responses-v1","index":0}'
    signed = Message("assistant", (Reasoning("Hm.", proof), Text("Yes.")))
    secret = Message("assistant", (Reasoning("In short.", hidden), Text("Yes.")))
    foreign = Message("assistant", (Reasoning("Hm.", "Er0CabC"), Text("Yes.")))
    prompt = Prompt("some/model", (signed, secret, foreign, CALLS))
    for kind in ("openrouter", "kilocode"):
        first, second, third, calls = body(prompt, kind)["messages"]
        assert first["reasoning_details"] == [{**json.loads(proof), "text": "Hm."}]
        assert second["reasoning_details"] == [
            {"type": "reasoning.summary", "summary": "In short.", "format": "openai-responses-v1"}, json.loads(hidden),
        ]  # fmt: skip
        assert third == {"role": "assistant", "content": "Yes."}  # another service's proof is none here
        assert calls["reasoning"] == "Hm."


def test_a_call_goes_back_with_what_was_added_to_it() -> None:
    """Gemini 3 refuses one without its signature: https://ai.google.dev/gemini-api/docs/thought-signatures"""
    custom = providers.get("custom").wire(Target("custom", ""))
    extra = {"google": {"thought_signature": "CvcB"}}
    asked = {"index": 0, "id": "call_1", "function": {"name": "weather", "arguments": "{}"}, "extra_content": extra}
    choice = {"index": 0, "delta": {"tool_calls": [asked]}, "finish_reason": "tool_calls"}
    call, _ = custom.reader().feed(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")
    native = ToolCall("call_2", "weather", "{}", "CvcB")  # of Google's own API
    (turn,) = body(Prompt("gemini-3-pro", (Message("assistant", (call, native)),)), custom)["messages"]
    assert turn["tool_calls"][0]["extra_content"] == extra and "extra_content" not in turn["tool_calls"][1]


def test_mistral_spells_some_things_its_own_way() -> None:
    found = body(replace(PROMPT, seed=7, max_tokens=9, tool_choice="required"), "mistral")
    assert (found["random_seed"], found["tool_choice"], found["max_tokens"]) == (7, "any", 9) and "seed" not in found
    _, calls, first, _ = found["messages"]
    assert calls["tool_calls"][0]["id"] == first["tool_call_id"] != calls["tool_calls"][1]["id"]
    assert len(first["tool_call_id"]) == 9  # all that it accepts
    own = Message("assistant", (ToolCall("aB3dE6gH9", "weather", "{}"),))
    (turn,) = body(Prompt("m", (own,)), "mistral")["messages"]
    assert turn["tool_calls"][0]["id"] == "aB3dE6gH9"


@pytest.mark.parametrize(
    ("kind", "effort", "expected"),
    [
        ("openrouter", "low", {"reasoning": {"effort": "low"}}),
        ("vercel", "none", {"reasoning": {"effort": "none"}}),
        ("deepseek", "high", {"reasoning_effort": "high"}),
        ("deepseek", "none", {"thinking": {"type": "disabled"}}),
        ("qwen", "none", {"enable_thinking": False}),
        ("groq", "medium", {"reasoning_effort": "medium"}),
    ],
)
def test_the_effort_where_each_looks_for_it(kind: str, effort: Any, expected: dict[str, Any]) -> None:
    found = body(Prompt("m", ROUND[:1], reasoning_effort=effort), kind)
    assert {name: found[name] for name in ("reasoning", "reasoning_effort", "thinking", "enable_thinking")
            if name in found} == expected  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "model", "asked", "lacking"),
    [
        ("groq", "qwen/qwen3-32b", {"presence_penalty": 0.1}, ("presence_penalty",)),
        ("moonshot", "kimi-k2.6", {"tool_choice": "required"}, ("tool_choice",)),
        ("moonshot", "kimi-k2.6", {"tool_choice": "none"}, ()),
        ("moonshot", "kimi-k2.6", {"top_p": 0.5}, ("top_p",)),
        ("moonshot", "moonshot-v1-8k", {"top_p": 0.5}, ()),
        ("lmstudio", "qwen3", {"response_format": JsonAnswer()}, ("json_object",)),
        ("lmstudio", "qwen3", {"tool_choice": NamedTool("weather")}, ("tool_choice",)),
        ("qwen", "qwen-plus", {"tool_choice": NamedTool("weather")}, ()),
        ("xai", "grok-4", {"stop": ("\n",), "reasoning_effort": "low"}, ("stop", "reasoning_effort")),
        ("xai", "grok-4.3", {"reasoning_effort": "none"}, ()),
        ("xai", "grok-4.20-non-reasoning", {"stop": ("\n",)}, ()),
        ("github", "openai/gpt-4.1", {"parallel_tool_calls": False}, ("parallel_tool_calls",)),
        ("mistral", "mistral-large-latest", {"seed": 1, "parallel_tool_calls": False, "tool_choice": "required"}, ()),
        ("openrouter", "x/y", {"seed": 1, "reasoning_effort": "minimal", "frequency_penalty": 1.0}, ()),
    ],
)
def test_what_a_service_lacks(kind: str, model: str, asked: dict[str, Any], lacking: tuple[str, ...]) -> None:
    assert providers.get(kind).lacks(replace(PROMPT, model=model, messages=ROUND[:1], **asked)) == lacking


def test_a_simple_server_is_told_in_words() -> None:
    simple = providers.get("custom").wire(Target("custom", "", options={"message_format": "simple"}))
    assert simple.lacks(PROMPT) == ("tools",)
    assert body(PROMPT, simple)["messages"] == [
        {"role": "user", "content": "Where is it warmer?"},
        {"role": "assistant",
         "content": 'Called weather: {"city": "Porto"}\n\nCalled weather: {"city": "Paris"}'},
        {"role": "user", "content": "weather answered: 21°\n\nweather answered: 18°"},
    ]  # fmt: skip


def test_r1_joins_turns_but_not_those_of_tools() -> None:
    r1 = providers.get("custom").wire(Target("custom", "", options={"message_format": "r1"}))
    turns = (*ROUND, Message("user", "Thanks."), Message("user", (Text("Look"), Image(b"x"))))
    found = body(replace(PROMPT, messages=turns, system="Be kind."), r1)["messages"]
    assert [turn["role"] for turn in found] == ["user", "assistant", "tool", "tool", "user"]
    assert found[0]["content"] == "Be kind.\n\nWhere is it warmer?"
    assert [part["type"] for part in found[-1]["content"]] == ["text", "text", "image_url"]
    assert r1.lacks(PROMPT) == ()


def test_what_openrouter_proves_is_given_back_as_it_came() -> None:
    events, failure = read("openrouter/tools.sse")
    reasoning = [event for event in events if isinstance(event, Reasoning)]
    assert failure is None and [thought.text for thought in reasoning] == ["Two ", "cities.", "", ""]
    assert [bool(thought.signature) for thought in reasoning] == [False, False, True, True]
    calls = [event for event in events if isinstance(event, ToolCall)]
    assert [(call.id, call.arguments) for call in calls] == [
        ("toolu_1", '{"city":"Porto"}'), ("toolu_2", '{"city":"Paris"}'),
    ]  # fmt: skip
    block = Reasoning("Two cities.", reasoning[2].signature)
    said = Message("assistant", (block, reasoning[3], Text("I look."), *calls))
    (turn,) = body(Prompt("m", (said,)), "openrouter")["messages"]
    assert turn["reasoning_details"] == [
        {"type": "reasoning.text", "text": "Two cities.", "signature": "EqQBCg==", "format": "anthropic-claude-v1",
         "index": 0},
        {"type": "reasoning.encrypted", "data": "EmwKAhgB", "id": "rs_1", "format": "anthropic-claude-v1", "index": 1},
    ]  # fmt: skip


def test_pictures_and_pages_in_an_answer() -> None:
    text, picture, page, finish = read("openrouter/image.sse")[0]
    assert (text, page, finish) == (Text("A dot."), Citation("https://example.com/dots", "Dots"), Finish("stop"))
    assert isinstance(picture, Image) and picture.media_type == "image/png" and picture.data.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://files.example/a.png", [Text("\n\n![](https://files.example/a.png)\n")]),
        ("data:image/png;base64,%%%", []),
        ("javascript:alert(1)", []),
        (None, []),
    ],
)
def test_a_picture_elsewhere_is_told_and_a_broken_one_is_not(address: Any, expected: list[Any]) -> None:
    choice = {"index": 0, "delta": {"images": [None, {"type": "image_url", "image_url": {"url": address}}]}}
    reader = providers.get("openrouter").reader()
    assert list(reader.feed(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")) == expected
