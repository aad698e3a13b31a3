"""A proxy before the server that breaks what some do: WebSockets are refused, swallowed or stripped, events held back.

    with BreakingProxy(server_port) as proxy: …  proxy.url, proxy.manner

Runs in a thread, so that a test that waits for a browser need not care.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Literal

Manner = Literal["pass", "refuse", "swallow", "strip", "hold", "gone"]
FOREVER, HELD = 3600.0, 1.5  # seconds
REFUSED = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BreakingProxy:
    """`manner` may change at any time; the connections there are break off then."""

    def __init__(self, port: int, manner: Manner = "pass") -> None:
        self._target = port
        self._manner: Manner = manner
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def manner(self) -> Manner:
        return self._manner

    @manner.setter
    def manner(self, manner: Manner) -> None:
        self._manner = manner
        self.cut()

    def cut(self) -> None:
        """Break off every connection there is."""

        def now() -> None:
            for writer in list(self._writers):
                writer.transport.abort()

        self._loop.call_soon_threadsafe(now)

    def __enter__(self) -> BreakingProxy:
        self._thread.start()
        start = asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._connection(reader, writer)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._manner == "gone":
            return
        head = await reader.readuntil(b"\r\n\r\n")
        is_socket = b"upgrade: websocket" in head.lower()
        if is_socket and self._manner == "refuse":
            writer.write(REFUSED)
            await writer.drain()
            return
        if self._manner == ("strip" if is_socket else "hold"):  # one request to a connection
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"upgrade:", b"connection:"))]
            head = b"\r\n".join([*lines[:-2], b"connection: close", b"", b""])
        theirs, ours = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers.add(ours)
        tasks: list[asyncio.Future[None]] = []
        try:
            ours.write(head)
            swallows = is_socket and self._manner == "swallow"
            tasks.append(asyncio.ensure_future(_pass(reader, ours, FOREVER if swallows else 0)))
            answer = await theirs.readuntil(b"\r\n\r\n")
            held = self._manner == "hold" and b"text/event-stream" in answer
            writer.write(answer)
            tasks.append(asyncio.ensure_future(_pass(theirs, writer, HELD if held else 0)))
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._writers.discard(ours)
            ours.close()


async def _pass(source: asyncio.StreamReader, target: asyncio.StreamWriter, late: float) -> None:
    await asyncio.sleep(late)
    while piece := await source.read(65536):
        target.write(piece)
        await target.drain()
