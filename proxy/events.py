"""Lets a stream of server-sent events through event by event, so that a break never leaves half an event behind."""

from __future__ import annotations

import re

ENDS = (b"\n\n", b"\n\r\n", b"\r\r")  # an event ends with an empty line, in any mixture of line endings
COMMENTS = re.compile(rb"(?:(?::[^\r\n]*)?(?:\r\n|\r|\n))+")  # and blank lines: signs of life, of no event
LONGEST = 1024 * 1024  # bytes of one event that are held; a longer one passes piece by piece


class Everything:
    """Lets every byte through at once: for streams that are not made of server-sent events.

    `inside`: an event has gone on in part, so that no other can follow.
    """

    inside = False

    def feed(self, chunk: bytes) -> bytes:
        """The bytes that may go on now."""
        return chunk

    def rest(self) -> bytes:
        """What is still held at the end."""
        return b""


class WholeEvents(Everything):
    """Holds back the beginning of an event that has not ended yet. What goes in comes out, unchanged."""

    def __init__(self) -> None:
        self.held: list[bytes] = []
        self.size = 0
        self.tail = b""  # the last bytes held: an end may lie across two chunks

    def feed(self, chunk: bytes) -> bytes:
        """The bytes that may go on now: up to the end of the last complete event."""
        if not self.held:
            if chunk.endswith(ENDS):
                self.inside = False
                return chunk
            if COMMENTS.fullmatch(chunk) is not None:
                return chunk
        seen = self.tail + chunk
        end = max((at + len(mark) for mark in ENDS if (at := seen.rfind(mark)) >= 0), default=0) - len(self.tail)
        if end <= 0:
            self._hold(chunk)
            self.inside = self.inside or self.size > LONGEST
            return self.rest() if self.size > LONGEST else b""
        self.inside = False
        ready = b"".join((*self.held, chunk[:end]))
        self.rest()
        if end < len(chunk):
            self._hold(chunk[end:])
        return ready

    def rest(self) -> bytes:
        """What is still held at the end."""
        rest = b"".join(self.held)
        self.held, self.size, self.tail = [], 0, b""
        return rest

    def _hold(self, piece: bytes) -> None:
        self.held.append(piece)
        self.size += len(piece)
        self.tail = (self.tail + piece)[-2:]
