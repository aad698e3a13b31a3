"""One connection to a service: it carries one exchange at a time, at the pace of who reads and who writes."""

from __future__ import annotations

import asyncio
import ssl
from typing import Protocol, cast

from providers._failures.errors import NetworkFailed, ProviderError, TimedOut
from providers._transport.clock import Clock
from providers._transport.incoming import Incoming, Malformed
from providers._transport.outgoing import Outgoing
from providers._transport.place import Place
from providers._transport.readiness import readiness

HIGH = 64 * 1024  # bytes that wait for their reader before the service has to wait
SLICE = 64 * 1024  # bytes of a request that are handed to the transport at once
NOTHING = memoryview(b"")


class Owner(Protocol):
    """Who keeps a connection while it has nothing to do."""

    def freed(self, wire: Wire) -> None:
        """It may carry another request."""

    def lost(self, wire: Wire) -> None:
        """It can carry nothing more. May be told twice."""


class Wire(asyncio.BufferedProtocol):
    """A connection. `buffer` is where reads go; it is shared, for what arrived is read before anything else happens."""

    __slots__ = (
        "answer", "buffer", "clock", "heard", "is_readable", "owner", "place", "read_paused", "rest", "transport",
        "waiter", "write_paused",
    )  # fmt: skip

    def __init__(self, place: Place, owner: Owner, buffer: memoryview) -> None:
        self.place = place
        self.owner = owner
        self.buffer = buffer
        self.clock = Clock(asyncio.get_running_loop(), self._late)
        self.answer: Incoming | None = None
        self.waiter: asyncio.Future[None] | None = None
        self.rest = NOTHING  # of the request's body
        self.heard = False  # anything since the request
        self.read_paused = self.write_paused = False

    async def exchange(self, sent: Outgoing, limit: float | None) -> Incoming:
        """Send a request and wait for the answer's head, for `limit` seconds without a word. Raises ProviderError."""
        answer = self.answer = Incoming(bare=sent.method == "HEAD")
        self.heard = False
        if len(sent.content) <= SLICE:
            self.transport.write(sent.head + sent.content)
        else:
            self.transport.write(sent.head)
            self.rest = memoryview(sent.content)
            self._push()
        while not answer.status:
            if answer.failure is not None:
                raise answer.failure
            await self.wait(limit)
        return answer

    async def wait(self, limit: float | None) -> None:
        """Wait until something happens to the answer. Whoever is cancelled here has left."""
        answer, waiter = self.answer, self.clock.loop.create_future()
        self.waiter = waiter
        self.clock.start(limit)
        try:
            await waiter
        except BaseException:
            if self.answer is answer:  # else it carries another by now
                self.close()
            raise

    def resume(self) -> None:
        """What had arrived was taken."""
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def close(self) -> None:
        """Break the connection off, whatever it does."""
        self._fail(NetworkFailed(f"The connection to {self.place.name} was given up."))

    def is_usable(self) -> bool:
        """Whether the service may be thought to listen: it neither closed the connection nor said anything."""
        return not self.transport.is_closing() and not self.is_readable()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there, with its TLS."""
        self.transport = cast(asyncio.Transport, transport)
        self.is_readable = readiness(transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next read goes; a view, because asyncio's TLS writes into slices of it."""
        return self.buffer

    def buffer_updated(self, count: int) -> None:
        """Something arrived."""
        answer = self.answer
        if answer is None:
            self.close()  # nobody asked
            return
        self.heard = True
        try:
            answer.feed(self.buffer[:count])
        except Malformed as error:
            failure = NetworkFailed(f"{self.place.name} did not answer in proper HTTP.")
            failure.__cause__ = error
            self._fail(failure)
            return
        if answer.status and (answer.sink is None or answer.ended):
            self._wake()
        if answer.ended:
            self._finish(answer)
        elif answer.size > HIGH and not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def eof_received(self) -> None:
        """The service closed its side; that may be how it ends a body."""
        answer = self.answer
        if answer is not None and self._closed_properly() and answer.close():
            self._wake()
            self._finish(answer)
        else:
            self._break()

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is no more."""
        self._break()
        self.clock.cancel()

    def pause_writing(self) -> None:
        """The service does not take what it is sent."""
        self.write_paused = True

    def resume_writing(self) -> None:
        """It does again."""
        self.write_paused = False
        self.clock.again()
        self._push()

    def _push(self) -> None:
        while self.rest and not self.write_paused:
            piece, self.rest = self.rest[:SLICE], self.rest[SLICE:]
            self.transport.write(piece)

    def _wake(self) -> None:
        waiter, self.waiter = self.waiter, None
        if waiter is not None:
            self.clock.stop()
            if not waiter.done():
                waiter.set_result(None)

    def _finish(self, answer: Incoming) -> None:
        """The answer is whole. What was not sent until then is not wanted, and leaves the connection of no use."""
        self.answer = None
        if answer.reusable and not self.rest and not self.transport.get_write_buffer_size():
            self.owner.freed(self)
        else:
            self._drop()

    def _closed_properly(self) -> bool:
        """Whether the service said itself that it closes; over TLS a mere end of the connection may be a forgery."""
        tls: ssl.SSLObject | None = self.transport.get_extra_info("ssl_object")
        try:
            return tls is None or not tls.read(1)
        except ssl.SSLError:
            return False

    def _late(self) -> None:
        self._fail(TimedOut(f"{self.place.name} gave no word within the time allowed."))

    def _break(self) -> None:
        self._fail(NetworkFailed(f"The connection to {self.place.name} broke."))

    def _fail(self, failure: ProviderError) -> None:
        answer, self.answer = self.answer, None
        if answer is not None:
            answer.failure, answer.parser = failure, None
        self._wake()
        self._drop()

    def _drop(self) -> None:
        self.rest = NOTHING
        self.owner.lost(self)
        self.clock.cancel()
        self.transport.abort()
