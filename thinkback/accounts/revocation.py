"""How every process hears that something it remembers is no longer so: a small table, polled each second."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from channels.db import database_sync_to_async
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from thinkback.accounts.models import Revocation
from thinkback.accounts.uses import USES

PERIOD = 1.0  # seconds between two looks
WRITE_EVERY = 10  # looks: how late the page may be that tells when a token was used
PRUNE_EVERY = 600  # looks
KEEP = timedelta(hours=1)  # far longer than anything is remembered
OVERLAP = 100  # ids read again: on PostgreSQL a lower id may be committed after a higher one

T = TypeVar("T")
log = logging.getLogger(__name__)
_listeners: list[Callable[[str], None]] = []


def listen(callback: Callable[[str], None]) -> None:
    """Have a function called with each subject that is to be forgotten. It is called from any thread."""
    if callback not in _listeners:
        _listeners.append(callback)


def announce(subject: str) -> None:
    """Make all processes forget a subject (`user:<id>`, `token:<id>`, `connection:<user id>`): this one at once."""
    Revocation.objects.create(subject=subject)
    tell(subject)
    if connection.in_atomic_block:  # what is read before the commit is still the old state
        transaction.on_commit(lambda: tell(subject))


def tell(subject: str) -> None:
    """Call the listeners of this process."""
    for callback in tuple(_listeners):
        try:
            callback(subject)
        except Exception:  # one part's failure must not keep the others from forgetting
            log.exception("a listener failed to forget %s", subject)


class Poller:
    """Reads the announcements of other processes, and of commands beside the server."""

    def __init__(self, period: float = PERIOD) -> None:
        self.period = period
        self._last = 0
        self._seen: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin after the newest announcement: nothing older can be remembered yet."""
        await self._look()
        self._task = asyncio.create_task(self._run(), name="revocations")

    async def stop(self) -> None:
        """Stop looking; write down what is still noted."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
            await self._query(USES.write)

    async def _run(self) -> None:
        looks = 0
        while True:
            await asyncio.sleep(self.period)
            looks += 1
            for subject in await self._look():
                tell(subject)
            if looks % WRITE_EVERY == 0:
                await self._query(USES.write)
            if looks % PRUNE_EVERY == 0:
                await self._query(forget_old)

    async def _look(self) -> list[str]:
        return await self._query(self.read) or []

    async def _query(self, query: Callable[[], T]) -> T | None:
        try:
            result: T = await database_sync_to_async(query)()
        except (DatabaseError, InterfaceError) as error:
            log.warning("revocations are out of reach, trying again: %s", error)
            return None
        return result

    def read(self) -> list[str]:
        """What was announced since the last time, each subject once."""
        rows = Revocation.objects.filter(id__gt=self._last - OVERLAP).order_by("id").values_list("id", "subject")
        found = dict(rows)
        fresh = [subject for id, subject in found.items() if id not in self._seen]
        self._seen = set(found)
        self._last = max(found, default=self._last)
        return list(dict.fromkeys(fresh))


def forget_old() -> int:
    """Delete what every process has read long ago; tells how many rows."""
    return Revocation.objects.filter(created_at__lt=timezone.now() - KEEP).delete()[0]


POLLER = Poller()
