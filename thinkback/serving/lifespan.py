"""The lifecycle for servers that speak ASGI's lifespan protocol (uvicorn, granian)."""

from __future__ import annotations

import logging
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable

from thinkback.serving.lifecycle import Lifecycle

log = logging.getLogger(__name__)


class Lifespan:
    """An ASGI application for the `lifespan` scope."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle

    async def __call__(self, scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Start on startup, stop on shutdown; a failure to start is the server's to report."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.lifecycle.start()
                except Exception as error:  # the protocol wants it as a message
                    log.exception("ThinkBack cannot start")
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.lifecycle.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return
