"""Daphne, hardened: senders wait for slow readers, bodies have a limit, and leaving is orderly."""

from __future__ import annotations

import asyncio
import faulthandler
from collections.abc import Callable
from typing import Any

from daphne.server import Server as Daphne
from twisted.internet import defer, reactor
from twisted.logger import globalLogBeginner

from thinkback.serving.http.connection import Connection
from thinkback.serving.http.exchange import Exchange
from thinkback.serving.http.handover import hand_over
from thinkback.serving.lifecycle import DRAIN, EXIT, Lifecycle
from thinkback.serving.refusal import MAX_MESSAGE
from thinkback.serving.websocket import SocketFactory

SERVES = "ours"  # of thinkback.asgi
BACKLOG = 1024  # connections that may wait to be accepted; asyncio's 100 makes a burst wait a second for its turn
CLOSING = 0.5  # seconds for cancelled requests to put their records in order


class Server(Daphne):
    """One process's server: services start before the port opens, and stop after the last stream has ended."""

    def __init__(self, application: Any, lifecycle: Lifecycle, ready: Callable[[str, int], None]) -> None:
        super().__init__(application, endpoints=["its own"], server_name="ThinkBack")
        self.lifecycle = lifecycle
        self.ready = ready
        self.connections: dict[Any, dict[str, Any]] = {}  # Daphne's: here, of WebSockets
        self.lines: set[Connection] = set()
        self.exchanges: set[Exchange] = set()
        self.leaving = False
        self.port: asyncio.Server | None = None
        self.failure: str | None = None
        self.loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop

    def serve(self, host: str, port: int) -> None:
        """Serve until told to stop. Raises what a service raises at its start, and OSError where the port is taken."""
        asyncio.set_event_loop(self.loop)
        globalLogBeginner.beginLoggingTo([lambda _: None], redirectStandardIO=False, discardBuffer=True)
        self.loop.run_until_complete(self.lifecycle.start())
        self.sockets = SocketFactory(self, server=self.server_name)
        self.sockets.setProtocolOptions(
            autoPingTimeout=self.ping_timeout,
            allowNullOrigin=False,
            openHandshakeTimeout=self.websocket_handshake_timeout,
            maxMessagePayloadSize=MAX_MESSAGE,
            maxFramePayloadSize=MAX_MESSAGE,
        )
        reactor.callLater(1, self.application_checker)
        reactor.callLater(2, self.timeout_checker)
        reactor.addSystemEventTrigger("before", "shutdown", lambda: defer.Deferred.fromFuture(self.leave_later()))
        reactor.callWhenRunning(self.begin, host, port)  # when signals are minded already
        reactor.run()
        if self.failure is not None:
            raise OSError(self.failure)

    def begin(self, host: str, port: int) -> None:
        """Open the port as soon as may be."""
        self.listening = self.loop.create_task(self.listen(host, port))

    async def listen(self, host: str, port: int) -> None:
        """Open the port, and say where."""
        try:
            self.port = await self.loop.create_server(lambda: Connection(self), host.strip("[]"), port, backlog=BACKLOG)
        except OSError as error:
            self.failure = error.strerror or str(error)
            reactor.stop()
        else:
            self.ready(*self.port.sockets[0].getsockname()[:2])

    def hand_over(self, transport: Any, scope: dict[str, Any], rest: bytes) -> None:
        """Go on with a connection as a WebSocket of Twisted's and autobahn's."""
        hand_over(transport, self.sockets, scope, rest)

    def timeout_checker(self) -> None:
        """Every second or two: end the connections that let us wait too long; Daphne sees to the WebSockets."""
        now = self.loop.time()
        for line in [line for line in self.lines if line.deadline < now]:
            line.time_out()
        super().timeout_checker()

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Send one message, and wait while the client has not taken in what was sent before."""
        await super().handle_reply(protocol, message)
        await protocol.valve.wait()

    def leave_later(self) -> asyncio.Task[None]:
        """Begin to leave; a hang is ended from outside, with a look at where it hung."""
        faulthandler.dump_traceback_later(EXIT, exit=True)
        return self.loop.create_task(self.leave())

    async def leave(self) -> None:
        """Take no new connections, let open streams end, cancel the rest, then stop the services."""
        if self.port is not None:
            self.port.close()
        self.leaving = True
        self.lifecycle.leave()
        for line in list(self.lines):
            line.quit()
        await self.drain([exchange.task for exchange in self.exchanges if exchange.task is not None], DRAIN)
        if self.lifecycle.leaving is not None:
            await self.lifecycle.leaving  # answers have their readers until they are finished
        rest = self.open()
        for task in rest:
            task.cancel()
        await self.drain(rest, CLOSING)
        await self.lifecycle.stop()

    def open(self) -> list[asyncio.Future[Any]]:
        """The applications that are still at work, for a request or a WebSocket."""
        sockets = [details.get("application_instance") for details in self.connections.values()]
        tasks = [*sockets, *(exchange.task for exchange in self.exchanges)]
        return [task for task in tasks if task is not None and not task.done()]

    async def drain(self, tasks: list[asyncio.Future[Any]], seconds: float) -> None:
        """Wait for these to end by themselves, for a while."""
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)


def serve(application: Any, lifecycle: Lifecycle, ready: Callable[[str, int], None], host: str, port: int) -> bool:
    """Serve until told to stop. Raises what a service raises at its start, and OSError where the port is taken."""
    Server(application, lifecycle, ready).serve(host, port)
    faulthandler.cancel_dump_traceback_later()
    return True
