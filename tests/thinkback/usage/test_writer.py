"""Many writers, few commits; one bad row harms nobody; a locked database is waited for."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from proxy.call import new_id
from thinkback.usage.batches import WriteFailed
from thinkback.usage.models import Boot
from thinkback.usage.writer import Writer

INSERT = "INSERT INTO usage_boot (id, started_at, heartbeat_at, host, pid) VALUES (%s, %s, %s, %s, %s)"
pytestmark = pytest.mark.django_db(transaction=True)
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="locks the whole database")


def a_row(host: str = "here", pid: Any = 1) -> list[Any]:
    return [new_id(), datetime.now(UTC), datetime.now(UTC), host, pid]


@contextmanager
def locked() -> Iterator[None]:
    """Another process that holds SQLite's one write lock."""
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@sync_to_async
def hosts() -> list[str]:
    return sorted(Boot.objects.values_list("host", flat=True))


async def test_a_write_is_committed_when_it_returns(writer: Writer) -> None:
    await writer.write(INSERT, a_row())
    assert await hosts() == ["here"]


async def test_writes_that_wait_together_are_committed_together(writer: Writer) -> None:
    await asyncio.gather(*(writer.write(INSERT, a_row()) for _ in range(64)))
    assert len(await hosts()) == 64
    assert writer.commits <= 8


async def test_a_bad_row_does_not_fail_its_neighbours(writer: Writer) -> None:
    bad = [a_row(host=None), a_row(pid=10**30), ["too", "few"]]  # type: ignore[arg-type]
    good = [a_row(f"good{n}") for n in range(5)]
    writes = [writer.write(INSERT, row) for pair in zip(good, bad, strict=False) for row in pair]
    writes += [writer.write("nonsense", []), *(writer.write(INSERT, row) for row in good[3:])]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert await hosts() == [f"good{n}" for n in range(5)]
    assert sum(isinstance(outcome, WriteFailed) for outcome in outcomes) == 4


@on_sqlite
async def test_a_locked_database_is_waited_for(writer: Writer) -> None:
    with locked():
        write = asyncio.create_task(writer.write(INSERT, a_row()))
        await asyncio.sleep(0.2)
        assert not write.done()
    await write
    assert await hosts() == ["here"]


@on_sqlite
async def test_a_write_given_up_is_not_written_later(writer: Writer) -> None:
    with locked():
        began = time.monotonic()
        with pytest.raises(WriteFailed):
            await writer.write(INSERT, a_row("late"), patience=0.3)
        assert time.monotonic() - began < 5
        await asyncio.sleep(0.2)  # the writer is past the try that it was in
    await writer.write(INSERT, a_row("next"))
    assert await hosts() == ["next"]


@on_sqlite
async def test_a_full_disk_fails_honestly_and_heals(writer: Writer) -> None:
    pages = await sync_to_async(_pragma)("page_count")
    await writer.write(f"PRAGMA max_page_count = {pages + 16}", [])  # SQLite's own stand-in for a full disk
    names = [f"{n:04000}" for n in range(2000)]  # about a page each
    for name in names[:4]:
        await writer.write(INSERT, a_row(name))
    outcomes = await asyncio.gather(
        *(writer.write(INSERT, a_row(name), patience=0.5) for name in names[4:]), return_exceptions=True
    )
    assert any(isinstance(outcome, WriteFailed) for outcome in outcomes)
    promised = {name for name, outcome in zip(names, [None] * 4 + outcomes, strict=True) if outcome is None}
    assert promised <= set(await hosts())  # who was given up while his commit was under way may be there, too
    await writer.write("PRAGMA max_page_count = 1000000", [])
    await writer.write(INSERT, a_row("after"))
    assert "after" in await hosts()


def _pragma(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return int(cursor.fetchone()[0])


async def test_stopping_writes_what_is_waiting(writer: Writer) -> None:
    writes = [asyncio.create_task(writer.write(INSERT, a_row())) for _ in range(20)]
    await asyncio.sleep(0)
    await writer.stop()
    await asyncio.gather(*writes)
    assert len(await hosts()) == 20
    with pytest.raises(WriteFailed):
        await writer.write(INSERT, a_row())


async def test_the_queue_is_bounded(transactional_db: None) -> None:
    writer = Writer(room=0)
    writer.start()
    with pytest.raises(WriteFailed, match="too many"):
        await writer.write(INSERT, a_row())
    await writer.stop()
