"""Serving with uvicorn, for who has it: faster than Daphne, and it has backpressure of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from thinkback.serving.lifecycle import DRAIN, Lifecycle
from thinkback.serving.refusal import MAX_MESSAGE
from thinkback.serving.uvicorn_http import BoundedProtocol


class Server(uvicorn.Server):
    """uvicorn, which tells the lifecycle that it leaves before it waits for open streams."""

    def __init__(self, config: uvicorn.Config, lifecycle: Lifecycle, ready: Callable[[str, int], None]) -> None:
        super().__init__(config)
        self.lifecycle = lifecycle
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the port and say where."""
        await super().startup(sockets)
        for server in getattr(self, "servers", []):
            host, port = server.sockets[0].getsockname()[:2]
            self.ready(host, port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let answers and streams end at the same time."""
        self.lifecycle.leave()
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
        http=BoundedProtocol,
        lifespan="on",
        ws_max_size=MAX_MESSAGE,
        timeout_graceful_shutdown=int(DRAIN),
    )
    server = Server(config, lifecycle, ready)
    server.run()
    return server.started
