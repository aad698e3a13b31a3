"""What is put in order while the server runs: the index of the search, the trash, what was left."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError

from thinkback.chat import acts, clearing
from thinkback.search.catching_up import catch_up

PAUSE = 30.0  # seconds between two rounds
SHORT = 0.5  # seconds that one round takes words for, so that it never holds the database for long

log = structlog.get_logger(__name__)


class Tidying:
    """One round now and then, until the server stops."""

    def __init__(self, pause: float = PAUSE) -> None:
        self._pause = pause
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin; the first round comes after the first pause."""
        self._task = asyncio.create_task(self._keep_tidy(), name="tidying")

    async def stop(self) -> None:
        """End, in the middle of a round if need be: the next one goes on."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _keep_tidy(self) -> None:
        while True:
            await asyncio.sleep(self._pause)
            try:
                await database_sync_to_async(catch_up)(patience=SHORT)
                await database_sync_to_async(clearing.clear)()
                for user_id in await database_sync_to_async(clearing.retire)():
                    await acts.tell_list(user_id)
            except DatabaseError as error:  # locked, full, away: the next round comes
                log.warning("tidying_failed", reason=type(error).__name__)


TIDYING = Tidying()
