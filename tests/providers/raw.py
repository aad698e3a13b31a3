"""A raw server on loopback, which says whatever a test wants, and the guarded network to reach it by."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import httpx

from providers import Network, Pool
from providers._transport.names import Resolver

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\n"


class Server:
    """Where it listens, and how many connections were made to it."""

    def __init__(self, port: int, scheme: str) -> None:
        self.port = port
        self.url = f"{scheme}://127.0.0.1:{port}/"
        self.connections = 0
        self.open = 0


@contextlib.asynccontextmanager
async def server(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Serves each connection with `serve`, then closes it."""
    writers: list[asyncio.StreamWriter] = []

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        told.connections += 1
        told.open += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await serve(reader, writer)
        told.open -= 1
        writer.close()

    listening = await asyncio.start_server(accepted, "127.0.0.1", 0, ssl=tls)
    told = Server(listening.sockets[0].getsockname()[1], "http" if tls is None else "https")
    try:
        yield told
    finally:
        listening.close()
        for writer in writers:
            writer.transport.abort()
        await listening.wait_closed()
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def network(
    *servers: Server, resolver: Resolver | None = None, verify: ssl.SSLContext | None = None
) -> AsyncIterator[Network]:
    """A network that may reach these servers."""
    net = Network(frozenset(f"127.0.0.1:{one.port}" for one in servers), verify, resolver)
    try:
        yield net
    finally:
        await net.aclose()
        assert net.pool() == Pool(0, 0)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """The next request, head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.partition(b":")[2]))
    return head


def says(*pieces: bytes, stay: bool = False) -> Serve:
    """Answers each request with these bytes, one write each; then hangs up, unless it is to stay for another."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_request(reader)
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                if len(pieces) > 1:
                    await asyncio.sleep(0.001)
            if not stay:
                return

    return serve


async def ask(net: Network, url: str, method: str = "POST", **more: Any) -> httpx.Response:
    """The answer to a request, its body unread."""
    content = b"{}" if method == "POST" else None
    request = httpx.Request(method, url, **({"content": content} | more))
    return await net.transport().handle_async_request(request)


async def whole(net: Network, url: str, method: str = "POST", **more: Any) -> tuple[int, bytes]:
    """Status and body of the answer to a request."""
    response = await ask(net, url, method, **more)
    try:
        return response.status_code, await response.aread()
    finally:
        await response.aclose()


def chunked(parts: Iterable[bytes], trailer: bytes = b"") -> bytes:
    """A body in the chunked transfer coding."""
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts if part) + b"0\r\n" + trailer + b"\r\n"


async def until(holds: Callable[[], object]) -> None:
    """Wait for what comes soon."""
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")
