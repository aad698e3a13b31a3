"""An MCP server in the test's hands: Streamable HTTP as the specification of 2025-06-18 words it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

Answer = tuple[int, dict[str, str], bytes]
TOOLS = [
    {"name": "find", "title": "Find", "description": "Finds it.", "inputSchema": {"type": "object", "properties": {}}},
    {"name": "get weather", "description": "The weather.", "inputSchema": {"type": "object"}},
]


class McpServer:
    """Answers `initialize`, pages of `tools/list`, and `tools/call` by `act`; remembers what it was sent."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.sessions: set[str] = set()
        self.pages: list[list[Any]] = [TOOLS[:1], TOOLS[1:]]
        self.protocol = "2025-06-18"
        self.act: Callable[[dict[str, Any]], Any] = lambda params: {"content": [{"type": "text", "text": "found"}]}
        self.wrap: Callable[[dict[str, Any]], Answer] = as_json
        self.instead: Answer | None = None  # whatever is asked
        self.hold = asyncio.Event()
        self.hold.set()
        self.port = 0

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}/mcp"

    def said(self, method: str) -> list[dict[str, Any]]:
        return [body for _, _, body in self.heard if body.get("method") == method]

    async def start(self) -> None:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.server.close()
        await self.server.wait_closed()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            message = json.loads(body) if body else {}
            self.heard.append((head[0].split()[0], headers, message))
            status, more, content = await self.answer(head[0].split()[0], headers, message)
            lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in more.items()]
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
            for place in range(0, len(content), max(1, len(content) // 40)):  # in many pieces
                writer.write(content[place : place + max(1, len(content) // 40)])
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def answer(self, verb: str, headers: dict[str, str], message: dict[str, Any]) -> Answer:
        if self.instead is not None:
            return self.instead
        method, session = message.get("method"), headers.get("mcp-session-id")
        if method == "initialize":
            self.sessions.add(f"s{len(self.heard)}")
            info = {"protocolVersion": self.protocol, "capabilities": {}, "serverInfo": {"name": "Fake"}}
            status, more, content = self.wrap({"id": message["id"], "result": info})
            return status, more | {"Mcp-Session-Id": f"s{len(self.heard)}"}, content
        if session not in self.sessions:
            return 404, {}, b""
        if verb == "DELETE":
            self.sessions.discard(session)
            return 200, {}, b""
        if "id" not in message or method is None:
            return 202, {}, b""
        await self.hold.wait()
        return self.wrap({"id": message["id"], **self.result(method, message["params"])})

    def result(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == "tools/list":
            page = int(params.get("cursor", 0))
            more = {"nextCursor": str(page + 1)} if page + 1 < len(self.pages) else {}
            return {"result": {"tools": self.pages[page], **more}}
        if method == "tools/call":
            acted = self.act(params)
            return acted if "error" in acted else {"result": acted}
        return {"error": {"code": -32601, "message": f"no {method}"}}


def as_json(message: dict[str, Any]) -> Answer:
    """One JSON text."""
    return 200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps({"jsonrpc": "2.0", **message}).encode()


def as_events(message: dict[str, Any]) -> Answer:
    """A stream of events, with a notification and a question of the server's before the answer."""
    before = [
        {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progress": 1, "progressToken": 1}},
        {"jsonrpc": "2.0", "id": "mine", "method": "ping"},
        {"jsonrpc": "2.0", "id": 99, "method": "sampling/createMessage", "params": {}},
    ]
    events = "".join(f"event: message\r\nid: {n}\r\ndata: {json.dumps(m)}\r\n\r\n" for n, m in enumerate(before))
    last = json.dumps({"jsonrpc": "2.0", **message}, indent=1).splitlines()
    data = "".join(f"data: {line}\n" for line in last)
    return 200, {"content-type": "text/event-stream"}, f": hello\n\nid: 0\ndata:\n\n{events}{data}\n".encode()
