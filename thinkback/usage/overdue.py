"""Ends of records that could not be written yet: tried again until they are, in bounded memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import structlog

from thinkback.usage.batches import Statement, WriteFailed
from thinkback.usage.writer import PATIENCE, Writer

ROOM = 10_000
LAST_PATIENCE = 2.0  # seconds, when the server stops
PAUSE = 1.0  # seconds between rounds
TRIES = 3  # of a statement that the database refuses although it takes others

log = structlog.get_logger(__name__)


class Late(NamedTuple):
    """What `Writer.put` takes."""

    statement: Statement
    params: Sequence[Any]
    rest: Callable[[], Sequence[Any]] | None = None


class Overdue:
    """A bounded queue of statements that must still be written."""

    def __init__(self, writer: Writer, room: int = ROOM) -> None:
        self._writer = writer
        self._room = room
        self._waiting: deque[tuple[Late, int]] = deque()
        self._trying = 0  # that a round has taken out
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting) + self._trying

    def add(self, late: Late) -> None:
        """Take a row; beyond the room the oldest is lost, and said so."""
        if len(self._waiting) >= self._room:
            self._waiting.popleft()
            log.error("usage_record_lost", reason="too many records wait to be written")
        self._waiting.append((late, TRIES))

    def start(self) -> None:
        """Begin trying again in the background."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._keep_trying())

    async def stop(self) -> None:
        """One last round, and an honest word about what is lost."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self.round(LAST_PATIENCE)
        if self._waiting:
            log.error("usage_record_lost", reason="the database could not be written", records=len(self._waiting))
            self._waiting.clear()

    async def round(self, patience: float = PATIENCE) -> None:
        """Try everything once, for at most `patience` seconds."""
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        self._trying += len(batch)
        await asyncio.gather(*(self._try(late, tries, patience) for late, tries in batch))

    async def _keep_trying(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            await self.round()

    async def _try(self, late: Late, tries: int, patience: float) -> None:
        done = False
        try:
            await self._writer.put(*late, patience=patience)
            done = True
        except WriteFailed as error:
            # the surroundings are waited for, however long; a row that is itself refused only a few times
            if error.__cause__ is not None and not isinstance(error.__cause__, TimeoutError):
                tries -= 1
            if not tries:
                log.error("usage_record_lost", reason=str(error))
                done = True
        finally:  # cancelled in between: it goes back, for the last round
            self._trying -= 1
            if not done:
                self._waiting.append((late, tries))
