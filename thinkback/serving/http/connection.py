"""One HTTP connection: requests are read one after the other, and answered in that order."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections import deque
from collections.abc import Callable
from math import inf
from typing import Any

from thinkback.serving.http.answer import Answer
from thinkback.serving.http.body import ENOUGH, Body
from thinkback.serving.http.exchange import Exchange, Server
from thinkback.serving.http.reader import Reader
from thinkback.serving.refusal import LINGER, Refusal
from thinkback.serving.valve import Valve

log = logging.getLogger(__name__)
HEAD = 20.0  # seconds in which a new connection must ask, and a request's first byte be followed by its whole head
SILENCE = 60.0  # seconds in which a body must go on
IDLE = 75.0  # seconds between two requests
AHEAD = 8  # requests that may wait behind the one that is answered
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: nothing more is sent, and the other side is told that it broke off
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
READ = memoryview(bytearray(64 * 1024))  # what any connection has just received; it is used up before the next reads


class Connection(asyncio.BufferedProtocol):
    """The event loop's side of a connection, and the order of its requests."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.valve = Valve()
        self.gone = False
        self.deadline = server.loop.time() + HEAD  # of the loop's clock; then `time_out` is called
        self._reader = Reader(self)
        self._current: Exchange | None = None  # is being answered
        self._waiting: deque[Exchange] = deque()  # came behind it
        self._refusal: Refusal | None = None  # to be said behind them
        self._paused = False

    def connection_made(self, transport: Any) -> None:
        """Somebody has connected."""
        self._transport = transport
        self.write: Callable[[bytes], None] = transport.write
        self.soon: Callable[[Callable[[], None]], object] = self.server.loop.call_soon
        self._client = list(transport.get_extra_info("peername")[:2])
        self._server = list(transport.get_extra_info("sockname")[:2])
        self.server.lines.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone."""
        self.gone = True
        self.server.lines.discard(self)
        self.valve.stopProducing()
        self._leave()

    def eof_received(self) -> None:
        """The client has said its last; as most servers do, we take that for leaving."""
        self._leave()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where to put what comes."""
        return READ

    def buffer_updated(self, count: int) -> None:
        """Something has come."""
        self._reader.feed(READ[:count])
        self._balance()

    def pause_writing(self) -> None:
        """The client does not keep up."""
        self.valve.pauseProducing()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self.valve.resumeProducing()

    def asked(self, scope: dict[str, Any], keeps: bool, expects: bool) -> Body:
        """Answer a request, or have it wait for its turn."""
        scope["client"], scope["server"] = self._client, self._server
        body = Body(self._balance, self._invite if expects else None)
        closes = not keeps or self.server.leaving
        exchange = Exchange(self.server, scope, body, Answer(self, scope["method"], scope["http_version"], closes))
        if self._current is None:
            self._current = exchange
            exchange.start(self)
        else:
            self._waiting.append(exchange)
        return body

    def finished(self) -> None:
        """An answer has been sent whole: go on with the next request, or end."""
        answered, self._current = self._current, None
        if answered is None:
            return
        answered.body.leave()
        if answered.answer.closes:
            self._close(answered.body.whole)
        elif self._waiting:
            self._current = self._waiting.popleft()
            self._current.start(self)
            self._balance()
        elif self._refusal is not None:
            self._say(self._refusal)
        elif self.server.leaving:
            self._close(answered.body.whole)
        else:
            self._balance()

    def refuse(self, refusal: Refusal) -> None:
        """Nothing more is read. Say why, after what is still to be answered."""
        body, current = self._reader.body, self._current
        if self._waiting and self._waiting[-1].body is body:
            self._waiting.pop()
        elif current is not None and current.body is body:  # too large, which shows only on the way
            if current.answer.status:
                self.abort()
                return
            self._leave()
        self._refusal = refusal
        if self._current is None:
            self._say(refusal)

    def upgrade(self, scope: dict[str, Any], rest: bytes) -> None:
        """Go on as a WebSocket, which is the server's own."""
        if self._current is not None:
            self.abort()
            return
        self.gone = True
        self.server.lines.discard(self)
        self.server.hand_over(self._transport, scope, rest)

    def quit(self) -> None:
        """The server leaves: an idle connection ends now, a busy one after its answer."""
        if self._current is None and self._reader.body is None:
            self._transport.close()

    def abort(self) -> None:
        """Break the connection off, so that nobody takes what has arrived for the whole answer."""
        self.gone = True
        if self._current is not None and self._current.answer.unmarked and not self._transport.is_closing():
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._transport.abort()

    def time_out(self) -> None:
        """The client lets us wait too long."""
        if self.gone or self._reader.body is not None:
            self.abort()
        elif self._reader.unread:
            self._reader.stop()
            self.refuse(Refusal(408, "The request did not come to its end."))
        else:
            self._transport.close()

    def _leave(self) -> None:
        current, self._current, self.gone = self._current, None, True
        self._waiting.clear()
        if current is not None:
            current.leave()

    def _say(self, refusal: Refusal) -> None:
        log.info("refused: %d %s", refusal.status, refusal)
        self.write(refusal.response)
        self._linger()

    def _close(self, whole: bool) -> None:
        if whole:
            self._transport.close()
        else:
            self._linger()

    def _linger(self) -> None:
        """Close our half. A client whose bytes are not taken in would lose the answer: throw them away for a moment."""
        self.gone = True
        self._reader.stop()
        self._transport.write_eof()
        self._balance()
        self.deadline = self.server.loop.time() + LINGER

    def _invite(self) -> None:
        if self._current is not None and not self._current.answer.status:
            self.write(CONTINUE)

    def _balance(self) -> None:
        """Read no faster than requests are taken in, and set the time that the client has."""
        if self.gone:
            self._read(True)
            return
        body, now = self._reader.body, self.server.loop.time()
        crowded = len(self._waiting) >= AHEAD or (body is not None and body.waiting > ENOUGH)
        self._read(not crowded)
        if crowded or (body is None and self._current is not None):
            self.deadline = inf
        elif body is not None:
            self.deadline = now + SILENCE
        elif self._reader.unread:
            self.deadline = min(self.deadline, now + HEAD)
        else:
            self.deadline = now + IDLE

    def _read(self, wanted: bool) -> None:
        if wanted == self._paused:
            self._paused = not wanted
            if wanted:
                self._transport.resume_reading()
            else:
                self._transport.pause_reading()
