"""Serving with uvicorn, for who has it: its loop, signals and WebSockets, and our own HTTP, as on Daphne."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from thinkback.serving.http.connection import Connection
from thinkback.serving.http.exchange import Exchange
from thinkback.serving.http.request import head_of
from thinkback.serving.lifecycle import DRAIN, Lifecycle
from thinkback.serving.refusal import MAX_MESSAGE
from thinkback.serving.welcome import Welcome

SERVES = "ours"  # of thinkback.asgi


class Server(uvicorn.Server):
    """uvicorn, which tells the lifecycle that it leaves before it waits for open streams."""

    def __init__(self, config: uvicorn.Config, lifecycle: Lifecycle, ready: Callable[[str, int], None]) -> None:
        super().__init__(config)
        config.http = self.connection  # type: ignore[assignment]
        self.application: Any = config.app
        self.lifecycle = lifecycle
        self.ready = ready
        self.lines: set[Connection] = set()
        self.exchanges: set[Exchange] = set()
        self.leaving = False

    def connection(self, **_: Any) -> Connection:
        """The protocol of a connection that uvicorn has taken."""
        self.welcome.call()
        return Connection(self)

    def hand_over(self, transport: Any, scope: dict[str, Any], rest: bytes) -> None:
        """Go on with a connection as a WebSocket of uvicorn's."""
        kind: Any = self.config.ws_protocol_class
        protocol = kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        protocol.connection_made(transport)
        protocol.data_received(head_of(scope) + rest)
        transport.set_protocol(protocol)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the port and say where."""
        self.loop = asyncio.get_running_loop()
        self.welcome = Welcome(self.loop, lambda: Connection(self))
        await super().startup(sockets)
        self.welcome.watch(self.servers)
        for server in getattr(self, "servers", []):
            host, port = server.sockets[0].getsockname()[:2]
            self.ready(host, port)

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: look whether to leave, and now and then for connections that let us wait too long."""
        if counter % 10 == 0:
            now = self.loop.time()
            for line in [line for line in self.lines if line.deadline < now]:
                line.time_out()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let answers and streams end at the same time, and uvicorn cancel those that take too long."""
        self.leaving = True
        self.welcome.close()
        for server in self.servers:
            server.close()
        self.lifecycle.leave()
        for line in list(self.lines):
            line.quit()
        for task in [exchange.task for exchange in self.exchanges if exchange.task is not None]:
            self.server_state.tasks.add(task)
            task.add_done_callback(self.server_state.tasks.discard)
        await super().shutdown(sockets)


def serve(application: Any, lifecycle: Lifecycle, ready: Callable[[str, int], None], host: str, port: int) -> bool:
    """Serve until told to stop; False if it could not start (uvicorn has logged why)."""
    config = uvicorn.Config(
        application,
        host=host.strip("[]"),
        port=port,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="on",
        ws_max_size=MAX_MESSAGE,
        timeout_graceful_shutdown=int(DRAIN),
    )
    server = Server(config, lifecycle, ready)
    server.run()
    return server.started
