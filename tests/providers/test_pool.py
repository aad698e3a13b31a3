"""The connections of the network: counted, kept for the next request, and never used when they are of no use."""

from __future__ import annotations

import asyncio
import socket
import threading

import httpx
import pytest

from providers import Network, NetworkFailed, Pool
from providers._transport import pool as _pool
from providers._transport.wire import Wire
from tests.providers.raw import OK, Server, ask, network, read_request, says, server, until, whole
from tests.upstream import Upstream

ANSWER = OK + b"Content-Length: 2\r\n\r\nok"


async def test_a_connection_is_busy_then_idle() -> None:
    async with Upstream() as upstream:
        network = Network(frozenset({upstream.url.removeprefix("http://")}))
        assert network.pool() == Pool(busy=0, idle=0)
        request = httpx.Request(
            "POST", upstream.url + "/v1/chat/completions", json={"model": "plan:gap=50", "stream": True}
        )
        response = await network.transport().handle_async_request(request)
        assert network.pool() == Pool(busy=1, idle=0)
        assert await response.aread()
        await response.aclose()
        assert network.pool() == Pool(busy=0, idle=1)
        await network.aclose()
        assert network.pool() == Pool(busy=0, idle=0)


async def test_requests_in_turn_share_a_connection_and_requests_at_once_do_not() -> None:
    async with server(says(ANSWER, stay=True)) as there, network(there) as net:
        for _ in range(5):
            assert await whole(net, there.url) == (200, b"ok")
        assert there.connections == 1
        await asyncio.gather(*(whole(net, there.url) for _ in range(5)))
        assert there.connections == 5 and net.pool() == Pool(busy=0, idle=5)


async def test_the_connection_used_last_is_used_next() -> None:
    used: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = there.connections
        while True:
            await read_request(reader)
            used.append(number)
            writer.write(ANSWER)

    async with server(serve) as there, network(there) as net:
        await asyncio.gather(*(whole(net, there.url) for _ in range(3)))
        used.clear()
        for _ in range(4):
            await whole(net, there.url)
        assert len(set(used)) == 1


async def test_a_body_that_was_read_gives_its_connection_back_before_it_is_closed() -> None:
    async with server(says(ANSWER, stay=True)) as there, network(there) as net:
        first = await ask(net, there.url)
        assert await first.aread() == b"ok"
        assert await whole(net, there.url) == (200, b"ok")
        await first.aclose()
        assert await whole(net, there.url) == (200, b"ok")
        assert there.connections == 1


@pytest.mark.parametrize(
    "said",
    [
        OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        ANSWER + b"more",
        ANSWER + ANSWER,
        ANSWER + b"\0",
    ],
    ids=["it says so", "an old protocol", "bytes after the body", "another answer", "a byte"],
)
async def test_a_connection_that_may_not_be_used_again_is_closed(said: bytes) -> None:
    async with server(says(said, stay=True)) as there, network(there) as net:
        for _ in range(2):
            assert await whole(net, there.url) == (200, b"ok")
            assert net.pool() == Pool(0, 0)
        assert there.connections == 2


async def test_words_that_nobody_asked_for_close_an_idle_connection() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(ANSWER)
        await asyncio.sleep(0.02)
        writer.write(OK + b"Content-Length: 4\r\n\r\nevil")
        await reader.read()

    async with server(serve) as there, network(there) as net:
        assert await whole(net, there.url) == (200, b"ok")
        await until(lambda: net.pool() == Pool(0, 0))
        assert await whole(net, there.url) == (200, b"ok")


