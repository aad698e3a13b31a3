"""One answer in every spelling that the standard allows says the same, to the chat's reader and to the meter alike."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

import providers
from providers import Reading, Text
from tests.providers.recorded import LINE_ENDS, SPLITTABLE, adapter_of, load, read_all, with_line_ends
from tests.providers.test_agreement import sampler_of
from tests.wire import data, named

DATA = re.compile(rb"(?m)^data: (.*)$")
COMMENTS = [b": OPENROUTER PROCESSING\n\n", b": keep-alive\n\n", b":\n\n", b": and no blank line\n"]
# none of these ends a line, though `str.splitlines` says so; JSON wants the last two escaped, not every service does so
WORDS = "你好🦀é\u2028a\u2029b\u0085c\u000bd\u000c"


def without_space(body: bytes) -> bytes:
    """No space behind the colon."""
    return re.sub(rb"(?m)^data: ", b"data:", body)


def over_lines(body: bytes) -> bytes:
    """JSON laid out for people, so that each event has many lines of data."""

    def laid_out(match: re.Match[bytes]) -> bytes:
        try:
            text = json.dumps(json.loads(match[1]), indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass")
        except ValueError:
            return match[0]
        return b"\n".join(b"data: " + line for line in text.split(b"\n"))

    return DATA.sub(laid_out, body)


def with_comments(body: bytes) -> bytes:
    """Comments of every shape before each event."""
    events = body.replace(b"\r\n", b"\n").split(b"\n\n")
    return b"\n\n".join(COMMENTS[at % len(COMMENTS)] + event if event else event for at, event in enumerate(events))


SPELLINGS: list[Callable[[bytes], bytes]] = [without_space, over_lines, with_comments]


def told(name: str, body: bytes, size: int) -> tuple[list[Any], str, Reading, bool]:
    """What the reader says, how it ends, what the meter says, and whether it saw the end."""
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    events, failure = read_all(adapter_of(name).reader(), chunks)
    sampler = sampler_of(name, chunks)
    reading = sampler.reading()
    sort = "" if failure is None else failure.type
    assert (reading.failure and reading.failure.type) == (failure and failure.type)
    return events, sort, Reading(reading.usage, reading.response_model, reading.complete), sampler.at_end


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("end", LINE_ENDS)
@pytest.mark.parametrize("name", SPLITTABLE)
def test_a_recording_in_another_spelling(name: str, end: bytes, spelling: Callable[[bytes], bytes]) -> None:
    body = with_line_ends(load(name), b"\n")
    again = with_line_ends(spelling(body), end)
    assert again != body
    expected = told(name, body, len(body))
    assert told(name, again, len(again)) == expected
    assert told(name, again, 1) == expected


def test_three_lines_of_data_are_one_event() -> None:
    body = b'data: {"choices": [{"delta":\ndata:   {"content": "Hi"}\ndata: }]}\n\ndata: [DONE]\n\n'
    assert read_all(providers.get("openai").reader(), [body]) == ([Text("Hi")], None)


def saying(kind: str, text: str) -> bytes:
    """A whole answer of that text in a service's format, nothing escaped that need not be."""
    if kind == "anthropic":
        delta = {"type": "text_delta", "text": text}
        stop = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}}
        said = named({"type": "content_block_delta", "index": 0, "delta": delta})
        return said + named(stop) + named({"type": "message_stop"})
    if kind == "google":
        return data({"candidates": [{"content": {"parts": [{"text": text}]}, "finishReason": "STOP"}]})
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return data({"choices": [choice]}) + data({"choices": [{**choice, "delta": {}, "finish_reason": "stop"}]})


@pytest.mark.parametrize("raw", [True, False])
@pytest.mark.parametrize("end", LINE_ENDS)
@pytest.mark.parametrize("size", [1, 2, 3, 10_000])
@pytest.mark.parametrize("kind", ["openai", "anthropic", "google", "mistral", "practice"])
def test_no_word_is_harmed(kind: str, size: int, end: bytes, raw: bool) -> None:
    body = saying(kind, WORDS)
    if raw:
        body = body.replace(b"\\u000b", b"\x0b").replace(b"\\f", b"\x0c")
    body = with_line_ends(body + (b"" if kind in ("anthropic", "google") else b"data: [DONE]\n\n"), end)
    events, failure = read_all(providers.get(kind).reader(), [body[at : at + size] for at in range(0, len(body), size)])
    assert failure is None
    assert "".join(event.text for event in events if isinstance(event, Text)) == WORDS
