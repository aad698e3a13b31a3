"""The other side of one attempt: its response, its bytes, its silence. Every failure comes out as a ProviderError."""

from __future__ import annotations

import asyncio
import contextlib
import time

import httpx

from providers import NetworkFailed, ProviderError, TimedOut
from proxy.call import Connection
from proxy.patience import Patience

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

    async def request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and wait for the headers. The body is read through `chunks` alone."""
        began = time.perf_counter()
        try:
            self.patience.wait(self.connection.first_byte_timeout)
            response = await self.transport.handle_async_request(request)
        except FAILURES as error:
            raise self.named(error) from error
        finally:  # whatever it came to: nobody may be cancelled while he books it
            self.patience.pause()
        if not isinstance(response.stream, httpx.AsyncByteStream):
            raise TypeError("a transport gave a synchronous stream")
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


class Chunks:
    """The bytes of one body, to be read once. No generator: each would be entered in the loop's books."""

    def __init__(self, upstream: Upstream) -> None:
        assert upstream.stream is not None
        self.upstream = upstream
        self.stream = aiter(upstream.stream)
        self.limit = upstream.connection.first_byte_timeout

    def __aiter__(self) -> Chunks:
        return self

    async def __anext__(self) -> bytes:
        patience, chunk = self.upstream.patience, b""
        try:
            while not chunk:
                patience.wait(self.limit)
                chunk = await anext(self.stream)
                patience.pause()
                self.limit = self.upstream.connection.idle_timeout
        except FAILURES as error:
            patience.stop()
            raise self.upstream.named(error) from error
        except BaseException:
            patience.stop()
            raise
        return chunk
