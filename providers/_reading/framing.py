"""Bytes → events, at any split: server-sent events, NDJSON, and JSON arrays. Works on bytes, in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from providers._failures.errors import ServerFailed

LARGEST_EVENT = 16 * 1024 * 1024  # bytes; the largest body ever recorded is 4.2 MB
BOM = b"\xef\xbb\xbf"
LINE_END = re.compile(rb"\r\n|\r|\n")
OUTSIDE_STRING = re.compile(rb'["{}]')
INSIDE_STRING = re.compile(rb'["\\\n]')


class Frame(NamedTuple):
    """One event as it came: its data, still bytes, and its name where the format has names."""

    data: bytes
    name: str = ""


class Framing:
    """Cuts a stream into events. One per stream."""

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """The events that this chunk completes. Raises ServerFailed for one beyond all bounds."""
        raise NotImplementedError

    def close(self) -> Iterator[Frame]:
        """The event that was still open when the stream ended, if any."""
        raise NotImplementedError


class EventStream(Framing):
    """Server-sent events (WHATWG HTML, section 9.2). Lines end with LF, CR or CRLF and with nothing else."""

    def __init__(self) -> None:
        self._line = bytearray()  # not ended yet
        self._data: list[bytes] = []
        self._name = ""
        self._size = 0
        self._skip_lf = False  # the last chunk ended with a CR: an LF now belongs to it

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """The events that this chunk completes."""
        if self._skip_lf and chunk:
            chunk = chunk[1:] if chunk.startswith(b"\n") else chunk
            self._skip_lf = False
        if not chunk:
            return
        *ended, rest = LINE_END.split(chunk) if b"\r" in chunk else chunk.split(b"\n")
        self._skip_lf = chunk.endswith(b"\r")
        for piece in ended:
            if self._line:
                self._line += piece
                piece = bytes(self._line)
                self._line.clear()
            if piece:
                self._take(piece)
            elif self._data or self._name:
                yield from self._end()
        self._line += rest
        self._bound(len(self._line))

    def close(self) -> Iterator[Frame]:
        """The last event, where the stream ended without the blank line that completes it."""
        if self._line:
            self._take(bytes(self._line))
            self._line.clear()
        yield from self._end()

    def _end(self) -> Iterator[Frame]:
        """The event that a blank line completes, if it holds anything."""
        if self._data:
            yield Frame(b"\n".join(self._data), self._name)
        self._data, self._name, self._size = [], "", 0

    def _take(self, line: bytes) -> None:
        field, _, value = line.removeprefix(BOM).partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._size += len(value)
            self._bound(0)
            self._data.append(value)
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")

    def _bound(self, more: int) -> None:
        if self._size + more > LARGEST_EVENT:
            raise too_large()


class JsonValues(Framing):
    """JSON objects one after another: NDJSON, one array around them all, or a single document.

    Only braces and strings are looked at. A line end inside a string is not JSON: what stood open there is given out as
    it is, and the next object starts afresh.
    """

    def __init__(self) -> None:
        self._open = bytearray()  # the object that is not complete yet
        self._depth = 0
        self._in_string = False
        self._skip = 0  # bytes of the next chunk that a backslash at the end of the last one escapes

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """The objects that this chunk completes."""
        at = 0
        while self._open or (at := chunk.find(b"{", at)) >= 0:
            end = self._end_of_object(chunk, at)
            self._open += chunk[at:end]
            if end is None:
                break
            yield from self.close()
            at = end
        if len(self._open) > LARGEST_EVENT:
            raise too_large()

    def close(self) -> Iterator[Frame]:
        """The object that is open: when the stream ends in its middle, its reader can tell that it is broken."""
        if self._open:
            frame = Frame(bytes(self._open))
            self._open.clear()
            self._depth, self._in_string, self._skip = 0, False, 0
            yield frame

    def _end_of_object(self, chunk: bytes, at: int) -> int | None:
        at += self._skip
        while match := (INSIDE_STRING if self._in_string else OUTSIDE_STRING).search(chunk, at):
            at = match.end()
            if match[0] == b"\\":
                at += 1
            elif self._ends(match[0]):
                return at
        self._skip = max(0, at - len(chunk))
        return None

    def _ends(self, mark: bytes) -> bool:
        """Follow one brace, quote or line end; whether the object ends with it."""
        if mark == b'"':
            self._in_string = not self._in_string
            return False
        self._depth += 1 if mark == b"{" else -1
        return mark == b"\n" or not self._depth


class AnyFraming(Framing):
    """Whichever of the two it turns out to be: an event stream never begins with a bracket or a brace."""

    def __init__(self) -> None:
        self._framing: Framing | None = None
        self._start = b""

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """The events that this chunk completes."""
        if self._framing is None:
            chunk = (self._start + chunk).lstrip()
            start = chunk.removeprefix(BOM).lstrip()
            if not start or BOM.startswith(start):
                self._start = chunk
                return
            self._framing = JsonValues() if start[:1] in (b"{", b"[") else EventStream()
        yield from self._framing.feed(chunk)

    def close(self) -> Iterator[Frame]:
        """The event that was still open when the stream ended, if any."""
        if self._framing is not None:
            yield from self._framing.close()


def too_large() -> ServerFailed:
    """The failure of a stream whose one event never ends."""
    return ServerFailed(f"One event of the answer is larger than {LARGEST_EVENT // 2**20} MB.", code="event_too_large")
