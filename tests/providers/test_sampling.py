"""The meter on the side: bounded memory, answers of any length and kind, never an exception."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import providers
from providers import InvalidRequest, ProviderUnavailable, Reading, Sampler, ServerFailed
from providers._reading import excerpt
from tests.providers.recorded import load

USAGE = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}


def read(kind: str, content_type: str, body: bytes, size: int = 4096) -> Reading:
    """What is read of a body that passes in chunks of this size."""
    sampler = Sampler(providers.get(kind), content_type)
    for at in range(0, len(body), size):
        sampler.feed(body[at : at + size])
    return sampler.reading()


def tokens(reading: Reading) -> tuple[int | None, int | None]:
    """Input and output."""
    assert reading.usage is not None
    return reading.usage.input_tokens, reading.usage.output_tokens


def event(document: dict[str, Any]) -> bytes:
    """One event of a stream."""
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def chunk(text: str, **more: Any) -> bytes:
    """One chunk of an OpenAI stream."""
    return event({"model": "m-1", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}], **more})


DULL = chunk("words")
ENDED = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
TOLD = event({"choices": [], "usage": USAGE})


@pytest.mark.parametrize("parts", [
    [ENDED, TOLD, DULL * 5],
    [DULL * 5, ENDED, DULL, TOLD, DULL],
    [DULL * 5, b": a remark\n\n", ENDED, TOLD, b"data:  [DONE]\n\n"],
    [DULL * 5, b"\n\n", ENDED[:-2], b"\n\n\n\n", TOLD[:-2]],
])  # fmt: skip
def test_what_tells_is_found_among_dull_events(parts: list[bytes]) -> None:
    reading = read("openai", "text/event-stream", b"".join(parts))
    assert (tokens(reading), reading.response_model, reading.complete) == ((7, 5), "m-1", True)


def test_a_failure_is_found_among_dull_events() -> None:
    body = DULL * 5 + b'event: error\ndata: {"message": "overloaded"}\n\n' + DULL
    assert read("openai", "text/event-stream", body).failure is not None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 200_000), max_size=12))
def test_an_excerpt_keeps_both_ends_and_forgets_the_middle(sizes: list[int]) -> None:
    taken, body = excerpt.Excerpt(), b""
    for number, size in enumerate(sizes):
        piece = (b"%08d" % number) * (size // 8 + 1)
        body += piece
        taken.feed(piece)
    assert body.startswith(taken.head) and len(taken.head) == min(len(body), excerpt.HEAD)
    assert body.endswith(taken.tail) and min(len(body), excerpt.TAIL) <= len(taken.tail) <= 2 * excerpt.TAIL
    assert taken.whole in (None, body)
    assert taken.whole is not None or len(body) > excerpt.HEAD + excerpt.TAIL


def test_a_long_stream_is_read_by_its_ends() -> None:
    body = chunk("x" * 900) * 400 + event({"model": "m-1", "choices": [], "usage": USAGE}) + b"data: [DONE]\n\n"
    reading = read("openai", "text/event-stream", body)
    assert tokens(reading) == (7, 5)
    assert reading.response_model == "m-1"
    assert reading.complete


def test_a_long_stream_cut_short_is_not_complete() -> None:
    reading = read("openai", "text/event-stream", chunk("x" * 900) * 400)
    assert not reading.complete
    assert reading.usage is None


def test_the_first_and_the_last_event_of_a_long_answer_are_joined() -> None:
    start = load("anthropic/messages.sse")
    head, _, tail = start.partition(b"event: content_block_stop")
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "y" * 1000}}
    body = head + event(delta) * 500 + b"event: content_block_stop" + tail
    reading = read("anthropic", "text/event-stream", body, 1000)
    assert tokens(reading) == (4225, 40)
    assert reading.complete


def test_one_event_larger_than_everything_that_is_kept() -> None:
    response = {"id": "resp_1", "model": "gpt-5-mini", "output": ["z" * 300_000], "status": "completed"}
    last = {"type": "response.completed", "response": {**response, "usage": {"input_tokens": 3, "output_tokens": 4}}}
    body = b"event: response.created\n" + event({"type": "response.created", "response": {"model": "gpt-5-mini"}})
    sampler = Sampler(providers.get("openai"), "text/event-stream")
    for piece in (body, b"event: response.completed\n", event(last)[:-1]):
        sampler.feed(piece)
        assert not sampler.at_end
    sampler.feed(b"\n")
    reading = sampler.reading()
    assert sampler.at_end and reading.complete
    assert tokens(reading) == (3, 4)


@pytest.mark.parametrize("first", [True, False])
def test_a_long_document_is_searched_at_both_ends(first: bool) -> None:
    data = {"data": [[0.5] * 100_000]}
    document = {"model": "m-2", "usage": USAGE, **data} if first else {**data, "model": "m-2", "usage": USAGE}
    reading = read("openai", "application/json", json.dumps(document).encode())
    assert tokens(reading) == (7, 5)
    assert reading.response_model == "m-2"
    assert reading.complete


def test_words_in_the_text_are_not_usage() -> None:
    text = json.dumps({"usage": {"prompt_tokens": 99, "completion_tokens": 99}})
    body = json.dumps({"model": "m", "choices": [{"message": {"content": text * 4000}}]}).encode()
    assert read("openai", "application/json", body).usage is None


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("openai", "openai/chat.json", (9, 3)),
        ("anthropic", "anthropic/messages.json", (12307, 550)),
        ("google", "google/generate.json", (4, 2)),
        ("deepseek", "deepseek/chat.json", (100, 5)),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "application/octet-stream", ""])
def test_a_whole_document_is_complete_by_itself(
    kind: str, name: str, expected: tuple[int, int], content_type: str
) -> None:
    reading = read(kind, content_type, load(name), 100)
    assert tokens(reading) == expected
    assert reading.complete
    assert reading.response_model


def test_half_a_document_is_not_complete() -> None:
    body = load("openai/chat.json")
    assert not read("openai", "application/json", body[: len(body) // 2]).complete


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("audio/mpeg", b'\xff\xfb{"usage": {"prompt_tokens": 1}}'),
        ("text/plain", b"Hello there."),
        ("application/json", b""),
        ("application/json", b"[1, 2]"),
        ("application/json", b'"text"'),
        ("image/png", b"\x89PNG"),
    ],
)
def test_other_answers_are_complete_and_say_nothing(content_type: str, body: bytes) -> None:
    assert read("openai", content_type, body) == Reading(complete=True)


def test_an_error_inside_a_success_is_seen() -> None:
    assert isinstance(read("openai", "application/json", b'{"error": {"message": "no"}}').failure, ServerFailed)
    body = chunk("So") + event({"error": {"code": 503, "message": "busy"}})
    assert isinstance(read("openrouter", "text/event-stream", body).failure, ProviderUnavailable)
    named = b'event: error\ndata: {"message": "bad", "type": "invalid_request_error"}\n\n'
    assert isinstance(read("groq", "text/event-stream", named).failure, InvalidRequest)


@pytest.mark.parametrize(
    "document",
    [
        {"object": "response", "error": None, "status": "completed"},
        {"object": "fine_tuning.job", "id": "ft", "error": {"code": "x", "message": "bad file"}},
        {"object": "batch", "id": "b", "errors": {"data": []}},
        {"id": "1", "error": {"code": None, "message": None}},
    ],
)
def test_the_error_of_a_job_is_not_that_of_the_request(document: dict[str, Any]) -> None:
    assert read("openai", "application/json", json.dumps(document).encode()).failure is None


def test_marks_inside_the_text_do_not_end_the_stream() -> None:
    sampler = Sampler(providers.get("openai"), "text/event-stream")
    sampler.feed(chunk("\ndata: [DONE]\n\n") + b'data: {"a": " data: [DONE]"}\n\n')
    assert not sampler.at_end


@pytest.mark.parametrize("body", [b"data: {" * 50_000, b"[" * 200_000, b"\x00" * 300_000, b"data: \xff\xfe\n\n"])
@pytest.mark.parametrize("kind", ["openai", "google", "anthropic"])
def test_hostile_bytes_are_read_without_complaint(kind: str, body: bytes) -> None:
    for content_type in ("text/event-stream", "application/json", ""):
        assert read(kind, content_type, body, 50_000).usage is None