@pytest.mark.parametrize("last", [b"", OK + b"Content-Length: 4\r\n\r\nevil"], ids=["it ends", "it speaks"])
async def test_what_the_loop_did_not_yet_see_is_seen_before_a_connection_is_used(last: bytes) -> None:
    """The service closes while this loop is busy, so no callback told of it."""
    listening = socket.create_server(("127.0.0.1", 0))
    told = threading.Event()

    def serve() -> None:
        for _ in range(2):
            connection, _ = listening.accept()
            connection.recv(65536)
            connection.sendall(ANSWER)
            told.wait(5)
            connection.sendall(last)
            connection.close()
            closed.set()

    closed = threading.Event()
    thread = threading.Thread(target=serve)
    thread.start()
    there = Server(listening.getsockname()[1], "http")
    try:
        async with network(there) as net:
            assert await whole(net, there.url) == (200, b"ok")
            told.set()
            closed.wait(5)  # blocks the loop, as a slow callback may
            assert await whole(net, there.url) == (200, b"ok")
    finally:
        thread.join(5)
        listening.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_request_lost_in_the_race_is_repeated_only_if_that_does_no_harm(method: str) -> None:
    """The service closes an idle connection while the next request is on its way to it."""
    seen = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        await read_request(reader)
        writer.write(ANSWER)
        await read_request(reader)
        seen += 1

    async with server(serve) as there, network(there) as net:
        assert await whole(net, there.url, method) == (200, b"ok")
        if method == "GET":
            assert await whole(net, there.url, method) == (200, b"ok")
        else:
            with pytest.raises(NetworkFailed) as failed:
                await whole(net, there.url, method)
            assert not failed.value.unsent, "the service may have taken it"
        assert (seen, there.connections) == (1, 2 if method == "GET" else 1)


async def test_a_get_is_repeated_once_and_not_after_a_word_was_heard() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        if there.connections == 1:
            writer.write(ANSWER)
            await read_request(reader)
            writer.write(b"HTTP")

    async with server(serve) as there, network(there) as net:
        assert await whole(net, there.url, "GET") == (200, b"ok")
        with pytest.raises(NetworkFailed):
            await whole(net, there.url, "GET")
        with pytest.raises(NetworkFailed):
            await whole(net, there.url, "GET")
        assert there.connections == 2


async def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pool, "KEPT", 3)
    monkeypatch.setattr(_pool, "KEPT_IN_ALL", 4)
    async with server(says(ANSWER, stay=True)) as here, server(says(ANSWER, stay=True)) as there:
        async with network(here, there) as net:
            await asyncio.gather(*(whole(net, here.url) for _ in range(6)))
            assert net.pool() == Pool(busy=0, idle=3)
            await asyncio.gather(*(whole(net, there.url) for _ in range(6)))
            assert net.pool() == Pool(busy=0, idle=4)
            assert await whole(net, there.url) == (200, b"ok")
            assert there.connections == 6


async def test_an_idle_connection_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pool, "IDLE", 0.05)
    async with server(says(ANSWER, stay=True)) as there, network(there) as net:
        assert await whole(net, there.url, extensions={"timeout": {"read": 60}}) == (200, b"ok")
        await until(lambda: net.pool() == Pool(0, 0))


async def test_closing_the_network_ends_what_is_under_way() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with server(silent) as there, network(there) as net:
        task = asyncio.create_task(whole(net, there.url))
        await until(lambda: net.pool().busy)
        await net.aclose()
        with pytest.raises(NetworkFailed):
            await task


async def test_what_ends_in_one_turn_of_the_loop_and_begins_in_the_same_is_kept_apart() -> None:
    """A connection is free as soon as its answer is whole, before who waited for that answer runs again."""
    async with server(says(ANSWER, stay=True)) as there, network(there) as net:

        async def visitor() -> None:
            for _ in range(50):
                assert await whole(net, there.url) == (200, b"ok")

        await asyncio.gather(*(visitor() for _ in range(8)))
        assert there.connections <= 8 and net.pool().busy == 0


async def test_whoever_is_cancelled_as_his_answer_ends_takes_the_connection_from_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wake = Wire._wake

    def woken(wire: Wire) -> None:
        wake(wire)
        task.cancel()

    async with server(says(ANSWER, stay=True)) as there, network(there) as net:
        with monkeypatch.context() as during:
            during.setattr(Wire, "_wake", woken)
            task = asyncio.create_task(whole(net, there.url))
            with pytest.raises(asyncio.CancelledError):
                await task
        assert net.pool() == Pool(busy=0, idle=1)
        assert await whole(net, there.url) == (200, b"ok") and there.connections == 1
