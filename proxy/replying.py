"""One HTTP answer on its way out, through ASGI's `send`: awaiting it slows a fast upstream for a slow reader."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from providers import ProviderError, Shape
from proxy import shapes
from proxy.errors import Refused, refusal_for
from proxy.plan import Answer
from proxy.stream import Stream

Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# An answer is for programs. Opened as a page, a provider's HTML would otherwise run as if it were the site's own.
INERT: Headers = [
    (b"content-security-policy", b"sandbox; default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
]
WRITE = "thinkback.write"  # another: sends a part of a body at once, and tells whether the client keeps up
ABORT = "thinkback.abort"  # an ASGI extension of our servers: breaks the connection off, without a clean end


class Reply:
    """The answer to one request. `shared` are the headers that let another origin's page read it."""

    def __init__(self, scope: Mapping[str, Any], send: Send) -> None:
        self.scope = scope
        self.send = send
        self.began = time.perf_counter()
        self.shared: Headers = [(b"vary", b"Origin")]
        self.started = False

    async def pass_on(self, answer: Answer) -> None:
        """Send what came back, at the pace at which it is read. Where no byte of it comes, a status tells why."""
        own = self.own(answer)
        body, sink, send = answer.body, self.scope.get("extensions", {}).get(WRITE), self.send
        chunk = await anext(body, None)
        await self.start(answer.status, answer.headers, own)
        while chunk is not None:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            if sink is not None and isinstance(body, Stream):
                await body.pour(sink)
            chunk = await anext(body, None)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def start(self, status: int, headers: Headers, own: float | None = None) -> None:
        """Send the status and the headers; `own` are the milliseconds that ThinkBack took, if not all until now."""
        own = self._elapsed() if own is None else own
        timing = (b"server-timing", b"thinkback;dur=%.1f" % max(own, 0.0))
        self.started = True
        headers = [*headers, *self.shared, *INERT, timing]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})

    def own(self, answer: Answer) -> float:
        """The milliseconds until now that were ThinkBack's, not the provider's."""
        return self._elapsed() - answer.upstream_ms

    def _elapsed(self) -> float:
        return (time.perf_counter() - self.began) * 1000

    async def refuse(self, refused: Refused, shape: Shape) -> None:
        """Send our own refusal, in the shape of one SDK's errors."""
        await self.tell(refused, shapes.body(shape, refused.status, refused.message))

    async def tell(self, refused: Refused, body: bytes) -> None:
        """Send our own refusal in these words, which are JSON."""
        headers = [*refused.headers, (b"x-thinkback-error", refused.type.encode())]
        if refused.retry_after is not None:
            headers.append((b"retry-after", b"%d" % math.ceil(refused.retry_after)))
        await self.document(refused.status, body, headers)

    async def document(self, status: int, body: bytes, headers: Headers, own: float | None = None) -> None:
        """Send JSON that is there as a whole; `own` as for `start`."""
        described = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"private, no-store"),
        ]
        await self.start(status, [*headers, *described], own)
        await self.send({"type": "http.response.body", "body": body, "more_body": False})

    async def fail(self, failure: Exception, shape: Shape) -> None:
        """Tell that there is no answer; or break off one that has begun and cannot be ended honestly."""
        if self.started:
            self.break_off(failure)
        elif isinstance(failure, ProviderError):
            await self.refuse(refusal_for(failure), shape)
        else:
            await self.refuse(Refused("server_error", "ThinkBack failed. Its log says why.", 500), shape)

    def break_off(self, failure: Exception) -> None:
        """Close the connection without the end of the body, so that nobody takes the answer for a whole one.

        A server that does not offer the extension does so when its application fails.
        """
        abort = self.scope.get("extensions", {}).get(ABORT)
        if abort is None:
            raise ConnectionAbortedError("the answer broke off") from failure
        abort()
