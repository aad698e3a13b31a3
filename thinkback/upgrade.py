"""Bringing the database up to date at the start, with a copy of the file taken first."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from thinkback.secret_files import private_folder

KEEP = 5  # copies


def pending() -> bool:
    """Whether a migration has not been applied."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def upgrade() -> Path | None:
    """Apply what is pending; where the copy went, if one was taken. Two processes take turns."""
    with _turn():
        if not pending():
            return None
        copy = snapshot()
        call_command("migrate", interactive=False, verbosity=0)
        return copy


def begin() -> None:
    """Make the tables of a database that has none: the first command need not be the one that serves."""
    if not connection.introspection.table_names():
        upgrade()


@contextmanager
def _turn() -> Iterator[None]:
    with open(settings.DATA / "upgrade.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def snapshot() -> Path | None:
    """Copy the SQLite file as it is at this moment; None where there is nothing to copy."""
    source = Path(settings.DATABASES["default"]["NAME"])
    if connection.vendor != "sqlite" or not connection.introspection.table_names():
        return None
    folder = private_folder(settings.DATA / "backups")
    target = folder / f"before-upgrade-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.sqlite3"
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
    target.chmod(0o600)
    for path in sorted(folder.glob("before-upgrade-*.sqlite3"))[:-KEEP]:
        path.unlink()
    return target
