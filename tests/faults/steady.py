"""Twenty streams of one user, in a process of their own so that nobody else's work delays their clock.

`python -m tests.faults.steady URL CHUNKS GAP` reads a token from its input and prints what it saw as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import httptools

from tests import wire
from tests.wire import Plan

STREAMS = 20
TICK = 0.01  # seconds


@dataclass
class Seen:
    """Streams that came byte-equal, and the longest pauses in seconds: between two chunks, and of this process itself.

    `last` is the longest before the chunk that ends a stream, which waits until the record is closed.
    """

    equal: int = 0
    gap: float = 0.0
    last: float = 0.0
    own: float = 0.0


class Body:
    """Takes the framing off an answer."""

    def __init__(self) -> None:
        self.body = b""
        self.parser = httptools.HttpResponseParser(self)

    def on_body(self, part: bytes) -> None:
        """Some of it."""
        self.body += part


class Streams:
    """All of them."""

    def __init__(self, url: str, token: str, plan: str) -> None:
        place = urlsplit(url)
        assert place.hostname is not None and place.port is not None
        self.host, self.port = place.hostname, place.port
        self.token = token
        self.model = f"plan:{plan}"
        self.seen = Seen()

    async def run(self) -> Seen:
        """All at once, from their requests to their ends."""
        watching = asyncio.create_task(self._watch())
        await asyncio.gather(*(self._stream() for _ in range(STREAMS)))
        watching.cancel()
        return self.seen

    async def _stream(self) -> None:
        ask = {"model": self.model, "messages": [{"role": "user", "content": "hello"}], "stream": True}
        ask["stream_options"] = {"include_usage": True}
        raw = json.dumps(ask).encode()
        head = f"POST /api/proxy/openai/v1/chat/completions HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
        head += f"Authorization: Bearer {self.token}\r\nContent-Length: {len(raw)}\r\nConnection: close\r\n\r\n"
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(head.encode() + raw)
        answer, since = Body(), 0.0
        while chunk := await reader.read(65536):
            since = self._note(since, b"[DONE]" in chunk)
            answer.parser.feed_data(chunk)
        writer.close()
        self.seen.equal += answer.body == b"".join(wire.openai_stream(Plan.parse(self.model), ask))

    def _note(self, since: float, is_last: bool) -> float:
        """Take note of the pause before a chunk; when it came."""
        now, seen = time.perf_counter(), self.seen
        pause = now - since if since else 0.0
        seen.gap = max(seen.gap, pause)
        if is_last:
            seen.last = max(seen.last, pause)
        return now

    async def _watch(self) -> None:
        """How long this process itself was held up."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK)
            self.seen.own = max(self.seen.own, time.perf_counter() - before - TICK)


if __name__ == "__main__":
    streams = Streams(sys.argv[1], sys.stdin.readline().strip(), f"chunks={sys.argv[2]},gap={sys.argv[3]}")
    sys.stdout.write(json.dumps(asdict(asyncio.run(streams.run()))))
