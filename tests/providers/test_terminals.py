"""The proper end of an answer: any that its format knows is one, nothing else is, wherever the stream is cut."""

from __future__ import annotations

import json
from typing import Any

import pytest

import providers
from providers import Sampler, StreamTruncated, ToolCall
from tests import wire
from tests.providers.recorded import load, read_all
from tests.wire import Plan, data, named

DONE = b"data: [DONE]\n\n"
USAGE = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
COUNTED = data({"choices": [], "usage": USAGE})
ASKED = {"stream_options": {"include_usage": True}}


def chunk(content: str | None, finish: str | None = None, **more: Any) -> bytes:
    delta = {} if content is None else {"content": content}
    return data({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more})


def candidate(text: str, **more: Any) -> bytes:
    return data({"candidates": [{"content": {"parts": [{"text": text}]}, **more}]}, "\r\n\r\n")


HI = chunk("Hi")
DELTA = named({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}})
STOPPED = named({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}})
SAID = named({"type": "response.output_text.delta", "delta": "Hi"})
LEGAL = [
    ("openai", HI + chunk(None, "stop") + DONE),
    ("openai", HI + chunk(None, "stop") + COUNTED + DONE),
    ("openai", HI + DONE),
    ("openai", HI + b"data:[DONE]\n\n"),
    ("openai", HI + b"data: [DONE]"),
    ("openai", HI + chunk(None, "length")),
    ("custom", HI + chunk(None, "stop") + COUNTED),  # usage comes last, and nothing behind it
    ("custom", HI + chunk(None, "stop", usage=USAGE)),  # vLLM: end and usage in one
    ("custom", chunk("Hi", "stop", usage=USAGE)),
    ("deepseek", HI + chunk(None, "insufficient_system_resource")),
    ("mistral", HI + chunk(None, "model_length")),
    ("openrouter", b": OPENROUTER PROCESSING\n\n" + HI + chunk(None, "stop", native_finish_reason="STOP")),
    ("openai", data({"choices": [{"index": 0, "text": "Hi", "finish_reason": "stop"}]})),
    ("openai", SAID + named({"type": "response.completed", "response": {"status": "completed"}})),
    ("openai", SAID + named({"type": "response.incomplete", "response": {"status": "incomplete"}})),
    ("openai", data({"type": "response.completed", "response": {"status": "completed"}})),
    ("anthropic", DELTA + STOPPED + named({"type": "message_stop"})),
    ("anthropic", DELTA + STOPPED + data({"type": "message_stop"})),
    ("anthropic", DELTA + named({"type": "message_stop"})),
    ("google", candidate("H") + candidate("i", finishReason="STOP")),
    ("google", candidate("H") + candidate("i", finishReason="MAX_TOKENS")),
    ("google", data({"candidates": [{"finishReason": "SAFETY"}]})),
]
NOT_LEGAL = [
    ("openai", HI),
    ("openai", HI + COUNTED),
    ("openai", chunk("[DONE]") + chunk("data: [DONE]\n\n")),
    ("openai", HI + b": [DONE]\n\n"),
    ("openai", chunk("Hi", "")),
    ("openai", SAID + named({"type": "response.output_text.done", "text": "Hi"})),
    ("openai", SAID + named({"type": "response.in_progress", "response": {"status": "in_progress"}})),
    ("anthropic", DELTA),
    ("anthropic", DELTA + STOPPED),
    ("anthropic", DELTA + DELTA.replace(b"Hi", b"event: message_stop")),
    ("google", candidate("Hi")),
    ("google", candidate('"finishReason": "STOP"')),
]


def judged(kind: str, body: bytes) -> tuple[bool, bool]:
    """Whether the reader and the meter take this for a whole answer."""
    _, failure = read_all(providers.get(kind).reader(), [body])
    assert failure is None or type(failure) is StreamTruncated
    sampler = Sampler(providers.get(kind), "text/event-stream")
    sampler.feed(body)
    return failure is None, sampler.reading().complete


@pytest.mark.parametrize(("kind", "body"), LEGAL)
def test_a_legal_end(kind: str, body: bytes) -> None:
    assert judged(kind, body) == (True, True)


@pytest.mark.parametrize(("kind", "body"), NOT_LEGAL)
def test_what_is_no_end(kind: str, body: bytes) -> None:
    assert judged(kind, body) == (False, False)


STREAMS = {
    "chat": ("openai", list(wire.openai_stream(Plan(), ASKED)), b'"finish_reason":"'),
    "calls": ("openai", list(wire.openai_stream(Plan(tools=2), {})), b'"finish_reason":"'),
    "responses": ("openai", list(wire.responses_stream(Plan())), b"response.completed"),
    "messages": ("anthropic", list(wire.anthropic_stream(Plan())), b"message_stop"),
    "blocks": ("anthropic", list(wire.anthropic_stream(Plan(tools=2))), b"message_stop"),
    "google": ("google", list(wire.google_stream(Plan())), b'"finishReason"'),
    "ollama": ("custom", load("custom/ollama.sse").split(b"\n\n"), b'"finish_reason":"'),
}


@pytest.mark.parametrize("name", STREAMS)
def test_cut_after_every_event(name: str) -> None:
    kind, events, mark = STREAMS[name]
    joint = b"" if events[0].endswith(b"\n\n") else b"\n\n"
    ends = [at for at, event in enumerate(events, 1) if mark in event.replace(b": ", b":")]
    for k in range(len(events) + 1):
        assert judged(kind, joint.join(events[:k]) + joint) == (k >= ends[0],) * 2, k


@pytest.mark.parametrize("name", ["chat", "calls", "messages", "blocks", "google"])
def test_cut_inside_an_event_nothing_is_made_up(name: str) -> None:
    kind, events, _ = STREAMS[name]
    whole, _ = read_all(providers.get(kind).reader(), events)
    calls = [event for event in whole if isinstance(event, ToolCall)]
    body = b"".join(events)
    for at in range(len(body)):
        said, _ = read_all(providers.get(kind).reader(), [body[:at]])
        found = [event for event in said if isinstance(event, ToolCall)]
        assert found == calls[: len(found)] and all(json.loads(call.arguments) == {"at": "x"} for call in found)
