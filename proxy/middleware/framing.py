"""A stream's events as they came, byte for byte, and as they look when somebody has changed them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from proxy.events import WholeEvents
from proxy.middleware.hooks import StreamEvent
from proxy.usage_event import BOUNDARY

LINE = re.compile(rb"\r\n|\r|\n")
DONE = b"[DONE]"
Frame = Callable[[StreamEvent], bytes]


@dataclass(frozen=True, slots=True)
class Block:
    """The bytes of one event, and what it says; None where it is not a JSON object."""

    raw: bytes = field(repr=False)
    event: StreamEvent | None
    is_end: bool = False


class ServerSent:
    """Server-sent events (WHATWG HTML, section 9.2)."""

    has_errors = True  # the format has a way to tell of a failure

    def __init__(self) -> None:
        self.whole = WholeEvents()

    def feed(self, chunk: bytes) -> Iterator[Block]:
        """The events that this chunk completes."""
        return map(read_block, filter(None, BOUNDARY.split(self.whole.feed(chunk))))

    def rest(self) -> Iterable[Block]:
        """What the stream ended in the middle of."""
        rest = self.whole.rest()
        return [read_block(rest)] if rest else []

    @staticmethod
    def frame(event: StreamEvent) -> bytes:
        """One event as bytes."""
        name = b"event: " + event.name.encode() + b"\n" if event.name else b""
        return name + b"data: " + msgspec.json.encode(event.data) + b"\n\n"


class Lines:
    """JSON objects, each on a line of its own."""

    has_errors = False

    def __init__(self) -> None:
        self.held = b""

    def feed(self, chunk: bytes) -> Iterator[Block]:
        """The lines that this chunk completes."""
        *lines, self.held = (self.held + chunk).split(b"\n")
        return (Block(line + b"\n", event_of(line, "")) for line in lines)

    def rest(self) -> Iterable[Block]:
        """A last line without an end."""
        rest, self.held = self.held, b""
        return [Block(rest, event_of(rest, ""))] if rest else []

    @staticmethod
    def frame(event: StreamEvent) -> bytes:
        """One line."""
        return msgspec.json.encode(event.data) + b"\n"


def framing_of(media_type: str) -> ServerSent | Lines:
    """How a stream of this type is cut. Binary ones are not: their pieces are no JSON, and pass as they are."""
    return ServerSent() if media_type == "text/event-stream" else Lines()


def read_block(raw: bytes) -> Block:
    """One server-sent event; its comments and ids are kept only where nobody changes it."""
    data: list[bytes] = []
    name = ""
    for line in LINE.split(raw):
        kind, _, value = line.partition(b":")
        if kind == b"data":
            data.append(value.removeprefix(b" "))
        elif kind == b"event":
            name = value.strip().decode("utf-8", "replace")
    said = b"\n".join(data)
    return Block(raw, event_of(said, name), said.strip() == DONE)


def event_of(data: bytes, name: str) -> StreamEvent | None:
    """The event in these bytes, if it is a JSON object."""
    try:
        document: Any = msgspec.json.decode(data) if data else None
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None
    return StreamEvent(document, name) if isinstance(document, dict) else None
