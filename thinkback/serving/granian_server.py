"""Serving with granian, for who has it: its one worker runs inside this process, on an event loop of ours.

So the lifecycle is ours too, and the promises are those of the other servers: bodies and messages are bounded, an idle
process leaves at once, open streams are let end, and what takes too long is cancelled before the services stop.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server as Granian

from thinkback.serving.lifecycle import DRAIN, EXIT, Lifecycle
from thinkback.serving.refusal import MAX_MESSAGE

log = logging.getLogger(__name__)
SERVES = "application"  # of thinkback.asgi
BACKLOG = 1024  # connections that may wait to be accepted
MANY = 65_536  # connections at a time; granian would have others wait unseen
CLOSING = 0.5  # seconds for the port to close, and for cancelled requests to put their records in order


class Work:
    """ASGI middleware that knows which requests and sockets are being answered, so that they can be ended."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.tasks: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Pass a request on."""
        task = asyncio.current_task()
        if task is not None:
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        try:
            await self.application(scope, bounded(receive) if scope["type"] == "websocket" else receive, send)
        except Exception:
            log.exception("Exception inside the application")
            raise

    async def end(self) -> None:
        """Cancel what is still at work."""
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSING)


def bounded(receive: Any) -> Any:
    """A `receive` to which a message that is too long is the end of its WebSocket."""

    async def receiving() -> Any:
        message = await receive()
        if len(message.get("bytes") or message.get("text") or "") > MAX_MESSAGE:
            return {"type": "websocket.disconnect", "code": 1009}
        return message

    return receiving


def free(host: str, port: int) -> tuple[str, int]:
    """The address and port to listen on. Raises OSError where it is taken: granian would share it with who has it."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    with socket.socket(family, kind) as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        taken: tuple[str, int] = found.getsockname()[:2]
        return taken


async def port_is(open_: bool, host: str, port: int, serving: asyncio.Future[None]) -> None:
    """Wait until the port is open or closed; granian does not tell. Raises what kept it from opening."""
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            found = True
        except OSError:
            found = False
        if found is open_:
            return
        await asyncio.sleep(0.02)
    if open_:
        serving.result()


async def run(application: Any, lifecycle: Lifecycle, ready: Callable[[str, int], None], host: str, port: int) -> None:
    """Serve until told to stop. Raises what a service raises at its start, and OSError where the port is taken."""
    loop, told, work = asyncio.get_running_loop(), asyncio.Event(), Work(application)
    host, port = free(host.strip("[]"), port)
    settings: dict[str, Any] = {"interface": Interfaces.ASGINL, "http": HTTPModes.http1, "log_enabled": False}
    server = Granian(work, host, port, backlog=BACKLOG, backpressure=MANY, **settings)
    await lifecycle.start()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, told.set)
    serving = loop.create_task(server.serve())
    await port_is(True, host, port, serving)
    ready(host, port)
    await told.wait()
    faulthandler.dump_traceback_later(EXIT, exit=True)
    server.stop()  # type: ignore[no-untyped-call]
    with suppress(TimeoutError):
        await asyncio.wait_for(port_is(False, host, port, serving), CLOSING)
    lifecycle.leave()
    await asyncio.wait([serving], timeout=DRAIN)
    await work.end()
    await lifecycle.stop()
    faulthandler.cancel_dump_traceback_later()


def serve(application: Any, lifecycle: Lifecycle, ready: Callable[[str, int], None], host: str, port: int) -> bool:
    """Serve until told to stop."""
    asyncio.run(run(application, lifecycle, ready, host, port))
    return True
