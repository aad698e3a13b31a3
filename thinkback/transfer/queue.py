"""The imports that wait for their turn: one at a time in this process, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import structlog
from channels.db import database_sync_to_async
from django.db import connections
from django.db.models import Q
from django.utils import timezone

from thinkback.transfer import importing
from thinkback.transfer.models import Import
from thinkback.usage import boots
from thinkback.usage.ledger import LEDGER
from thinkback.usage.models import Boot

ABANDONED = timedelta(days=1)  # after which nobody goes on sending a file
log = structlog.get_logger(__name__)


class Imports:
    """Runs them. What a dead server run had begun goes on at the next start."""

    def __init__(self) -> None:
        self._leaving = threading.Event()
        self._threads: ThreadPoolExecutor | None = None

    async def start(self) -> None:
        """Take up what waits."""
        self._leaving.clear()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="import")
        for id in await database_sync_to_async(_waiting)():
            self.submit(id)

    async def stop(self) -> None:
        """Let the conversation that is being written be finished; the rest comes at the next start."""
        self._leaving.set()
        threads, self._threads = self._threads, None
        if threads is not None:
            await asyncio.to_thread(threads.shutdown, wait=True, cancel_futures=True)

    def submit(self, id: UUID) -> None:
        """Put an import into the line. Without a server it waits for the next one."""
        if self._threads is not None:
            self._threads.submit(self._run, id)

    def _run(self, id: UUID) -> None:
        try:
            if not self._leaving.is_set() and _claim(id):
                importing.run(id, is_leaving=self._leaving.is_set)
        except Exception:  # nobody looks at a thread's failure; the import stays `running` and is taken up again
            log.exception("import_broke_off")
        finally:
            connections.close_all()


def _claim(id: UUID) -> bool:
    """Whether it is this process that runs it."""
    waiting = Import.objects.filter(id=id, state=Import.State.WAITING)
    return bool(waiting.update(state=Import.State.RUNNING, boot_id=LEDGER.boot_id))


def _waiting() -> list[UUID]:
    """Those that nobody runs; what nobody goes on sending is given up."""
    now = timezone.now()
    alive = [boot.id for boot in Boot.objects.filter(ended_at=None) if boots.is_alive(boot, now)]
    orphans = Import.objects.filter(Q(boot_id=None) | ~Q(boot_id__in=alive), state=Import.State.RUNNING)
    orphans.update(state=Import.State.WAITING)
    left = Import.objects.filter(state=Import.State.RECEIVING, created_at__lt=now - ABANDONED)
    for id in list(left.values_list("id", flat=True)):
        importing.forget_file(id)
    left.update(state=Import.State.CANCELLED, problem="The file never came whole.", finished_at=now)
    return list(Import.objects.filter(state=Import.State.WAITING).order_by("created_at").values_list("id", flat=True))


IMPORTS = Imports()
