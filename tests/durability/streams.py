"""Many streams at once through the proxy, over plain sockets: cheap enough that the server is the busy one."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from tests.world import World


@dataclass
class Stream:
    """One stream: what it asks for, and whether its end arrived."""

    model: str
    chunks: int
    arrived: bytes = b""

    @property
    def ended(self) -> bool:
        return b"data: [DONE]" in self.arrived


async def run(world: World, stream: Stream) -> None:
    """Ask, and read until the server has no more to say or is gone."""
    body = json.dumps({"model": stream.model, "stream": True, "messages": [{"role": "user", "content": "x"}]}).encode()
    head = (
        f"POST /api/proxy/openai/v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{world.server.port}\r\n"
        f"Authorization: Bearer {world.token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.server.port)
        writer.write(head.encode() + body)
        while chunk := await reader.read(65536):
            stream.arrived += chunk
        writer.close()
    except OSError:
        pass
