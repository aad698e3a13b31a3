"""A client that lets the server wait is told so, and the connection ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from thinkback.serving.http import connection
from thinkback.serving.http.connection import Connection

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"


class Told:
    """What the application was told."""

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {}
        self.messages: list[str] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.scope = scope
        while self.messages[-1:] != ["http.disconnect"]:
            message = await receive()
            self.messages.append(message["type"])
            if message["type"] == "http.request" and not message["more_body"]:
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return


Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter, Any]


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """A connection to a server that looks for slow clients when it is told to."""
    server: Any = SimpleNamespace(application=Told(), loop=asyncio.get_running_loop(), lines=set(), exchanges=set())
    server.leaving = False
    port = await server.loop.create_server(lambda: Connection(server), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*port.sockets[0].getsockname())
    while not server.lines:
        await asyncio.sleep(0.01)
    yield reader, writer, server
    writer.close()
    port.close()
    while server.lines or server.exchanges:
        await asyncio.sleep(0.01)


async def given(opened: Opened, data: bytes) -> Connection:
    """The server's side, when it has read this."""
    _, writer, server = opened
    (line,) = server.lines
    writer.write(data)
    await asyncio.sleep(0.05)
    assert isinstance(line, Connection)
    return line


async def test_one_that_never_asks(opened: Opened) -> None:
    line = await given(opened, b"")
    assert line.deadline <= asyncio.get_running_loop().time() + connection.HEAD
    line.time_out()
    assert await opened[0].read() == b""


async def test_a_head_has_one_time_for_all_of_it(opened: Opened) -> None:
    line = await given(opened, HEAD)
    begun = line.deadline
    await given(opened, b"A: b\r\n")
    assert line.deadline == begun
    line.time_out()
    assert (await opened[0].read()).startswith(b"HTTP/1.1 408 ")


async def test_a_body_may_take_its_time_but_not_stop(opened: Opened) -> None:
    line = await given(opened, HEAD + b"Content-Length: 10\r\n\r\nab")
    begun = line.deadline
    await given(opened, b"cd")
    assert line.deadline > begun
    line.time_out()
    assert await opened[0].read() == b""
    while opened[2].exchanges:
        await asyncio.sleep(0.01)
    assert opened[2].application.messages[-1] == "http.disconnect"


async def test_an_idle_connection_ends_quietly(opened: Opened) -> None:
    line = await given(opened, HEAD + b"Content-Length: 0\r\n\r\n")
    assert line.deadline > asyncio.get_running_loop().time() + connection.HEAD
    line.time_out()
    answer = await opened[0].read()
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"408" not in answer


async def test_a_body_that_nobody_takes_is_not_read(opened: Opened) -> None:
    waiting = asyncio.Event()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await waiting.wait()

    opened[2].application = application
    line = await given(opened, HEAD + b"Content-Length: 20000000\r\n\r\n")
    opened[1].write(b"x" * 20_000_000)
    await asyncio.sleep(0.1)
    body = line._reader.body
    assert body is not None
    assert body.waiting < 1_000_000
    waiting.set()


async def test_what_the_application_sees(opened: Opened) -> None:
    await given(opened, b"GET /a%20b?c=%20 HTTP/1.1\r\nHost: x\r\nA_b: c\r\nD: e\r\n\r\n")
    scope = opened[2].application.scope
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == ("/a b", b"/a%20b", b"c=%20")
    assert scope["headers"] == [(b"host", b"x"), (b"d", b"e")]
    assert (scope["method"], scope["http_version"], scope["scheme"]) == ("GET", "1.1", "http")
    assert scope["client"][0] == scope["server"][0] == "127.0.0.1"
