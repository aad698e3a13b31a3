"""The body of one request on its way in, through ASGI's `receive`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

ENOUGH = 64 * 1024  # bytes that may wait for the application before no more is read


class Body:
    """What has arrived and is not yet handed on. After the body, `receive` waits for the client to leave."""

    __slots__ = ("_handed", "_over", "_parts", "_waiter", "invite", "resume", "size", "waiting", "whole")

    def __init__(self, resume: Callable[[], None], invite: Callable[[], None] | None) -> None:
        self.resume = resume  # more may be read
        self.invite = invite  # says 100-continue
        self.size = self.waiting = 0  # bytes: in all, and not yet handed on
        self.whole = False
        self._parts: list[bytes] = []
        self._handed = self._over = False
        self._waiter: asyncio.Future[None] | None = None

    def put(self, data: bytes) -> None:
        """A part has arrived; after the answer's end it is thrown away."""
        self.size += len(data)
        if not self._over:
            self._parts.append(data)
            self.waiting += len(data)
            self._wake()

    def end(self) -> None:
        """All of it has arrived."""
        self.whole = True
        self._wake()

    def leave(self) -> None:
        """The client is gone, or has been answered."""
        self._over = True
        self._parts.clear()
        self.waiting = 0
        self._wake()

    async def receive(self) -> dict[str, Any]:
        """The next part of the body; then, in due time, that the client has left."""
        while not self._over:
            if self._parts or (self.whole and not self._handed):
                return self._next()
            if self.invite is not None and not self.whole:
                self.invite()
                self.invite = None
            if self._waiter is None or self._waiter.done():
                self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return {"type": "http.disconnect"}

    def _next(self) -> dict[str, Any]:
        parts = self._parts
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        parts.clear()
        self.waiting = 0
        self._handed = self.whole
        if not self.whole:
            self.resume()
        return {"type": "http.request", "body": data, "more_body": not self.whole}

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
