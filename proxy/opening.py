"""Holds the beginning of a stream back until it says something, so that an error may still be answered as one."""

from __future__ import annotations

import asyncio

from providers import Opening, Sink
from proxy.stream import Stream

LONGEST = 1.0  # seconds from the first byte on
LARGEST = 64 * 1024  # bytes


class Beginning(Stream):
    """The chunks of one stream, the first of which may be held. Close it if it is not read to its end."""

    def __init__(self, chunks: Stream) -> None:
        self.chunks = chunks
        self.held: list[bytes] = []
        self.waiting: asyncio.Task[bytes | None] | None = None  # for the next chunk, when the time was up
        self.ended = False

    async def hear(self, opening: Opening) -> None:
        """Hold chunks until `opening` is settled, or for as long as that may last. Raises what the chunks raise."""
        size = 0
        chunk = await anext(self.chunks, None)
        deadline = asyncio.get_running_loop().time() + LONGEST
        while chunk is not None:
            self.held.append(chunk)
            size += len(chunk)
            if opening.feed(chunk) or size > LARGEST:
                return
            if not await self._arrives(deadline):
                return
            chunk = self._take()
        self.ended = True

    async def __anext__(self) -> bytes:
        """Every chunk, those held first."""
        held, self.held = self.held, []
        if held:
            return b"".join(held)
        if self.waiting is None:
            return await anext(self.chunks)
        await asyncio.wait({self.waiting})
        chunk = self._take()
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    async def pour(self, sink: Sink) -> None:
        """Hand the chunks to `sink` that come behind those held."""
        if not self.held and self.waiting is None:
            await self.chunks.pour(sink)

    async def close(self) -> None:
        """Wait for nothing more."""
        if self.waiting is not None:
            self.waiting.cancel()
            await asyncio.gather(self.waiting, return_exceptions=True)

    async def _arrives(self, deadline: float) -> bool:
        """Whether the next chunk, or the end, comes in time. What is late is waited for by the same task."""
        self.waiting = asyncio.create_task(self._next())
        await asyncio.wait({self.waiting}, timeout=deadline - asyncio.get_running_loop().time())
        return self.waiting.done()

    async def _next(self) -> bytes | None:
        return await anext(self.chunks, None)

    def _take(self) -> bytes | None:
        waiting, self.waiting = self.waiting, None
        assert waiting is not None
        return waiting.result()
