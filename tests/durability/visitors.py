"""Clients of all sorts, over plain sockets: those who read to the end, read slowly, leave in the middle or at once."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter

from tests.world import World

GOOD = ("plan:chunks=40,gap=10", "plan:chunks=400,size=4000", "plan:chunks=3", "plan:first=300,chunks=5")
BAD = (
    "plan:chunks=20,gap=20,cut=5,how=reset",
    "plan:chunks=20,gap=20,cut=5,how=error",
    "plan:chunks=20,gap=5,cut=9,how=half",
    "plan:status=429",
    "plan:status=503",
    "plan:status=400",
)
BADLY = 0.15  # of the visits: more would keep the breaker open, and nothing else would be seen
LONGEST = 60.0  # seconds that one visit may take


class Visitors:
    """So many at a time, each again and again until told to stop. `seen` counts what became of their visits."""

    def __init__(self, world: World, slugs: tuple[str, ...], chance: random.Random) -> None:
        self.world = world
        self.slugs = slugs
        self.chance = chance
        self.seen: Counter[str] = Counter()
        self.going = True

    async def come(self, number: int) -> None:
        """`number` visitors; returns when the last one has left."""
        await asyncio.gather(*(self._again() for _ in range(number)))

    async def _again(self) -> None:
        while self.going:
            manner = self.chance.choice((self._read, self._read, self._read_slowly, self._leave, self._leave_at_once))
            try:
                async with asyncio.timeout(LONGEST):
                    self.seen[manner.__name__.strip("_")] += 1
                    await self._visit(manner)
            except TimeoutError:
                self.seen["hung"] += 1
            except OSError:
                self.seen["broken off"] += 1
            await asyncio.sleep(self.chance.uniform(0, 0.2))

    async def _visit(self, manner: object) -> None:
        plans = BAD if self.chance.random() < BADLY else GOOD
        body = {"model": self.chance.choice(plans), "stream": self.chance.random() < 0.8}
        raw = json.dumps(
            {**body, "messages": [{"role": "user", "content": "x" * self.chance.randrange(4000)}]}
        ).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.world.server.port, limit=16 * 1024)
        writer.write(
            f"POST /api/proxy/{self.chance.choice(self.slugs)}/v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {self.world.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(raw)}\r\nConnection: close\r\n\r\n".encode()
            + raw
        )
        try:
            await manner(reader)  # type: ignore[operator]
        finally:
            writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while await reader.read(65536):
            pass

    async def _read_slowly(self, reader: asyncio.StreamReader) -> None:
        for _ in range(50):
            if not await reader.read(2048):
                return
            await asyncio.sleep(0.05)

    async def _leave(self, reader: asyncio.StreamReader) -> None:
        await reader.read(self.chance.randrange(1, 2000))

    async def _leave_at_once(self, reader: asyncio.StreamReader) -> None:
        await asyncio.sleep(self.chance.uniform(0, 0.02))
