"""Now and then: what was never sent goes after a day, and files that could not be deleted are tried again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils import timezone

from thinkback.attachments import files
from thinkback.attachments.models import Attachment
from thinkback.chat.models import Draft, Queued

KEPT = timedelta(days=1)  # what no message has and no draft names
PAUSE = 600.0  # seconds between two rounds
AT_ONCE = 200
log = structlog.get_logger(__name__)


def round_once() -> int:
    """Forget what was not sent and delete what is due; how many files went."""
    named = {id for kind in (Draft, Queued) for ids in kind.objects.values_list("attachments", flat=True) for id in ids}
    old = Attachment.objects.filter(enclosures=None, created_at__lt=timezone.now() - KEPT).exclude(id__in=named)
    for id in list(old.values_list("id", flat=True)[:AT_ONCE]):
        Attachment.objects.filter(id=id, enclosures=None).delete()  # one by one: no lock is held for long
    return files.sweep()


class Sweeper:
    """Runs beside the server."""

    def __init__(self, pause: float = PAUSE) -> None:
        self.pause = pause
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin; the first round comes at once."""
        self._task = asyncio.create_task(self._run(), name="attachments sweeper")

    async def stop(self) -> None:
        """End, even in the middle: what is left is due the next time."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await database_sync_to_async(round_once, thread_sensitive=False)()
            except DatabaseError as error:
                log.warning("attachments_not_swept", reason=type(error).__name__)
            await asyncio.sleep(self.pause)


SWEEPER = Sweeper()
