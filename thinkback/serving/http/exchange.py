"""One request and its answer: the application's run between them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

from proxy.receiving import LEAVING
from proxy.replying import ABORT, WRITE
from thinkback.serving import access_log
from thinkback.serving.http.answer import Answer, Line
from thinkback.serving.http.body import Body
from thinkback.serving.refusal import Refusal

log = logging.getLogger(__name__)
FAILED = Refusal(500, "ThinkBack failed. Its log says why.")
STOPPED = Refusal(503, "ThinkBack is being stopped.")
CLOSING = 10.0  # seconds that an application may go on after its client has left


class Server(Protocol):
    """The server, as a connection sees it."""

    application: Any
    loop: asyncio.AbstractEventLoop
    exchanges: set[Exchange]  # whose application is at work
    lines: set[Any]  # the open connections
    leaving: bool

    def hand_over(self, transport: Any, scope: dict[str, Any], rest: bytes) -> None:
        """Go on with a connection as a WebSocket; `rest` has come behind its request."""


class Exchange:
    """Runs the application for one request, as a task of its own."""

    __slots__ = ("_gone", "_leaving", "_server", "answer", "begun", "body", "scope", "task")

    def __init__(self, server: Server, scope: dict[str, Any], body: Body, answer: Answer) -> None:
        self._server = server
        self.scope = scope
        self.body = body
        self.answer = answer
        self.begun = 0.0
        self.task: asyncio.Task[None] | None = None
        self._gone = False
        self._leaving: Callable[[], None] | None = None

    def start(self, line: Line) -> None:
        """Begin."""
        self.begun = time.perf_counter()
        self.scope["extensions"] = {ABORT: line.abort, LEAVING: self.tell, WRITE: self.answer.write}
        self._server.exchanges.add(self)
        self.task = self._server.loop.create_task(self._run())

    def leave(self) -> None:
        """The client is gone: say so to the application, and end it if it does not end by itself."""
        self._gone = True
        self.body.leave()
        if self._leaving is not None:
            self._leaving()
        if self.task is not None and not self.task.done():
            self._server.loop.call_later(CLOSING, self.task.cancel)

    def tell(self, leaving: Callable[[], None] | None) -> None:
        """Have this called when the client leaves before it is answered; None: nobody asks any more."""
        self._leaving = leaving
        if leaving is not None and self._gone:
            leaving()

    async def _run(self) -> None:
        answer, failure = self.answer, FAILED
        try:
            await self._server.application(self.scope, self.body.receive, answer.send)
        except asyncio.CancelledError:
            failure = STOPPED
        except Exception:  # one request's failure is no other's
            log.exception("Exception inside the application")
        finally:
            self._server.exchanges.discard(self)
            status = answer.status if answer.ended else answer.fail(failure)
            access_log.tell(self.scope, status, self.begun)
            self.scope["extensions"].clear()  # they refer to this exchange, which refers to them
