"""A client of the proxy that speaks ASGI, so that a test sees every message at the moment it is sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from proxy.consumers import ProxyConsumer
from proxy.replying import WRITE
from proxy.unified.consumer import UnifiedConsumer
from tests.proxy.host import TOKEN, FakeHost

CHAT = "/api/proxy/openai/v1/chat/completions"
MESSAGES = "/api/proxy/anthropic/v1/messages"
GENERATE = "/api/proxy/google/v1beta/models/{model}:streamGenerateContent?alt=sse"

POURS = True  # as our own servers do; another's gets every part by a message
BEARER = {"authorization": f"Bearer {TOKEN}"}


@dataclass
class Reply:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)
    ended: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    def json(self) -> Any:
        return json.loads(self.body)


def chat(model: str = "m", stream: bool = True, **more: Any) -> bytes:
    """The body of a chat completion (and, near enough, of a message)."""
    return json.dumps(
        {"model": model, "stream": stream, "messages": [{"role": "user", "content": "Hi"}], **more}
    ).encode()


class Exchange:
    """One request under way. `seen` is called with each message, before the proxy goes on."""

    def __init__(self, host: FakeHost, scope: dict[str, Any], parts: list[bytes]) -> None:
        self.reply = Reply()
        self.scope = scope
        self.seen: Callable[[dict[str, Any]], None] = lambda _: None
        self.gate = asyncio.Event()  # cleared: the client does not read
        self.gate.set()
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        for number, part in enumerate(parts, 1):
            self._inbox.put_nowait({"type": "http.request", "body": part, "more_body": number < len(parts)})
        self._arrived = asyncio.Event()
        self.poured = 0  # parts that were written at once
        if POURS:
            scope["extensions"] = {WRITE: self._write}
        consumer = UnifiedConsumer if scope["path"].startswith("/api/v1/") else ProxyConsumer
        app = consumer.as_asgi(host=host)
        self.task = asyncio.create_task(app(scope, self._inbox.get, self._send))

    def leave(self) -> None:
        """The client closes the connection."""
        self._inbox.put_nowait({"type": "http.disconnect"})

    async def first(self, chunks: int = 1) -> None:
        """Wait until so many chunks of the body have come."""
        async with asyncio.timeout(5):
            while len(self.reply.chunks) < chunks and not self.task.done():
                self._arrived.clear()
                waiting = asyncio.create_task(self._arrived.wait())
                await asyncio.wait({waiting, self.task}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()

    def _write(self, part: bytes) -> bool:
        self.poured += 1
        self._take({"type": "http.response.body", "body": part, "more_body": True})
        return self.gate.is_set()

    async def _send(self, message: dict[str, Any]) -> None:
        self._take(message)
        await self.gate.wait()

    def _take(self, message: dict[str, Any]) -> None:
        self.seen(message)
        if message["type"] == "http.response.start":
            self.reply.status = message["status"]
            for name, value in message["headers"]:
                assert isinstance(name, bytes) and name == name.lower() and isinstance(value, bytes)
                assert name.decode() not in self.reply.headers, f"{name!r} came twice"
                self.reply.headers[name.decode()] = value.decode("latin-1")
        else:
            if message.get("body"):
                self.reply.chunks.append(message["body"])
            self.reply.ended = not message.get("more_body", False)
        self._arrived.set()


def begin(
    host: FakeHost,
    path: str = CHAT,
    body: bytes | list[bytes] = b"",
    headers: dict[str, str] | list[tuple[str, str]] | None = None,
    method: str = "POST",
) -> Exchange:
    """Send a request; Alice's token goes along unless other headers are given."""
    pairs = headers if isinstance(headers, list) else list((BEARER if headers is None else headers).items())
    pairs = [("host", "thinkback.example"), *pairs]
    target, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "scheme": "https",
        "path": target,
        "raw_path": target.encode("latin-1"),
        "query_string": query.encode(),
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs],
    }
    return Exchange(host, scope, body if isinstance(body, list) else [body])


async def fetch(host: FakeHost, path: str = CHAT, body: bytes | list[bytes] = b"", **more: Any) -> Reply:
    """Send a request and wait for the whole answer."""
    exchange = begin(host, path, body, **more)
    async with asyncio.timeout(10):
        await exchange.task
    assert exchange.reply.ended
    return exchange.reply


@asynccontextmanager
async def under_way(host: FakeHost, path: str = CHAT, body: bytes = b"", **more: Any) -> AsyncIterator[Exchange]:
    """A request of which the first chunk has come."""
    exchange = begin(host, path, body, **more)
    try:
        await exchange.first()
        yield exchange
    finally:
        exchange.gate.set()
        exchange.leave()
        async with asyncio.timeout(5):
            await asyncio.gather(exchange.task, return_exceptions=True)
