"""The other side of one attempt: its response, its bytes, its silence. Every failure comes out as a ProviderError."""

from __future__ import annotations

import asyncio
import contextlib
import time

import httpx

from providers import Body, NetworkFailed, ProviderError, Request, Response, Sink, TimedOut, exchange
from proxy.call import Connection
from proxy.patience import Patience
from proxy.stream import Stream

FAILURES = (asyncio.CancelledError, httpx.HTTPError)  # httpx's own come from transports of plug-ins alone
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Upstream:
    """One request to one service, and its answer, until `deadline` by the loop's clock. Close it whatever happened."""

    def __init__(self, connection: Connection, transport: httpx.AsyncBaseTransport, deadline: float) -> None:
        self.connection = connection
        self.transport = transport
        often = min(connection.first_byte_timeout, connection.idle_timeout)
        self.patience = Patience(connection.adapter.speaker, deadline, often)
        self.stream: httpx.AsyncByteStream | None = None
        self.waited_ms = 0.0  # from the request to the headers

    async def request(self, request: Request) -> Response:
        """Send the request and wait for the headers. The body is read through `chunks` alone."""
        began = time.perf_counter()
        try:
            self.patience.wait(self.connection.first_byte_timeout)
            response = await exchange(self.transport, request)
        except FAILURES as error:
            raise self.named(error) from error
        finally:  # whatever it came to: nobody may be cancelled while he books it
            self.patience.pause()
        self.stream = response.stream
        self.waited_ms = (time.perf_counter() - began) * 1000
        return response

    def chunks(self) -> Chunks:
        """The bytes of the body as they arrive."""
        return Chunks(self)

    async def close(self) -> None:
        """Give the connection back, or break it off when the body was not read to its end."""
        self.patience.stop()
        if self.stream is not None:
            with contextlib.suppress(ProviderError, httpx.HTTPError):
                await self.stream.aclose()

    def named(self, error: BaseException) -> ProviderError:
        """The failure in our words. Raises the same cancellation again unless impatience was its cause."""
        speaker, unsent = self.connection.adapter.speaker, isinstance(error, UNSENT)
        if isinstance(error, asyncio.CancelledError):
            return self.patience.judge(error)
        if isinstance(error, httpx.TimeoutException):
            return TimedOut(f"{speaker} gave no word within the time allowed.", unsent=unsent)
        return NetworkFailed(f"The connection to {speaker} broke.", unsent=unsent)


class Chunks(Stream):
    """The bytes of one body, to be read once."""

    def __init__(self, upstream: Upstream) -> None:
        assert upstream.stream is not None
        self.upstream = upstream
        self.stream = aiter(upstream.stream)
        self.patience = upstream.patience
        self.loop = upstream.patience.loop
        self.limit = upstream.connection.first_byte_timeout
        self.failure: ProviderError | None = None

    async def __anext__(self) -> bytes:
        chunk = b""
        try:
            if self.failure is not None:
                raise self.failure
            while not chunk:
                self.patience.wait(self.limit)
                chunk = await anext(self.stream)
                self.patience.pause()
                self.limit = self.upstream.connection.idle_timeout
        except FAILURES as error:
            raise self._failed(error) from error
        except BaseException:
            self.patience.stop()
            raise
        return chunk

    async def pour(self, sink: Sink) -> None:
        """Hand the chunks to `sink` as they arrive, where the transport is our own. A failure is raised by `anext`."""
        if not isinstance(self.stream, Body):
            return
        self.sink = sink
        try:
            self.patience.wait(self.limit)
            await self.stream.pour(self._take)
            self.patience.pause()
        except ProviderError as failure:
            self.failure = failure
        except FAILURES as error:
            self.failure = self._failed(error)
        finally:
            del self.sink  # it may refer to this

    def _take(self, chunk: bytes) -> bool:
        self.patience.since = self.loop.time()
        return self.sink(chunk)

    def _failed(self, error: BaseException) -> ProviderError:
        self.patience.stop()
        return self.upstream.named(error)
