"""What runs beside the sessions: leftovers of a killed server are ended at the start, idle sessions suspended."""

from __future__ import annotations

import asyncio
import contextlib
from contextvars import Context
from uuid import UUID

import structlog
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import DatabaseError

from thinkback.accounts import revocation
from thinkback.agents import marks, sessions
from thinkback.agents.turns import UNDER_WAY

PERIOD = 30.0  # seconds between two looks at who is idle
log = structlog.get_logger(__name__)


class Keeper:
    """Started and stopped with the server. Without agents it does nothing."""

    def __init__(self, period: float = PERIOD) -> None:
        self.period = period
        self.loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._looking: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """End what a dead run of the server left behind, and begin to look."""
        if not settings.AGENTS.programs:
            return
        self.loop = asyncio.get_running_loop()
        revocation.listen(self.heard)
        await database_sync_to_async(clear)()
        self._task = asyncio.create_task(self._run(), name="idle agents")

    async def stop(self) -> None:
        """End every agent, and give their sessions back."""
        if self._task is None:
            return
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._task = self.loop = None
        await asyncio.gather(*(answer.end() for answer in list(UNDER_WAY.values())), return_exceptions=True)

    def heard(self, subject: str) -> None:
        """A session is to stop: an announcement, from any thread."""
        kind, _, id = subject.partition(":")
        if kind == sessions.SUBJECT and self.loop is not None:
            # not in the context of the thread that waits for this: what is asked of the database would wait for it
            self.loop.call_soon_threadsafe(self._look_at, UUID(id), context=Context())

    def _look_at(self, id: UUID) -> None:
        if id in UNDER_WAY:
            task = asyncio.create_task(self._stop(id))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    async def _stop(self, id: UUID) -> None:
        """Unless it was resumed meanwhile: announcements may come late, and twice."""
        goes_on = await database_sync_to_async(sessions.may_go_on)(id)
        answer = UNDER_WAY.get(id)
        if answer is not None and not goes_on:
            answer.stop("The session was suspended.")

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self.period)
            try:
                await database_sync_to_async(sessions.reap)()
            except DatabaseError as error:
                log.warning("idle_agents_not_looked_for", reason=type(error).__name__)


def clear() -> int:
    """End the processes that dead runs of the server left here, and suspend their sessions; how many processes."""
    living = {str(id) for id in sessions.alive()}
    ended = sum(marks.end(f"{marks.installation()}:{boot}:") for boot in marks.boots() - living)
    suspended = sessions.recover()
    if ended or suspended:
        log.warning("agents_left_over", processes=ended, sessions=suspended)
    return ended


KEEPER = Keeper()
