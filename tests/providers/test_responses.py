"""Models of OpenAI's that answer in Responses alone: asked and read like any other in a chat."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

import providers
from providers import (
    Citation,
    Document,
    Finish,
    Image,
    ImageAddress,
    JsonAnswer,
    Message,
    NamedTool,
    Prompt,
    RateLimited,
    Reasoning,
    Target,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Usage,
)
from tests.providers.recorded import load, read, read_all

OPENAI = providers.get("openai")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
WEATHER = Tool("weather", "The weather.", SCHEMA)
HI = (Message("user", "Hi"),)


def body(prompt: Prompt) -> dict[str, Any]:
    """The body of a request, which has to go to Responses."""
    exchange = OPENAI.chat(prompt)
    assert (exchange.method, exchange.path) == ("POST", "v1/responses")
    found: dict[str, Any] = json.loads(exchange.body)
    return found


def test_a_request() -> None:
    prompt = Prompt("gpt-5-pro", HI, "Be kind.", 0.5, 900, reasoning_effort="high")
    assert body(prompt) == {
        "model": "gpt-5-pro", "input": [{"role": "user", "content": "Hi"}], "instructions": "Be kind.",
        "max_output_tokens": 900, "reasoning": {"effort": "high"}, "stream": True, "store": False,
    }  # fmt: skip
    operation = OPENAI.operation("POST", "v1/responses", OPENAI.chat(prompt).body)
    assert (operation.name, operation.model, operation.stream, operation.max_tokens) == (
        "responses", "gpt-5-pro", True, 900,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("model", "asked", "path"),
    [
        ("gpt-5-codex", {}, "v1/responses"),
        ("gpt-5.1-codex-max", {}, "v1/responses"),
        ("o3-deep-research", {}, "v1/responses"),
        ("gpt-5.5-pro", {}, "v1/responses"),
        ("gpt-5.6-sol", {}, "v1/chat/completions"),
        ("gpt-5.6-sol", {"tools": (WEATHER,)}, "v1/responses"),  # refused in chat completions
        ("gpt-5.6-sol", {"tools": (WEATHER,), "reasoning_effort": "none"}, "v1/chat/completions"),
        ("gpt-5.1", {"tools": (WEATHER,)}, "v1/chat/completions"),
        ("gpt-4o", {"tools": (WEATHER,)}, "v1/chat/completions"),
    ],
)
def test_what_goes_where(model: str, asked: dict[str, Any], path: str) -> None:
    assert OPENAI.chat(Prompt(model, HI, **asked)).path == path


def test_what_azure_runs_goes_there_too() -> None:
    for api, path in (("", "openai/v1/responses"), ("deployments", "openai/deployments/mine/chat/completions")):
        azure = providers.get("azure").wire(Target("azure", "", api, options={"deployments": "mine=gpt-5-pro"}))
        exchange = azure.chat(Prompt("mine", HI))
        assert exchange.path == path and json.loads(exchange.body)["model"] == "mine"
    target = Target("azure", "https://alice.openai.azure.com")
    url = providers.get("azure").url(target, "v1/responses")
    assert str(url) == "https://alice.openai.azure.com/openai/v1/responses"


def test_tools_and_their_rounds() -> None:
    events, _ = read("openai/responses_tools.sse")
    seal = next(event.signature for event in events if isinstance(event, Reasoning) and event.signature)
    said = Message("assistant", (Reasoning("Two cities.", seal), ToolCall("call_1", "weather", '{"city": "Porto"}')))
    told = Message("user", (ToolResult("call_1", "weather", "21°"), Text("And now?")))
    late = Message("assistant", (Reasoning("Foreign.", "Er0C"), Text("Warm."), Reasoning("Last.", seal)))
    prompt = Prompt("gpt-5-pro", (said, told, late), tools=(WEATHER,), tool_choice=NamedTool("weather"),
                    parallel_tool_calls=False)  # fmt: skip
    found = body(prompt)
    assert found["input"] == [
        {"type": "reasoning", "id": "rs_1", "encrypted_content": "gAAAAABo",
         "summary": [{"type": "summary_text", "text": "Two cities."}]},
        {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": '{"city": "Porto"}'},
        {"type": "function_call_output", "call_id": "call_1", "output": "21°"},
        {"role": "user", "content": "And now?"},
        {"role": "assistant", "content": "Warm."},  # reasoning that nothing follows is refused
    ]  # fmt: skip
    assert found["tools"] == [
        {"type": "function", "name": "weather", "description": "The weather.", "parameters": SCHEMA, "strict": False},
    ]
    assert found["tool_choice"] == {"type": "function", "name": "weather"}
    assert found["parallel_tool_calls"] is False
    assert body(replace(prompt, tool_choice="required"))["tool_choice"] == "required"


def test_pictures_documents_and_the_form_of_the_answer() -> None:
    parts = (Text("Look:"), Image(b"\x89PNG"), ImageAddress("https://a.example/b.png"), Document(b"%PDF"),
             Document(b"a,b", "text/csv", "t.csv"))  # fmt: skip
    prompt = Prompt("gpt-5-pro", (Message("user", parts),), response_format=JsonAnswer(SCHEMA, "place", strict=True))
    found = body(prompt)
    assert OPENAI.lacks(prompt) == ()
    assert found["input"][0]["content"] == [
        {"type": "input_text", "text": "Look:"},
        {"type": "input_image", "image_url": "data:image/png;base64,iVBORw=="},
        {"type": "input_image", "image_url": "https://a.example/b.png"},
        {"type": "input_file", "filename": "document.pdf", "file_data": "data:application/pdf;base64,JVBERg=="},
        {"type": "input_text", "text": "t.csv:\n\na,b"},
    ]
    format = {"type": "json_schema", "name": "place", "schema": SCHEMA, "strict": True}
    assert found["text"] == {"format": format}


def test_what_it_cannot_do_is_named() -> None:
    prompt = Prompt("gpt-5-pro", HI, max_tokens=1, stop=("\n",), seed=1, top_p=0.5, reasoning_effort="low")
    assert OPENAI.lacks(prompt) == ("stop", "reasoning_effort", "top_p", "seed")
    assert body(prompt) == {
        "model": "gpt-5-pro", "input": [{"role": "user", "content": "Hi"}], "max_output_tokens": 16, "stream": True,
        "store": False,
    }  # fmt: skip


def test_deep_research_looks_things_up_and_calls_nothing_else() -> None:
    prompt = Prompt("o3-deep-research", HI, tools=(WEATHER,))
    assert OPENAI.lacks(prompt) == ("tools",)
    assert body(prompt)["tools"] == [{"type": "web_search_preview"}]


def test_a_summary_of_the_reasoning_for_who_wants_it() -> None:
    shown = OPENAI.wire(Target("openai", "", options={"reasoning_summaries": "on"}))
    exchange = shown.chat(Prompt("gpt-5-mini", HI, reasoning_effort="low"))
    assert exchange.path == "v1/responses"
    assert json.loads(exchange.body)["reasoning"] == {"effort": "low", "summary": "auto"}
    assert shown.chat(Prompt("gpt-4o", HI)).path == "v1/chat/completions"
    assert "reasoning" not in body(Prompt("gpt-5-codex", HI))
    assert "reasoning_summaries" in {field.name for field in OPENAI.fields()}


def test_an_answer() -> None:
    events, failure = read_all(OPENAI.reader(), [load("openai/responses_tools.sse")])
    assert failure is None
    *said, proof, one, two, page, first, second, finish, usage = events
    assert [event.text for event in said if isinstance(event, Reasoning)] == [
        "Two ", "cities.", "\n\n", "I ask for both.",
    ]  # fmt: skip
    assert isinstance(proof, Reasoning) and not proof.text
    assert (one, two, page) == (Text("I look. "), Text("你好"), Citation("https://example.com/a", "A"))
    assert first == ToolCall("call_1", "weather", '{"city": "Porto"}')
    assert second == ToolCall("call_2", "weather", '{"city": "Paris"}')
    assert finish == Finish("tool_calls")
    assert isinstance(usage, Usage) and (usage.input_tokens, usage.output_tokens, usage.reasoning_tokens) == (
        81, 190, 128,
    )  # fmt: skip


def test_a_whole_answer_says_the_same() -> None:
    events, failure = read("openai/responses.json")
    assert failure is None
    thought, proof, text, page, call, picture, finish = events
    assert thought == Reasoning("Two cities.\n\nI ask for both.") and isinstance(proof, Reasoning) and proof.signature
    assert (text, page) == (Text("I look. 你好"), Citation("https://example.com/a", "A"))
    assert (call, finish) == (ToolCall("call_1", "weather", '{"city": "Porto"}'), Finish("tool_calls"))
    assert picture == Image(b"\x89PNG", "image/webp")


def test_an_answer_that_ends_early() -> None:
    assert read("openai/responses_incomplete.sse") == ([Text("It is"), Finish("length")], None)
    events, failure = read("openai/responses_error.sse")
    assert events == [Text("I cannot")] and type(failure) is RateLimited


def test_any_field_of_an_event_may_be_missing() -> None:
    kinds = ["output_item.done", "output_text.delta", "output_text.annotation.added", "completed", "incomplete",
             "reasoning_summary_text.delta", "something.new"]  # fmt: skip
    odd: list[Any] = [{}, {"item": None}, {"item": {}}, {"item": {"type": "message", "content": [None]}},
                      {"item": {"type": "reasoning", "summary": 3}}, {"delta": 3}, {"annotation": {}},
                      {"response": {"status": "incomplete"}}]  # fmt: skip
    documents = [{"type": f"response.{kind}", **more} for kind in kinds for more in odd]
    reader = OPENAI.reader()
    events = [
        event for document in documents for event in reader.feed(b"data: " + json.dumps(document).encode() + b"\n\n")
    ]
    assert all(isinstance(event, Finish) for event in events)
