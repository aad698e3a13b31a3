"""One answer on its way out, through ASGI's `send`: few writes, and none faster than the client reads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Protocol

from thinkback.serving.access_log import LEFT
from thinkback.serving.refusal import Refusal
from thinkback.serving.valve import Valve

SERVER = b"ThinkBack"
BEGINNING = 16 * 1024  # bytes that may wait for the rest of the loop's turn
OURS = frozenset({b"content-length", b"transfer-encoding", b"connection", b"keep-alive", b"date", b"server"})
LINES = {status.value: b"HTTP/1.1 %d %b\r\n" % (status, status.phrase.encode()) for status in HTTPStatus}


class Line(Protocol):
    """The connection, as an answer sees it."""

    valve: Valve
    gone: bool

    @property
    def write(self) -> Callable[[bytes], None]:
        """Sends bytes."""

    @property
    def soon(self) -> Callable[[Callable[[], None]], object]:
        """Does something at the end of this turn of the event loop."""

    def finished(self) -> None:
        """The answer has been sent whole."""

    def abort(self) -> None:
        """Break the connection off."""


class Answer:
    """Head and first part go out together at the end of the loop's turn, with what else was sent in it."""

    __slots__ = (
        "_bodiless",
        "_chunked",
        "_flowing",
        "_head",
        "_left",
        "_line",
        "_pieces",
        "_plain",
        "closes",
        "ended",
        "status",
    )

    def __init__(self, line: Line, method: str, version: str, closes: bool) -> None:
        self._line = line
        self._bodiless = method == "HEAD"
        self._plain = version == "1.0"  # knows no chunks: the end of the connection is the end
        self.closes = closes  # the connection ends with this answer
        self.status = 0
        self.ended = False
        self._head: list[bytes] | None = None
        self._left: int | None = None  # bytes that Content-Length still promises
        self._chunked = self._flowing = False
        self._pieces: list[bytes] = []

    async def send(self, message: Any) -> None:
        """Send one message, and wait while the client has not taken in what was sent before."""
        line = self._line
        if message["type"] == "http.response.body":
            if not line.gone:
                self._add(message.get("body", b""), message.get("more_body", False))
                if line.valve.closed:
                    await line.valve.wait()
        elif message["type"] == "http.response.start":
            self._begin(message["status"], message.get("headers", ()))
        else:
            raise ValueError(f"{message['type']} is no message of an answer.")

    def write(self, body: bytes) -> bool:
        """Send a part of the body at once; whether the client has taken in what was sent before."""
        line = self._line
        if not line.gone:
            if self._flowing and self._chunked and body:
                line.write(b"%x\r\n%b\r\n" % (len(body), body))
            else:
                self._add(body, more=True)
        return not line.valve.closed

    @property
    def unmarked(self) -> bool:
        """Whether only the end of the connection tells the end of the body: then a break must not look like one."""
        return self._plain and self._left is None

    def fail(self, refusal: Refusal) -> int:
        """The application has failed before the end: say so where nothing has been said, else break off.

        Returns what goes into the access log.
        """
        if self._line.gone:
            return LEFT
        if self.status:
            self._line.abort()
        else:
            self._begin(refusal.status, refusal.headers)
            self._add(refusal.body, more=False)
        return refusal.status

    def _begin(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        if self.status:
            raise RuntimeError("The answer has begun already.")
        head = [LINES.get(status) or b"HTTP/1.1 %d \r\n" % status]
        seen, lines = {}, 3  # that of the status, the server's and the date's
        for name, value in headers:
            if (lower := name.lower()) in OURS:
                seen[lower] = value
            else:
                head += (name, b": ", value, b"\r\n")
                lines += 1
        length = seen.get(b"content-length")
        if length is not None and status != 204:
            self._left = int(length)
            head.append(b"content-length: %b\r\n" % length)
            lines += 1
        self._bodiless = self._bodiless or status in (204, 304)
        self.closes = self.closes or b"close" in seen.get(b"connection", b"").lower()
        head.append(b"server: %b\r\ndate: %b\r\n" % (seen.get(b"server", SERVER), seen.get(b"date") or now()))
        text = b"".join(head)
        if not text.count(b"\n") == text.count(b"\r") == lines:
            raise ValueError("A header holds a line break.")
        self._head, self.status = [text], status

    def _add(self, body: bytes, more: bool) -> None:
        if self.ended or not self.status:
            raise RuntimeError("There is no answer to add to.")
        begins = self._head is not None
        if begins:
            self._frame(None if more else len(body))
        if body and not self._bodiless:
            self._put(body)
        if not more:
            self._end()
        elif self._flowing or len(body) > BEGINNING or len(self._pieces) > 64:
            self._flow()
        elif begins:
            self._line.soon(self._flow)

    def _frame(self, known: int | None) -> None:
        """Finish the head, with how the body's end will be known."""
        head, self._head = self._head or [], None
        if self._left is None and not self._bodiless:
            if known is not None:
                self._left = known
                head.append(b"content-length: %d\r\n" % known)
            elif not self._plain:
                self._chunked = True
                head.append(b"transfer-encoding: chunked\r\n")
        head.append(b"connection: close\r\n\r\n" if self.closes else b"\r\n")
        self._pieces += head

    def _put(self, body: bytes) -> None:
        if self._chunked:
            self._pieces += (b"%x\r\n" % len(body), body, b"\r\n")
            return
        if self._left is not None:
            self._left -= len(body)
            if self._left < 0:
                self._line.abort()
                raise RuntimeError("The answer is longer than its Content-Length.")
        self._pieces.append(body)

    def _end(self) -> None:
        if self._chunked:
            self._pieces.append(b"0\r\n\r\n")
        self._flow()
        self.ended = True
        if self._left and not self._bodiless:
            self._line.abort()  # shorter than it promised: nobody shall take it for whole
        else:
            self._line.finished()

    def _flow(self) -> None:
        """Write what has been put; from now on, each part at once."""
        self._flowing = True
        pieces = self._pieces
        if pieces and not self._line.gone:
            self._line.write(b"".join(pieces) if len(pieces) > 1 else pieces[0])
        pieces.clear()


def now() -> bytes:
    """The time in the Date header's format."""
    return date(int(time.time()))


@lru_cache(1)
def date(second: int) -> bytes:
    """That second, as HTTP writes it."""
    return formatdate(second, usegmt=True).encode()
