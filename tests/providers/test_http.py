"""The guarded network: what it carries, and how it fails. What it refuses: test_hostile_addresses.py."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from providers import Network, NetworkFailed, ProviderError, TimedOut


@contextlib.asynccontextmanager
async def network(private: str = "") -> AsyncIterator[httpx.AsyncBaseTransport]:
    net = Network(frozenset(filter(None, private.split(","))))
    try:
        yield net.transport()
    finally:
        await net.aclose()


@contextlib.asynccontextmanager
async def server(answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]) -> AsyncIterator[int]:
    seen: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await answer(reader, writer)  # type: ignore[misc]
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        for writer in seen:
            writer.transport.abort()
        listening.close()
        await listening.wait_closed()


async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    body = head.split(b"\r\n")[0]
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nSet-Cookie: a=b\r\n")
    writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))


async def test_redirect_is_not_followed_and_path_is_not_requoted() -> None:
    async with server(plain) as port, network(f"127.0.0.1:{port}") as carrier:
        request = httpx.Request("GET", f"http://127.0.0.1:{port}/model/a%3Ab%2Fc?x=%41")
        response = await carrier.handle_async_request(request)
        assert response.status_code == 302
        assert await response.aread() == b"GET /model/a%3Ab%2Fc?x=%41 HTTP/1.1"


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await reader.read()


async def test_silence_before_the_first_byte_is_a_timeout() -> None:
    async with server(silent) as port, network(f"127.0.0.1:{port}") as carrier:
        request = httpx.Request("GET", f"http://127.0.0.1:{port}/", extensions={"timeout": {"read": 0.05}})
        with pytest.raises(TimedOut):
            await carrier.handle_async_request(request)


async def stalls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")
    await reader.read()


async def test_silence_between_bytes_is_a_timeout_of_its_own() -> None:
    async with server(stalls) as port, network(f"127.0.0.1:{port}") as carrier:
        limits = {"read": 60, "idle": 0.05}
        request = httpx.Request("GET", f"http://127.0.0.1:{port}/", extensions={"timeout": limits})
        response = await carrier.handle_async_request(request)
        arrived = b""
        with pytest.raises(TimedOut):
            async for chunk in response.stream:  # type: ignore[union-attr]
                arrived += chunk
        await response.aclose()
        assert arrived == b"hi"


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def test_hang_up_is_a_network_failure_not_a_timeout() -> None:
    async with server(hangs_up) as port, network(f"127.0.0.1:{port}") as carrier:
        with pytest.raises(NetworkFailed):
            await carrier.handle_async_request(httpx.Request("POST", f"http://127.0.0.1:{port}/", content=b"{}"))


async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")


async def test_body_cut_short_is_a_network_failure() -> None:
    async with server(cut) as port, network(f"127.0.0.1:{port}") as carrier:
        response = await carrier.handle_async_request(httpx.Request("GET", f"http://127.0.0.1:{port}/"))
        with pytest.raises(NetworkFailed):
            await response.aread()
        await response.aclose()


async def test_leaving_closes_the_connection() -> None:
    gone = asyncio.Event()

    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await stalls(reader, writer)
        gone.set()

    async with server(drips) as port, network(f"127.0.0.1:{port}") as carrier:
        response = await carrier.handle_async_request(httpx.Request("GET", f"http://127.0.0.1:{port}/"))
        await response.aclose()
        await asyncio.wait_for(gone.wait(), 5)


async def test_nobody_listening_is_a_network_failure() -> None:
    async with server(silent) as port:
        pass
    async with network(f"127.0.0.1:{port}") as carrier:
        with pytest.raises(NetworkFailed):
            await carrier.handle_async_request(httpx.Request("GET", f"http://127.0.0.1:{port}/"))


async def nowhere(host: str, port: int) -> list[str]:
    raise OSError("no such name")


async def failure_of(carrier: httpx.AsyncBaseTransport, url: str) -> ProviderError:
    with pytest.raises(ProviderError) as failed:
        await carrier.handle_async_request(httpx.Request("POST", url, content=b"{}"))
    return failed.value


async def test_it_is_known_whether_a_request_was_sent() -> None:
    async with server(hangs_up) as port, network(f"127.0.0.1:{port}") as carrier:
        assert not (await failure_of(carrier, f"http://127.0.0.1:{port}/")).unsent
    async with network(f"127.0.0.1:{port}") as carrier:
        assert (await failure_of(carrier, f"http://127.0.0.1:{port}/")).unsent
    carrier = Network(resolver=nowhere).transport()
    assert (await failure_of(carrier, "https://nowhere.example/")).unsent
    await carrier.aclose()


async def test_a_handshake_that_never_ends_sent_nothing() -> None:
    async with server(silent) as port, network(f"127.0.0.1:{port}") as carrier:
        request = httpx.Request("POST", f"https://127.0.0.1:{port}/", extensions={"timeout": {"connect": 0.05}})
        with pytest.raises(TimedOut) as failed:
            await carrier.handle_async_request(request)
    assert failed.value.unsent


async def test_a_connection_closed_while_idle_is_not_used_again() -> None:
    closed = asyncio.Event()

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(2)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")  # as if the connection would stay
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        closed.set()

    async with server(once) as port, network(f"127.0.0.1:{port}") as carrier:
        for _ in range(3):
            closed.clear()
            request = httpx.Request("POST", f"http://127.0.0.1:{port}/", content=b"{}")
            response = await carrier.handle_async_request(request)
            assert await response.aread() == b"ok"
            await response.aclose()
            await closed.wait()
            await asyncio.sleep(0.01)
