"""Usage that is reported only when asked for: asked for, booked, and taken out again, byte for byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.usage_event import WithoutUsage, ask
from tests.proxy.client import CHAT, MESSAGES, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Reply, Upstream
from tests.wire import Plan, data, dump, openai_stream

ASKED = {"stream_options": {"include_usage": True}}
PLAN = Plan(chunks=3)
EVENTS = list(openai_stream(PLAN, ASKED))
STRIPPED = b"".join(event for event in EVENTS if b'"choices":[]' not in event)
AZURE = data({"choices": [], "prompt_filter_results": [{"prompt_index": 0}]})


async def test_it_is_asked_for_and_taken_out(host: FakeHost, upstream: Upstream) -> None:
    reply = await fetch(host, body=chat("plan:chunks=3"))
    assert upstream.last.json()["stream_options"] == {"include_usage": True}
    assert reply.body == STRIPPED
    row = host.ledger.only
    assert (row.status, row.input_tokens, row.output_tokens, row.tokens_source) == ("ok", 11, 3, "provider")


async def test_who_asks_gets_it(host: FakeHost, upstream: Upstream) -> None:
    body = chat("plan:chunks=3", **ASKED)
    reply = await fetch(host, body=body)
    assert upstream.last.body == body
    assert reply.body == b"".join(EVENTS)
    assert host.ledger.only.output_tokens == 3


async def test_a_setting_turns_it_off(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", options={"ask_for_usage": "off"})
    await fetch(host, body=chat())
    assert upstream.last.body == chat()
    row = host.ledger.only
    assert (row.status, row.output_tokens, row.tokens_source) == ("ok", None, None)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CHAT, chat(stream=False)),
        (MESSAGES, chat()),
        ("/api/proxy/openai/v1/responses", chat()),
        ("/api/proxy/openai/v1/embeddings", b'{"model":"m","input":"x"}'),
        (CHAT, b"not json"),
    ],
)
async def test_other_requests_are_not_touched(host: FakeHost, upstream: Upstream, path: str, body: bytes) -> None:
    await fetch(host, path, body)
    assert upstream.last.body == body


async def test_usage_that_comes_with_a_choice_stays(host: FakeHost) -> None:
    reply = await fetch(host, body=chat("plan:chunks=2,usage=joined"))
    assert reply.body == b"".join(openai_stream(Plan(chunks=2, usage="joined"), {}))
    assert host.ledger.only.output_tokens == 2


QUIET = [
    {"index": 0, "delta": {}},
    {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None, "logprobs": None},
]


@pytest.mark.parametrize("choice", QUIET)
async def test_it_is_taken_out_although_it_has_a_choice(
    host: FakeHost, upstream: Upstream, choice: dict[str, Any]
) -> None:
    """As LiteLLM and OpenRouter send it: https://docs.litellm.ai/docs/completion/usage."""
    *others, usage, done = EVENTS
    upstream.reply = Reply([*others, usage.replace(b"[]", dump([choice]).encode()), done])
    assert (await fetch(host, body=chat())).body == STRIPPED
    assert host.ledger.only.output_tokens == 3


@pytest.mark.parametrize(
    "choice",
    [
        {"index": 0, "delta": {"content": "more"}},
        {"index": 0, "delta": {}, "finish_reason": "stop"},
        {"index": 0, "delta": {"tool_calls": [{"index": 0}]}},
        {"index": 0, "text": ""},
    ],
)
async def test_usage_beside_something_said_stays(host: FakeHost, upstream: Upstream, choice: dict[str, Any]) -> None:
    event = data({"choices": [choice], "usage": {"prompt_tokens": 1, "completion_tokens": 2}})
    upstream.reply = Reply([*EVENTS[:-2], event, EVENTS[-1]])
    assert (await fetch(host, body=chat())).body == b"".join(EVENTS[:-2]) + event + EVENTS[-1]


@pytest.mark.parametrize("choice", QUIET)
async def test_usage_before_the_end_stays(host: FakeHost, upstream: Upstream, choice: dict[str, Any]) -> None:
    """Some count along in every event, the empty one at the beginning included."""
    event = data({"choices": [choice], "usage": {"prompt_tokens": 1, "completion_tokens": 0}})
    upstream.reply = Reply([event, *EVENTS])
    assert (await fetch(host, body=chat())).body == event + STRIPPED


async def test_events_without_choices_that_report_something_else_stay(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply([AZURE, *EVENTS])
    assert (await fetch(host, body=chat())).body == AZURE + STRIPPED


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a":1}', {"a": 1, **ASKED}),
        (b' {"a":{"b":2}} \n', {"a": {"b": 2}, **ASKED}),
        (b'{"stream_options":{}}', ASKED),
        (b'{"stream_options":null}', ASKED),
        (b'{"stream_options":{"include_usage":false,"x":1}}', {"stream_options": {"include_usage": True, "x": 1}}),
        (b'{"said":"\\"stream_options\\""}', {"said": '"stream_options"', **ASKED}),
        (b'{"n":123456789012345678901234567890,"stream_options":{}}', {"n": 123456789012345678901234567890, **ASKED}),
    ],
)
def test_how_it_is_asked_for(body: bytes, expected: object) -> None:
    asked = ask(body)
    assert asked is not None and json.loads(asked) == expected


@pytest.mark.parametrize(
    "body", [b'{"stream_options":{"include_usage":true}}', b"[]", b"", b'"stream_options"', b'{"stream_options":3}']
)
def test_when_it_is_not(body: bytes) -> None:
    assert ask(body) is None


@given(st.lists(st.integers(0, 4000), max_size=30), st.sampled_from([b"\n\n", b"\r\n\r\n", b"\r\r"]))
def test_at_any_split_the_rest_is_unchanged(cuts: list[int], end: bytes) -> None:
    whole = b": hello" + end + AZURE.replace(b"\n\n", end) + b"".join(EVENTS).replace(b"\n\n", end)
    expected = b": hello" + end + AZURE.replace(b"\n\n", end) + STRIPPED.replace(b"\n\n", end)
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    events = WithoutUsage()
    out = b"".join(events.feed(whole[a:b]) for a, b in zip(edges, edges[1:], strict=False)) + events.rest()
    assert out == expected


def test_byte_by_byte() -> None:
    events = WithoutUsage()
    whole = b"".join(EVENTS)
    assert b"".join(events.feed(whole[at : at + 1]) for at in range(len(whole))) + events.rest() == STRIPPED
