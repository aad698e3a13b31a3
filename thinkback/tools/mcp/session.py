"""One session with an MCP server: opened by `initialize`, carried by POSTs, ended by DELETE."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from itertools import count

import httpx
import msgspec

from providers import ProviderError, Request, Response, exchange
from thinkback import __version__
from thinkback.tools.mcp import messages
from thinkback.tools.mcp.messages import Reader, Said, Unreadable, result_of
from thinkback.tools.offered import ToolFailed

PROTOCOL = "2025-06-18"
KNOWN = frozenset({PROTOCOL, "2024-11-05", "2025-03-26", "2025-11-25"})  # what a server may answer with instead
SILENCE = 60.0  # seconds
LARGEST = 8 * 1024 * 1024  # bytes of one answer
MOST = 10_000  # messages of one answer
PARTING = 5.0  # seconds
TOLD: set[asyncio.Task[None]] = set()  # what is told to servers while nobody waits for it


class SessionLost(ToolFailed):
    """The server knows this session no more: another one is to be opened."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server is, and the header that lets us in."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Session:
    """What is said within one session. Every method raises ToolFailed, or what the guarded network says."""

    def __init__(self, endpoint: Endpoint, transport: httpx.AsyncBaseTransport) -> None:
        self.endpoint = endpoint
        self.transport = transport
        self.server = ""  # what it calls itself
        self._url = httpx.URL(endpoint.url)
        self._headers: dict[str, str] = {}  # of this session
        self._ids = count(1)

    async def open(self) -> None:
        """Introduce each other."""
        client = {"name": "ThinkBack", "version": __version__}
        result = await self.ask("initialize", {"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": client})
        protocol = result.get("protocolVersion")
        if protocol not in KNOWN:
            raise Unreadable(f"It speaks another protocol ({messages.short(protocol)}).")
        self._headers["mcp-protocol-version"] = str(protocol)
        info = result.get("serverInfo")
        self.server = messages.short(info.get("name")) if isinstance(info, Mapping) else ""
        await self._tell(messages.notification("notifications/initialized"))

    async def ask(self, method: str, params: Mapping[str, object]) -> Said:
        """The result of a request. When this is cancelled the server is told."""
        id = next(self._ids)
        try:
            async with aclosing(self._exchange(messages.request(id, method, params))) as heard:
                async for message in heard:
                    if message.get("method") is not None:
                        if "id" in message:
                            await self._tell(messages.reply(message))
                    elif message.get("id") == id:
                        return result_of(message)
        except asyncio.CancelledError:
            if method != "initialize":
                self._tell_later(messages.notification("notifications/cancelled", {"requestId": id}))
            raise
        raise Unreadable("It ended before it answered.")

    async def close(self) -> None:
        """Say goodbye, where there is a session; servers need not listen."""
        if "mcp-session-id" in self._headers:
            with suppress(ProviderError, TimeoutError):
                async with asyncio.timeout(PARTING):
                    response = await self._send("DELETE", b"")
                    await response.stream.aclose()

    async def _exchange(self, message: Said) -> AsyncGenerator[Said]:
        """The messages that the server sends in answer to one of ours."""
        response = await self._send("POST", msgspec.json.encode(message))
        try:
            headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
            self._check(response.status)
            if session := headers.get(b"mcp-session-id"):
                self._headers["mcp-session-id"] = session
            if response.status == 202:
                return
            reader, size, number = Reader(headers.get(b"content-type", "").partition(";")[0].strip().lower()), 0, 0
            async for chunk in response.stream:
                size += len(chunk)
                for found in reader.feed(chunk):
                    number += 1
                    yield found
                if size > LARGEST or number > MOST:
                    raise Unreadable("Its answer is too large.")
            for found in reader.close():
                yield found
        finally:
            await response.stream.aclose()

    async def _tell(self, message: Said) -> None:
        async with aclosing(self._exchange(message)) as heard:
            async for _ in heard:
                pass

    def _tell_later(self, message: Said) -> None:
        async def tell() -> None:
            with suppress(ProviderError, ToolFailed, TimeoutError):
                async with asyncio.timeout(PARTING):
                    await self._tell(message)

        task = asyncio.create_task(tell())
        TOLD.add(task)
        task.add_done_callback(TOLD.discard)

    async def _send(self, method: str, content: bytes) -> Response:
        accepted = {"accept": "application/json, text/event-stream", "accept-encoding": "identity"}
        sent = {**self.endpoint.headers, **accepted, "user-agent": f"ThinkBack/{__version__}", **self._headers}
        if content:
            sent["content-type"] = "application/json"
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()]
        return await exchange(self.transport, Request(method, self._url, headers, content, read=SILENCE, idle=SILENCE))

    def _check(self, status: int) -> None:
        if status in (400, 404) and "mcp-session-id" in self._headers:  # some say the one, some the other
            raise SessionLost("It has forgotten the session.")
        if status in (401, 403):
            raise ToolFailed(f"It refused the header that lets us in (HTTP {status}).")
        if 300 <= status < 400:
            raise ToolFailed(f"It sends us elsewhere (HTTP {status}); give the address that it is at.")
        if status in (404, 405):
            raise ToolFailed(f"There is no MCP server over Streamable HTTP at this address (HTTP {status}).")
        if status >= 300 or status < 200:
            raise ToolFailed(f"It answered with an error (HTTP {status}).")
