"""One event may be large, as pictures are, and it has a bound, beyond which an answer is never taken for whole."""

from __future__ import annotations

import pytest

import providers
from providers import ServerFailed, Text
from providers._base import Reader
from tests.wire import data, named

MEGABYTE = 2**20
PIECE = 65536


def saying(kind: str, text: str) -> list[bytes]:
    """A proper answer that says this in one event."""
    if kind == "anthropic":
        delta = {"type": "text_delta", "text": text}
        event = named({"type": "content_block_delta", "index": 0, "delta": delta})
        return [event, named({"type": "message_stop"})]
    if kind == "google":
        parts = {"content": {"parts": [{"text": text}]}}
        return [data({"candidates": [parts]}), data({"candidates": [{"finishReason": "STOP"}]})]
    return [data({"choices": [{"index": 0, "delta": {"content": text}}]}), b"data: [DONE]\n\n"]


def read(reader: Reader, body: bytes) -> str:
    """The text of an answer that comes in pieces."""
    events = [event for at in range(0, len(body), PIECE) for event in reader.feed(body[at : at + PIECE])]
    return "".join(event.text for event in [*events, *reader.close()] if isinstance(event, Text))


@pytest.mark.parametrize("kind", ["openai", "anthropic", "google"])
def test_two_megabytes_pass(kind: str) -> None:
    picture = "QUJD" * (2 * MEGABYTE // 4)
    assert read(providers.get(kind).reader(), b"".join(saying(kind, picture))) == picture


@pytest.mark.parametrize("kind", ["openai", "anthropic", "google"])
def test_twenty_megabytes_are_a_failure(kind: str) -> None:
    reader = providers.get(kind).reader()
    with pytest.raises(ServerFailed, match="larger than 16 MB") as failed:
        read(reader, b"".join(saying(kind, "QUJD" * (20 * MEGABYTE // 4))))
    assert failed.value.code == "event_too_large"
