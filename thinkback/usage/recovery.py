"""After a crash: rows that a dead server run left open become `interrupted`. Rows of the living are never touched."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import structlog
from django.db import DatabaseError

from thinkback.usage import boots
from thinkback.usage.models import Attempt, Boot

log = structlog.get_logger(__name__)


def recover() -> int:
    """Mark what dead runs left open; how many rows. When it ended and how long it took stays unknown.

    Safe beside running servers, at any time and from any process.
    """
    now = datetime.now(UTC)
    running = list(Boot.objects.filter(ended_at=None))
    dead = [boot for boot in running if not boots.is_alive(boot, now)]
    alive = {boot.id for boot in running} - {boot.id for boot in dead}
    # not "rows of the dead": rows without any known run (a restored backup) have nobody to close them either
    writers = Attempt.objects.filter(status="started").values_list("boot_id", flat=True).distinct()
    rows = sum(interrupt(writer) for writer in set(writers) - alive if not _began_meanwhile(writer))
    for boot in dead:
        Boot.objects.filter(id=boot.id).update(ended_at=now)
        boots.forget(boot.id)
    if rows:
        log.warning("usage_interrupted_rows_found", rows=rows, runs=len(dead))
    return rows


def interrupt(boot_id: UUID) -> int:
    """Mark every open row of a run that will close none of them any more; how many."""
    return Attempt.objects.filter(boot_id=boot_id, status="started").update(status="interrupted")


def leave(life: boots.Life) -> None:
    """End this process's own run: nobody will close what is still open. The lock is given back in any case."""
    try:
        interrupt(life.id)
        Boot.objects.filter(id=life.id).update(ended_at=datetime.now(UTC))
    except DatabaseError as error:  # the next start will find the lock free, and do it
        log.warning("usage_run_not_ended", reason=type(error).__name__)
    finally:
        life.end()


def _began_meanwhile(boot_id: UUID) -> bool:
    """A run that entered itself after we had looked at who is running."""
    boot = Boot.objects.filter(id=boot_id, ended_at=None).first()
    return boot is not None and boots.is_alive(boot, datetime.now(UTC))
