"""The limit on bodies for servers that hand them on piece by piece (our own has it in http/)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from proxy.replying import ABORT
from thinkback.serving.refusal import LINGER, MAX_BODY, too_large


class BodyLimit:
    """ASGI middleware: refuses by Content-Length before anything is read, and by count where there is none."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Pass a request on, or answer 413."""
        if scope["type"] != "http" or ABORT in scope.get("extensions", {}):  # our own server has counted already
            await self.application(scope, receive, send)
        elif declared(scope) > MAX_BODY:
            await refuse(receive, send)
        else:
            await self.counted(scope, receive, send)

    async def counted(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Count what comes in. To the application, the sender of too much has left: it would answer by itself else."""
        received, begun, refused = 0, False, False

        async def counting() -> Any:
            nonlocal received, refused
            message = {} if refused else await receive()
            received += len(message.get("body", b""))
            if received <= MAX_BODY:
                return message
            if not refused and not begun:  # else the answer that has begun breaks off
                refused = True
                await refuse(receive, send)
            return {"type": "http.disconnect"}

        async def noticing(message: Any) -> None:
            nonlocal begun
            begun = True
            if not refused:
                await send(message)

        await self.application(scope, counting, noticing)


def declared(scope: dict[str, Any]) -> int:
    """The Content-Length, 0 where there is none or it is not a number (the server refuses that itself)."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def refuse(receive: Any, send: Any) -> None:
    """Answer 413, and throw away for a moment what still comes: a client that is cut off reads no answer."""
    refusal = too_large()
    await send({"type": "http.response.start", "status": refusal.status, "headers": refusal.headers})
    await send({"type": "http.response.body", "body": refusal.body, "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER):
            while (await receive()).get("more_body", False):
                pass
    await send({"type": "http.response.body", "body": b""})
