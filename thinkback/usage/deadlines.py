"""When writes are given up."""

from __future__ import annotations

import asyncio

from thinkback.usage.batches import Write, WriteFailed

STEP = 0.1  # seconds between two looks, so much may a write be given up late


class Deadlines:
    """Those of all writes of one event loop, with one timer for all: one for each costs as much as the write."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._waiting: list[Write] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, write: Write, patience: float) -> None:
        """Give this one up unless it is done within so many seconds: its result then raises WriteFailed."""
        write.due = self.loop.time() + patience
        self._waiting.append(write)
        if self._timer is None:
            self._timer = self.loop.call_later(STEP, self._look)

    def _look(self) -> None:
        now = self.loop.time()
        self._waiting = [write for write in self._waiting if not write.done.done()]
        for write in self._waiting:
            if write.due <= now:
                write.done.set_exception(WriteFailed("the database could not be written in time"))
        self._timer = self.loop.call_later(STEP, self._look) if self._waiting else None
