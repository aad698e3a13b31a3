"""A request's body, within bounds, and the moment its sender leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from proxy.errors import Refused

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Tell = Callable[[Callable[[], None] | None], None]

LARGEST = 32 * 1024 * 1024  # bytes
LEAVING = "thinkback.leaving"  # an ASGI extension of our servers: has a function called when the client leaves


class Left(Exception):
    """The client is gone: there is nobody to answer."""


async def read_body(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """The whole body. Raises Refused (413) as soon as it is too long, Left when its sender is gone."""
    declared = headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit():
        raise Refused("invalid_request", "The Content-Length is not a number.", 400)
    if int(declared) > LARGEST:
        raise too_large()
    message = await receive()
    parts: list[bytes] = []
    size = 0
    while message["type"] == "http.request":
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST:
            raise too_large()
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)
        message = await receive()
    raise Left


def too_large() -> Refused:
    """The refusal of a body beyond the limit."""
    return Refused("invalid_request", f"A request may have at most {LARGEST // 1024 // 1024} MB.", 413)


class Watch:
    """Cancels the task that made it as soon as the client leaves.

    A server that offers the extension tells us; on others one more task listens for as long as the request lasts.
    """

    def __init__(self, scope: Mapping[str, Any], receive: Receive) -> None:
        self.left = False
        self.work = asyncio.current_task()
        self.tell: Tell | None = scope.get("extensions", {}).get(LEAVING)
        self.task: asyncio.Task[None] | None = None
        if self.tell is not None:
            self.tell(self._leave)
        else:
            self.task = asyncio.get_running_loop().create_task(self._look(receive))

    async def _look(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._leave()

    def _leave(self) -> None:
        self.left = True
        if self.work is not None:
            self.work.cancel()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self.tell is not None:
            self.tell(None)
        if self.task is not None:
            self.task.cancel()
        if self.left and isinstance(error, asyncio.CancelledError) and self.work is not None:
            self.work.uncancel()
            raise Left from error
