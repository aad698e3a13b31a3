"""An answer, read from the bytes of an HTTP/1.1 connection (RFC 9112). It touches no network."""

from __future__ import annotations

from collections.abc import Callable

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from providers._failures.errors import ProviderError

LONGEST = 64 * 1024  # bytes of a head, and of anything that is no body: early answers, trailers, chunk extensions
FIELD = 32  # bytes that each field of a head counts besides its own
MOST = 256  # fields of a head
Sink = Callable[[bytes], bool]  # takes some bytes of a body at once, and tells whether it takes more
SWITCHED = 101  # a protocol that we did not ask for


class Malformed(Exception):
    """What arrived is not HTTP as we accept it."""


class Incoming:
    """One answer as it arrives. `status` is 0 until its head is there; `parts` are the bytes of the body so far.

    `ended`: the body is whole. `reusable`: after it, another request may follow. `failure`: no more will come.
    """

    __slots__ = (
        "bare", "barren", "ended", "failure", "framed", "fresh", "headers", "on_body", "parser", "parts", "reusable",
        "room", "sink", "size", "status", "surplus",
    )  # fmt: skip

    def __init__(self, *, bare: bool) -> None:
        self.bare = bare  # the answer to a HEAD: its head speaks of a body that does not follow
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.parts: list[bytes] = []
        self.size = 0  # bytes in `parts`
        self.framed = self.ended = self.reusable = self.surplus = False
        self.failure: ProviderError | None = None
        self.room = LONGEST
        self.sink: Sink | None = None  # whom the body is handed to as it arrives, while somebody waits for its end
        self.barren = 0  # bytes since the last that belonged to the body
        self.fresh: list[bytes] = []  # pieces of the body that the parser found in what it reads just now
        self.on_body = self.fresh.append  # it calls this for each: a stream has one for every few words
        self.parser: HttpResponseParser | None = HttpResponseParser(self)

    def feed(self, data: memoryview | bytes) -> None:
        """Read what arrived. Raises Malformed."""
        if self.parser is None:
            raise Malformed("more than was asked for")
        failure: Exception | None = None
        try:
            self.parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            failure = error
        fresh = self.fresh
        found = fresh[0] if len(fresh) == 1 else b"".join(fresh)
        fresh.clear()
        if found:
            self._add(found)
        if failure is not None:
            if not self.ended:
                raise Malformed(str(failure)) from failure
            self.surplus = True
        if self.ended:
            self.reusable = self.reusable and not self.surplus
            self.parser = None  # it refers to this answer, which refers to it
        else:
            self.barren = 0 if found else self.barren + len(data)
            if self.barren > LONGEST:
                raise Malformed("too much that is no body")

    def close(self) -> bool:
        """The service closed the connection. Whether the answer is whole: only the end of its body was open."""
        self.ended = self.ended or (self.status != 0 and not self.framed)
        self.parser = None
        return self.ended

    def take(self) -> bytes:
        """The bytes that arrived since they were last taken."""
        parts, self.parts, self.size = self.parts, [], 0
        return parts[0] if len(parts) == 1 else b"".join(parts)

    # What the parser calls. Whatever these raise stops it.

    def on_message_begin(self) -> None:
        """An answer begins; a second one is an answer to nothing."""
        if self.ended:
            raise Malformed("a second answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head, or of the trailer, which nobody reads."""
        if self.status:
            return
        self.room -= len(name) + len(value) + FIELD
        if self.room < 0 or len(self.headers) == MOST:
            raise Malformed("too large a head")
        if len(name) in (14, 17):
            self._frame(name.lower(), value)
        self.headers.append((name, value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        """The head is whole: that of the answer, or of an early word (1xx) before it."""
        assert self.parser is not None
        status = self.parser.get_status_code()
        if status == SWITCHED or self.parser.get_http_version() not in ("1.1", "1.0"):
            raise Malformed("another protocol")
        if status < 200:
            self.headers.clear()
            self.framed = False
            return
        self.status = status
        if self.bare:
            self._end()

    def on_message_complete(self) -> None:
        """The answer is whole, or an early word is."""
        if self.status and not self.ended:
            self._end()

    def _add(self, found: bytes) -> None:
        if self.bare:
            self.surplus = True
        elif self.sink is not None:
            if not self.sink(found):
                self.sink = None
        else:
            self.parts.append(found)
            self.size += len(found)

    def _end(self) -> None:
        assert self.parser is not None
        self.ended = True
        self.reusable = self.parser.should_keep_alive()

    def _frame(self, name: bytes, value: bytes) -> None:
        if name == b"transfer-encoding" and (self.framed or value.strip().lower() != b"chunked"):
            raise Malformed("a transfer coding that was not asked for")
        self.framed = self.framed or name in (b"transfer-encoding", b"content-length")
