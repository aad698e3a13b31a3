"""The one place that touches the network: guarded at connect time, no redirects, no cookies, no environment proxies.

An httpx transport of our own over asyncio's protocols: httpx's scans every connection on every request, and others
bring clients of their own along. `Wire` is one connection, `Connections` are all of them, `Connector` makes new ones.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from typing import NamedTuple

import httpx

from providers._failures.errors import NetworkFailed
from providers._transport.connecting import Connector
from providers._transport.guard import Guard
from providers._transport.incoming import Incoming, Sink
from providers._transport.names import Names, Resolver
from providers._transport.outgoing import Headers, Outgoing, Request, from_httpx, outgoing
from providers._transport.place import Place, place_of
from providers._transport.pool import Connections, Pool
from providers._transport.wire import Wire

REPEATABLE = frozenset({"GET", "HEAD"})


class Body(httpx.AsyncByteStream):
    """The raw bytes of an answer: what arrived since the last chunk is the next. To be read once."""

    def __init__(self, wire: Wire, answer: Incoming, idle: float | None) -> None:
        self.wire = wire
        self.answer = answer
        self.idle = idle

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        answer = self.answer
        while not answer.parts:
            if answer.ended:
                raise StopAsyncIteration
            if answer.failure is not None:
                raise answer.failure
            await self.wire.wait(self.idle)
        if self.wire.answer is answer:
            self.wire.resume()
        return answer.take()

    async def pour(self, sink: Sink) -> None:
        """Hand what arrives to `sink` at once, without a task's turn for each chunk, until it wants no more.

        Returns as well when the body is over or has failed, or something lies there: `anext` tells.
        """
        answer = self.answer
        if self.wire.answer is answer and not answer.parts:
            answer.sink = sink
            try:
                await self.wire.wait(None)
            finally:
                answer.sink = None

    async def aclose(self) -> None:
        """Break the connection off, unless the body had arrived whole: then it carries other requests by now."""
        if self.wire.answer is self.answer:
            self.wire.close()


class Response(NamedTuple):
    """The head of an answer, its headers as they came, and its body, raw and unread."""

    status: int
    headers: Headers
    stream: httpx.AsyncByteStream


async def exchange(transport: httpx.AsyncBaseTransport, request: Request) -> Response:
    """The answer that a transport brings, ours or that of a plug-in. Raises what it raises."""
    if isinstance(transport, GuardedTransport):
        return await transport.exchange(request)
    response = await transport.handle_async_request(request.as_httpx())
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise TypeError("a transport gave a synchronous stream")
    return Response(response.status_code, response.headers.raw, response.stream)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Carries httpx requests; raises HostRefused, NetworkFailed, TimedOut or InvalidRequest, never httpx's own.

    `request.extensions["timeout"]` may hold `connect`, `read` (to the first byte) and `idle` (between bytes): seconds,
    None for no limit. `request.extensions["pins"]` may hold what `pins.py` compares certificates with.
    """

    def __init__(self, guard: Guard, verify: ssl.SSLContext, resolver: Resolver | None = None) -> None:
        self.guard = guard
        self.connections = Connections()
        self.names = Names(guard, resolver)
        self.connector = Connector(self.names, verify, self.connections)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the answer's body is raw and unread."""
        answer = await self.exchange(await from_httpx(request))
        return httpx.Response(answer.status, headers=answer.headers, stream=answer.stream, request=request)

    async def exchange(self, request: Request) -> Response:
        """The same without httpx's objects, of which each costs as much as the rest."""
        self.guard.check_url(request.url)
        place = place_of(request.url, request.pins)
        sent, read = outgoing(request), request.read
        wire, answer = await self._kept(place, sent, read) or await self._new(place, sent, read, request.connect)
        return Response(answer.status, answer.headers, Body(wire, answer, request.idle))

    async def _kept(self, place: Place, sent: Outgoing, read: float | None) -> tuple[Wire, Incoming] | None:
        """The answer over a connection that was kept; None if there is none, or it broke and that does no harm."""
        wire = self.connections.take(place)
        if wire is None:
            return None
        try:
            return wire, await wire.exchange(sent, read)
        except NetworkFailed:
            if sent.method in REPEATABLE and not wire.heard:
                return None
            raise

    async def _new(
        self, place: Place, sent: Outgoing, read: float | None, connect: float | None
    ) -> tuple[Wire, Incoming]:
        wire = await self.connector.connect(place, connect)
        self.connections.add(wire)
        return wire, await wire.exchange(sent, read)

    def pool(self) -> Pool:
        """The connections as they are now."""
        return self.connections.counts()

    async def aclose(self) -> None:
        """Close every connection."""
        self.names.close()
        self.connections.close()
        await asyncio.sleep(0)  # the loop closes their sockets in its next turn


class Network:
    """The guarded network of one process. It belongs to the event loop of its first request."""

    def __init__(
        self,
        private: frozenset[str] = frozenset(),
        verify: ssl.SSLContext | None = None,
        resolver: Resolver | None = None,
    ) -> None:
        context = verify or httpx.create_ssl_context(trust_env=False)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        self.carrier = GuardedTransport(Guard(frozenset(entry.lower() for entry in private)), context, resolver)

    def transport(self) -> httpx.AsyncBaseTransport:
        """What carries requests."""
        return self.carrier

    def pool(self) -> Pool:
        """Its connections as they are now."""
        return self.carrier.pool()

    async def aclose(self) -> None:
        """Close every connection."""
        await self.carrier.aclose()
