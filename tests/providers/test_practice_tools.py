"""Practice plays a whole round of tools, says what it was shown, and answers in JSON: all in OpenAI's format."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from openai import AsyncOpenAI

import providers
from providers._practice.json import example

PRACTICE = providers.get("practice")
PNG = "data:image/png;base64,iVBORw0KGgo="  # eight bytes
CLOCK = {"name": "clock", "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}}}
FIND = {"name": "find", "parameters": {"properties": {"n": {"type": "integer"}, "m": {}}, "required": ["n"]}}
TOOLS: Any = [{"type": "function", "function": function} for function in (CLOCK, FIND)]


@pytest.fixture
def client() -> AsyncOpenAI:
    """The official SDK, before Practice."""
    transport = httpx.AsyncClient(transport=PRACTICE.transport())
    return AsyncOpenAI(api_key="none", base_url=PRACTICE.base_url, http_client=transport, max_retries=0)


async def ask(client: AsyncOpenAI, content: Any, **more: Any) -> Any:
    """The whole answer to one message."""
    messages: Any = content if isinstance(content, list) and "role" in content[0] else [user(content)]
    return (await client.chat.completions.create(model="practice-instant", messages=messages, **more)).choices[0]


def user(content: Any) -> dict[str, Any]:
    """A person's turn."""
    return {"role": "user", "content": content}


def calls_of(message: Any) -> list[tuple[str, str]]:
    """The names and arguments of the tools that it calls."""
    return [(call.function.name, call.function.arguments) for call in message.tool_calls or ()]


async def test_a_tool_is_called_on_request_and_its_answer_told(client: AsyncOpenAI) -> None:
    said = [user('Two at once:\nuse clock {"zone": "UTC"}\nuse find {"n": 2}')]
    choice = await ask(client, said, tools=TOOLS)
    assert choice.finish_reason == "tool_calls" and choice.message.content is None
    assert calls_of(choice.message) == [("clock", '{"zone": "UTC"}'), ("find", '{"n": 2}')]
    results = [
        {"role": "tool", "tool_call_id": call.id, "content": answer}
        for call, answer in zip(choice.message.tool_calls, ("noon", "a\nb"), strict=True)
    ]
    choice = await ask(client, [*said, choice.message.model_dump(exclude_none=True), *results], tools=TOOLS)
    assert choice.message.content == "`clock` answered:\n\n> noon\n\n`find` answered:\n\n> a\n> b"
    assert choice.finish_reason == "stop"


async def test_a_call_is_streamed_in_fragments(client: AsyncOpenAI) -> None:
    said: Any = [user('use clock {"zone": "Asia / Kathmandu"}')]
    stream = await client.chat.completions.create(
        model="practice-instant", messages=said, tools=TOOLS, stream=True, stream_options={"include_usage": True}
    )
    deltas = [chunk.choices[0].delta async for chunk in stream if chunk.choices]
    fragments = [call for delta in deltas for call in delta.tool_calls or ()]
    assert fragments[0].function is not None and (fragments[0].index, fragments[0].function.name) == (0, "clock")
    pieces = [call.function.arguments for call in fragments if call.function and call.function.arguments]
    assert len(pieces) > 2 and json.loads("".join(pieces)) == {"zone": "Asia / Kathmandu"}


@pytest.mark.parametrize(
    ("choice", "words", "expected"),
    [
        (None, "use find", [("find", '{"n":0}')]),
        ("required", "Hello", [("clock", "{}")]),
        ({"type": "function", "function": {"name": "find"}}, "Hello", [("find", '{"n":0}')]),
        ("none", "use clock", []),
        ("auto", "let us use clock and so on", []),
    ],
)
async def test_which_tool_is_called(client: AsyncOpenAI, choice: Any, words: str, expected: Any) -> None:
    more = {} if choice is None else {"tool_choice": choice}
    assert calls_of((await ask(client, words, tools=TOOLS, **more)).message) == expected


async def test_one_call_at_a_time(client: AsyncOpenAI) -> None:
    choice = await ask(client, "use clock\nuse find", tools=TOOLS, parallel_tool_calls=False)
    assert calls_of(choice.message) == [("clock", "{}")]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("use map {}", "No tool named `map` was offered with this message. Offered: `clock`, `find`."),
        ("use find {n: 2}", "The arguments of `find` are not a JSON object: `{n: 2}`."),
    ],
)
async def test_a_call_that_cannot_be_made_is_answered_with_the_reason(
    client: AsyncOpenAI, words: str, answer: str
) -> None:
    assert (await ask(client, words, tools=TOOLS)).message.content == answer


async def test_it_says_what_it_was_shown(client: AsyncOpenAI) -> None:
    shown = [
        {"type": "text", "text": "Look:"},
        {"type": "image_url", "image_url": {"url": PNG}},
        {"type": "image_url", "image_url": {"url": "https://a.example/1.png"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}},
    ]
    text = (await ask(client, shown)).message.content
    assert text.startswith("You sent a picture: image/png, 8 bytes.\n\n")
    assert "You sent the document a.pdf: application/pdf, 4 bytes." in text
    assert "<https://a.example/1.png>" in text and "> Look:" in text


SCHEMA = {
    "$defs": {"place": {"type": "object", "properties": {"name": {"$ref": "#/$defs/name"}}}, "name": {"minLength": 3}},
    "type": "object",
    "required": ["answer", "many", "kind", "count", "place", "when", "sure", "share"],
    "properties": {
        "answer": {"type": ["string", "null"], "maxLength": 5},
        "many": {"type": "array", "minItems": 2, "items": {"enum": ["red", "blue"]}},
        "kind": {"const": "x"},
        "count": {"type": "integer", "minimum": 3},
        "place": {"anyOf": [{"$ref": "#/$defs/place"}, {"type": "null"}]},
        "when": {"type": "string", "format": "date"},
        "sure": {"type": "boolean"},
        "share": {"type": "number", "exclusiveMaximum": 0},
        "left_out": {"type": "string"},
    },
}


async def test_an_answer_in_json(client: AsyncOpenAI) -> None:
    choice = await ask(client, "Hello", response_format={"type": "json_object"})
    assert json.loads(choice.message.content) == {"answer": "Hello"}
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA}}
    choice = await ask(client, "Hi there", response_format=wanted)
    assert json.loads(choice.message.content) == {
        "answer": "Hi th", "many": ["red", "red"], "kind": "x", "count": 3, "place": {"name": "Hi there"},
        "when": "2025-01-01", "sure": True, "share": -0.5,
    }  # fmt: skip


def test_a_schema_that_refers_to_itself_has_an_end() -> None:
    schema = {"type": "object", "properties": {"next": {"$ref": "#"}}}
    assert json.dumps(example(schema, "x")).count("next") < 20
    assert example({"$ref": "#/nowhere/at/all"}, "x") == "x"
    assert example(3, "x") is None


async def test_effort_shows_reasoning_and_a_stop_ends_the_answer(client: AsyncOpenAI) -> None:
    thought = [(await ask(client, "Hi", reasoning_effort=effort)).message for effort in ("low", "high", "none")]
    lengths = [len(getattr(message, "reasoning_content", "")) for message in thought]
    assert 0 < lengths[0] < lengths[1] and lengths[2] == 0
    choice = await ask(client, "/table", stop=["|"])
    assert (choice.message.content, choice.finish_reason) == ("", "stop")
