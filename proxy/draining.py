"""Reads a stream on whose reader has left, so that the usage in its last event is booked. Off unless a connection says
for how long. Meanwhile the stream still counts as open for the limits; a shutdown ends it at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID

from providers import ProviderError
from proxy.held import Held
from proxy.metering import Meter
from proxy.stream import Stream

MOST = 8 * 1024 * 1024  # bytes of one answer that are read for nobody


class Resumable(Stream):
    """Chunks that can be read on after a reader was cancelled in the middle of waiting for one."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self.chunks = chunks
        self.reading: asyncio.Task[bytes | None] | None = None

    async def __anext__(self) -> bytes:
        if self.reading is None:
            self.reading = asyncio.get_running_loop().create_task(self._read())
        chunk = await asyncio.shield(self.reading)
        self.reading = None
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    async def close(self) -> None:
        """Wait for nothing more."""
        if self.reading is not None:
            self.reading.cancel()
            await asyncio.gather(self.reading, return_exceptions=True)

    async def _read(self) -> bytes | None:
        return await anext(self.chunks, None)


async def read_on(chunks: AsyncIterator[bytes], meter: Meter, seconds: float) -> None:
    """Show the rest to the meter alone, for so long and so much."""
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in chunks:
                meter.feed(chunk)
                size += len(chunk)
                if size > MOST:
                    return
    except (TimeoutError, ProviderError):
        return  # what was seen until then is booked


class Drained(Protocol):
    """One attempt whose reader has left."""

    @property
    def operation_id(self) -> UUID:
        """What it belongs to."""

    async def read_on(self) -> None:
        """Read the rest of the answer for the meter alone."""

    async def leave(self) -> None:
        """Give the upstream back."""


class Draining:
    """The streams of this process that are read on."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self._operations: dict[UUID, asyncio.Task[None]] = {}

    def begin(self, attempt: Drained, held: Held) -> None:
        """Read on beside everything else; what is `held` for the call is given back afterwards."""
        task = asyncio.get_running_loop().create_task(self._run(attempt, held))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        self._operations[attempt.operation_id] = task
        task.add_done_callback(lambda _: self._operations.pop(attempt.operation_id, None))

    def of(self, operation_id: UUID) -> asyncio.Task[None] | None:
        """The task that reads this operation on, while it does."""
        return self._operations.get(operation_id)

    async def stop(self) -> None:
        """End them all now: each is booked with what was seen."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _run(self, attempt: Drained, held: Held) -> None:
        try:
            await attempt.read_on()
        finally:
            try:
                await attempt.leave()
            finally:
                await held.give_back()


DRAINING = Draining()
