"""Nobody is sent more than he takes: neither a slow reader, nor a slow service. And silence is not waited for."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest

from providers import NetworkFailed, Pool, TimedOut
from tests.providers.raw import OK, ask, network, read_request, server, until, whole

MB = 1024 * 1024


async def test_a_slow_reader_slows_the_service() -> None:
    sent = 0

    async def pours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await read_request(reader)
        writer.write(OK + b"Content-Length: %d\r\n\r\n" % (64 * MB))
        for _ in range(64):
            writer.write(b"x" * MB)
            await writer.drain()
            sent += MB
        await reader.read()

    async with server(pours) as there, network(there) as net:
        response = await ask(net, there.url)
        await asyncio.sleep(0.5)
        assert sent < 32 * MB, "what the kernel holds, no more"
        sizes = [len(chunk) async for chunk in response.stream]  # type: ignore[union-attr]
        assert sum(sizes) == 64 * MB and max(sizes) <= 192 * 1024
        assert net.pool() == Pool(busy=0, idle=1)


async def test_an_open_stream_costs_little_memory() -> None:
    count = 100

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")
        await reader.read()

    async def hear() -> object:
        response = await ask(net, there.url)
        assert await anext(aiter(response.stream)) == b"hi"  # type: ignore[arg-type]
        return response

    async with server(serve) as there, network(there) as net:
        first = await hear()
        tracemalloc.start()
        try:
            kept = [await hear() for _ in range(count)]
            taken = sum(
                row.size_diff if hasattr(row, "size_diff") else row.size
                for row in tracemalloc.take_snapshot()
                .filter_traces([tracemalloc.Filter(True, "*/providers/_*"), tracemalloc.Filter(True, "*/httpx/*")])
                .statistics("filename")
            )
        finally:
            tracemalloc.stop()
        assert first and len(kept) == count and taken / count < 12 * 1024


async def test_a_service_that_reads_slowly_is_sent_slowly() -> None:
    go = asyncio.Event()

    async def sips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await go.wait()
        body = (await read_request(reader)).partition(b"\r\n\r\n")[2]
        text = b"%d %d" % (len(body), body.count(b"x"))
        writer.write(OK + b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        await reader.read()

    async with server(sips) as there, network(there) as net:
        size = 24 * MB
        task = asyncio.create_task(whole(net, there.url, content=b"x" * size))
        await until(lambda: net.pool().busy and next(iter(net.carrier.connections.open)).rest)  # type: ignore[attr-defined]
        (wire,) = net.carrier.connections.open  # type: ignore[attr-defined]
        assert wire.transport.get_write_buffer_size() < 256 * 1024
        go.set()
        assert await task == (200, b"%d %d" % (size, size))
        assert net.pool() == Pool(busy=0, idle=1)


async def test_a_service_may_answer_before_it_was_told_everything() -> None:
    async def refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
        await reader.read()

    async with server(refuses) as there, network(there) as net:
        assert await whole(net, there.url, content=b"x" * (32 * MB)) == (413, b"big")
        assert net.pool() == Pool(0, 0), "the rest of that body must not be taken for another request"


async def test_a_service_may_speak_while_it_listens() -> None:
    async def echoes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        left = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        writer.write(OK + b"Content-Length: %d\r\n\r\n" % left)
        while left:
            piece = await reader.read(MB)
            left -= len(piece)
            writer.write(piece)
            await writer.drain()
        await reader.read()

    async with server(echoes) as there, network(there) as net:
        content = bytes(range(256)) * (32 * 1024)
        assert await whole(net, there.url, content=content) == (200, content)
        assert net.pool() == Pool(busy=0, idle=1)


async def test_a_service_that_stops_reading_is_a_timeout() -> None:
    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async with server(deaf) as there, network(there) as net:
        with pytest.raises(TimedOut) as failed:
            await whole(net, there.url, content=b"x" * (32 * MB), extensions={"timeout": {"read": 0.1}})
        assert not failed.value.unsent and net.pool() == Pool(0, 0)


async def test_a_slow_reader_is_not_taken_for_a_silent_service() -> None:
    said = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(OK + b"Content-Length: 4\r\n\r\nab")
        await said.wait()
        writer.write(b"cd")
        await reader.read()

    async with server(serve) as there, network(there) as net:
        response = await ask(net, there.url, extensions={"timeout": {"idle": 0.5}})
        chunks = aiter(response.stream)  # type: ignore[arg-type]
        first = await anext(chunks)
        said.set()
        await asyncio.sleep(0.7)
        assert first + await anext(chunks) == b"abcd"
        await response.aclose()


async def test_limits_may_be_none() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)

    async with server(serve) as there, network(there) as net:
        limits = {"connect": None, "read": None, "idle": None}
        with pytest.raises(NetworkFailed):
            await whole(net, there.url, extensions={"timeout": limits})
