"""Which server runs are alive: each holds a lock file in the data folder for its life, and has a heartbeat."""

from __future__ import annotations

import fcntl
import os
import socket
import uuid
from datetime import UTC, datetime, timedelta
from io import TextIOWrapper
from pathlib import Path

from django.conf import settings

from proxy.call import new_id
from thinkback.usage.models import Boot

BEAT = 5.0  # seconds between heartbeats
STALE = timedelta(seconds=60)  # a run on another machine that was silent for longer is dead

HEARTBEAT = "UPDATE usage_boot SET heartbeat_at = %s WHERE id = %s"


def folder() -> Path:
    """Where the lock files are."""
    return Path(settings.DATA) / "boots"


class Life:
    """This process's run: its id, and the lock file that it holds until it ends, however it ends."""

    def __init__(self) -> None:
        self.id = new_id()
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder() / f"{self.id}.lock"
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def begin(self) -> None:
        """Enter this run into the table; only now, with the lock held, may others see it."""
        now = datetime.now(UTC)
        Boot.objects.create(id=self.id, started_at=now, heartbeat_at=now, host=socket.gethostname(), pid=os.getpid())

    def end(self) -> None:
        """Give the lock back."""
        self._path.unlink(missing_ok=True)
        self._file.close()


def is_alive(boot: Boot, now: datetime, stale: timedelta = STALE) -> bool:
    """Whether that run may still write its rows.

    A held lock settles it. A free one means death, but only for a run of this machine: some shared file systems
    do not carry locks across machines, so there (and where no file is) the heartbeat decides.
    """
    held = _is_held(boot.id)
    if held or (held is False and boot.host == socket.gethostname()):
        return held
    return now - boot.heartbeat_at <= stale


def forget(boot_id: uuid.UUID) -> None:
    """Remove the lock file of a dead run."""
    (folder() / f"{boot_id}.lock").unlink(missing_ok=True)


def _is_held(boot_id: uuid.UUID) -> bool | None:
    """Whether somebody holds that run's lock; None where there is no such file."""
    try:
        with (folder() / f"{boot_id}.lock").open("r+") as file:
            return not _try_lock(file)
    except FileNotFoundError:
        return None


def _try_lock(file: TextIOWrapper) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
