"""The first events of a stream: which say nothing yet, and which say that it failed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import providers
from providers import InvalidRequest, ProviderUnavailable, QuotaExceeded, RateLimited, ServerFailed
from providers._reading.opening import Opening
from tests import wire

CHUNK = {"id": "c", "object": "chat.completion.chunk", "model": "m"}
FILTERED = {"choices": [], "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}]}


def delta(said: dict[str, Any], finish: str | None = None) -> bytes:
    return wire.data({**CHUNK, "choices": [{"index": 0, "delta": said, "finish_reason": finish}]})


NOTHING = {
    "comment": b": OPENROUTER PROCESSING\n\n",
    "nameless ping": b"event: ping\ndata: {}\n\n",
    "ping": wire.named({"type": "ping"}),
    "role": delta({"role": "assistant", "content": "", "refusal": None}),
    "empty delta": delta({}),
    "no usage yet": wire.data({**CHUNK, "choices": [{"index": 0, "delta": {"role": "assistant"}}], "usage": None}),
    "azure": wire.data(FILTERED),
    "created": wire.named({"type": "response.created", "response": {"status": "in_progress", "error": None}}),
    "queued": wire.named({"type": "response.queued", "response": {}}),
    "message": wire.named({"type": "message_start", "message": {"usage": {"input_tokens": 3}}}),
    "empty block": wire.named(
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    ),
    "half an event": b'data: {"choices":[{"delta":{"content":"Hel',
}
SOMETHING = {
    "text": delta({"content": "Hi"}),
    "reasoning": delta({"reasoning_content": "Hm"}),
    "tool": delta({"tool_calls": [{"index": 0}]}),
    "finish": delta({}, "stop"),
    "usage": wire.data({**CHUNK, "choices": [], "usage": {"prompt_tokens": 1}}),
    "old completion": wire.data({"choices": [{"index": 0, "text": "Hi", "finish_reason": None}]}),
    "done": b"data: [DONE]\n\n",
    "unknown": wire.data({"type": "something.new"}),
    "google": wire.data(wire.google_whole(wire.Plan(), "Hi")),
    "tool block": wire.named({"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use"}}),
    "text block": wire.named({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "H"}}),
    "delta": wire.named({"type": "response.output_text.delta", "delta": "H"}),
    "not json": b"data: hello\n\n",
}
FAILED: dict[str, tuple[bytes, type[Exception]]] = {
    "openai": (wire.data({"error": {"message": "x", "type": "server_error", "code": None}}), ServerFailed),
    "quota": (wire.data({"error": {"message": "x", "code": "insufficient_quota"}}), QuotaExceeded),
    "openrouter": (wire.data({**CHUNK, "choices": [{"error": {"code": 429, "message": "x"}}]}), RateLimited),
    "groq": (b'event: error\ndata: {"message":"x","status_code":503}\n\n', ProviderUnavailable),
    "anthropic": (
        wire.named({"type": "error", "error": {"type": "overloaded_error", "message": "x"}}),
        ProviderUnavailable,
    ),
    "responses": (
        wire.named({"type": "response.failed", "response": {"error": {"code": "rate_limit_exceeded", "message": "x"}}}),
        RateLimited,
    ),
    "vllm": (wire.data({"object": "error", "message": "too long", "code": 400}), InvalidRequest),
    "no stream at all": (b'{"error": {"message": "x", "code": 502}}', ProviderUnavailable),
}


def opening(kind: str = "openai") -> Opening:
    return Opening(providers.get(kind))


@pytest.mark.parametrize("name", NOTHING)
def test_what_says_nothing_yet(name: str) -> None:
    watch = opening()
    assert not watch.feed(NOTHING[name]) and watch.failure is None


@pytest.mark.parametrize("name", SOMETHING)
def test_what_says_something(name: str) -> None:
    watch = opening()
    assert watch.feed(SOMETHING[name]) and watch.failure is None


@pytest.mark.parametrize("name", FAILED)
@pytest.mark.parametrize("before", ["comment", "role", "created", "message"])
@given(cuts=st.lists(st.integers(0, 400), max_size=5))
def test_what_says_that_it_failed(name: str, before: str, cuts: list[int]) -> None:
    said, kind = FAILED[name]
    whole = (b"" if said.startswith(b"{") else NOTHING[before]) + said
    watch = opening("anthropic" if name == "anthropic" else "openai")
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    settled = [watch.feed(whole[a:b]) for a, b in zip(edges, edges[1:], strict=False) if a < b]
    assert settled[-1] and not any(settled[:-1])
    assert type(watch.failure) is kind


def test_what_comes_first_counts() -> None:
    watch = opening()
    assert watch.feed(SOMETHING["text"] + FAILED["openai"][0]) and watch.failure is None


def test_a_blocked_prompt_is_an_answer_of_googles_not_an_error() -> None:
    watch = opening("google")
    assert watch.feed(wire.data({"promptFeedback": {"blockReason": "SAFETY"}})) and watch.failure is None


def test_an_event_without_an_end_is_let_go() -> None:
    watch = opening()
    assert watch.feed(b"data: " + b"x" * (17 * 2**20)) and watch.failure is None


def test_what_announced_it_is_kept() -> None:
    watch = opening()
    watch.feed(FAILED["quota"][0])
    assert json.dumps(watch.said["error"]) == '{"message": "x", "code": "insufficient_quota"}'
