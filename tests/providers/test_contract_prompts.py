"""What every provider may be asked: an ability that it states reaches the request, another leaves no trace there."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, replace
from typing import get_args

import pytest

from providers import (
    Ability,
    Adapter,
    Document,
    Exchange,
    Image,
    ImageAddress,
    JsonAnswer,
    Message,
    Operation,
    Prompt,
    Reasoning,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from tests.providers.contracted import MODEL, PROMPT, every

CLOCK = Tool("zebra_clock", "Tells the time.", {"type": "object", "properties": {"zone": {"type": "string"}}})
SCHEMA = {
    "type": "object",
    "properties": {"zebra_count": {"type": "integer"}},
    "required": ["zebra_count"],
    "additionalProperties": False,
}
DATA = b"a picture of zebras"
WORDS = Text("See:")
ABLE = {  # models that can do all that their service can, where that depends on the name
    "AnthropicReader": "claude-opus-4-6", "BedrockReader": "us.anthropic.claude-opus-4-6-v1",
    "GoogleReader": "gemini-2.5-pro", "VertexReader": "gemini-2.5-pro",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A prompt without an ability, the same with it, and what of it is in the request."""

    plain: Prompt
    more: Prompt
    trace: bytes = b""


def showing(part: Image | ImageAddress | Document, trace: bytes) -> Asked:
    """Words with something beside them."""
    plain = replace(PROMPT, messages=(Message("user", (WORDS,)),))
    return Asked(plain, replace(PROMPT, messages=(Message("user", (WORDS, part)),)), trace)


TOOLED = replace(PROMPT, tools=(CLOCK,))
ASKED: dict[Ability, Asked] = {
    "tools": Asked(PROMPT, TOOLED, b"zebra_clock"),
    "tool_choice": Asked(TOOLED, replace(TOOLED, tool_choice="required")),
    "parallel_tool_calls": Asked(TOOLED, replace(TOOLED, parallel_tool_calls=False)),
    "images": showing(Image(DATA), b64encode(DATA)),
    "image_urls": showing(ImageAddress("https://zebra.example/1.png"), b"https://zebra.example/1.png"),
    "documents": showing(Document(b"%PDF-" + DATA, name="zebra.pdf"), b64encode(b"%PDF-" + DATA)),
    "json_object": Asked(PROMPT, replace(PROMPT, response_format=JsonAnswer())),
    "json_schema": Asked(PROMPT, replace(PROMPT, response_format=JsonAnswer(SCHEMA)), b"zebra_count"),
    "reasoning_effort": Asked(PROMPT, replace(PROMPT, reasoning_effort="high")),
    "top_p": Asked(PROMPT, replace(PROMPT, top_p=0.321), b"0.321"),
    "stop": Asked(PROMPT, replace(PROMPT, stop=("zebra end",)), b"zebra end"),
    "seed": Asked(PROMPT, replace(PROMPT, seed=7654321), b"7654321"),
    "presence_penalty": Asked(PROMPT, replace(PROMPT, presence_penalty=0.321), b"0.321"),
    "frequency_penalty": Asked(PROMPT, replace(PROMPT, frequency_penalty=0.321), b"0.321"),
}


def accepted(adapter: Adapter, exchange: Exchange) -> bool:
    """Whether the meter takes the request for what it is."""
    operation = adapter.operation(exchange.method, exchange.path, exchange.body)
    return replace(operation, max_tokens=None) == Operation(operation.name, MODEL, True) and operation.name == "chat"


def test_every_ability_is_tried() -> None:
    assert ASKED.keys() == set(get_args(Ability))


@every
@pytest.mark.parametrize("ability", ASKED)
def test_an_ability_is_in_the_request_or_leaves_no_trace(adapter: Adapter, ability: Ability) -> None:
    asked = ASKED[ability]
    plain, more = adapter.chat(asked.plain), adapter.chat(asked.more)
    if ability in adapter.lacks(asked.more):
        in_words = ability == "image_urls" and b'{"text":"%s"}' % asked.trace in more.body
        assert more == plain or in_words
    else:
        assert more != plain and asked.trace in more.body
        assert accepted(adapter, more)
    assert ability in adapter.takes or ability in adapter.lacks(asked.more)


@every
def test_nothing_is_lacking_without_need(adapter: Adapter) -> None:
    assert adapter.takes <= ASKED.keys()
    assert adapter.lacks(PROMPT) == ()
    assert adapter.lacks(replace(PROMPT, tool_choice="auto", parallel_tool_calls=True)) == ()
    able = ABLE.get(type(adapter.reader()).__name__, MODEL)
    lacking = {name for name, asked in ASKED.items() if name in adapter.lacks(replace(asked.more, model=able))}
    lacking -= {"tool_choice"}  # some services can be told to call none, but not to call one
    assert lacking == ASKED.keys() - adapter.takes - {"tool_choice"}


@every
def test_a_round_of_tools_goes_back_whole(adapter: Adapter) -> None:
    calls = (Reasoning("Hm."), Text("I look twice."), ToolCall("zc1", "zebra_clock", '{"zone": "Asia/Zebra"}'))
    calls = (*calls, ToolCall("zc2", "zebra_clock", "{}"))
    results = (ToolResult("zc1", "zebra_clock", "half past zebra"), ToolResult("zc2", "zebra_clock", "no", failed=True))
    turns = (*PROMPT.messages, Message("assistant", calls), Message("user", (*results, Text("And now?"))))
    exchange = adapter.chat(replace(TOOLED, messages=turns))
    assert accepted(adapter, exchange)
    assert b"I look twice." in exchange.body and b"And now?" in exchange.body
    if "tools" in adapter.takes:
        places = [exchange.body.index(word) for word in (b"I look twice.", b"Asia/Zebra", b"half past zebra")]
        assert places == sorted(places)
        assert exchange.body.count(b"zebra_clock") >= 3
