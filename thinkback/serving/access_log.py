"""One line per request, without query strings: they may hold a key."""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from typing import Any

from thinkback.logs import ACCESS, Lines, redacted

log = logging.getLogger(ACCESS)
QUIET = ("/healthz", "/readyz", "/metrics", "/static/")  # many and dull
LEFT = 499  # a client that left before the end


def tell(scope: dict[str, Any], status: int, begun: float) -> None:
    """Log one request that began at `begun` (of `time.perf_counter`)."""
    path = scope["path"]
    if path.startswith(QUIET) or not log.isEnabledFor(logging.INFO):
        return
    text = f"{scope['method']} {shown(path)} {status} {(time.perf_counter() - begun) * 1000:.0f} ms"
    match log.root.handlers:
        case [Lines() as lines]:
            lines.gather(text)
        case _:  # somebody else listens as well, and wants a record
            log.handle(log.makeRecord(log.name, logging.INFO, "", 0, text, (), None))


@lru_cache(1024)
def shown(path: str) -> str:
    """A path as the log has it: no line breaks of a stranger's, and no keys."""
    return redacted(path.encode("unicode_escape").decode("ascii"))


class AccessLog:
    """ASGI middleware for servers that are not ours; our own tells by itself."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Pass a request on and log how it went."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        begun, status, ended = time.perf_counter(), LEFT, False

        async def noticing(message: Any) -> None:
            nonlocal status, ended
            status = message.get("status", status)
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            await self.application(scope, receive, noticing)
        except Exception:
            status, ended = 500, True
            raise
        finally:
            tell(scope, status if ended else LEFT, begun)
