"""Opening commits before it returns, closing prices and commits; a ledger that cannot be written says so in time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from proxy.host import LedgerUnavailable
from proxy.record import Record
from tests.thinkback.usage.conftest import a_record
from tests.thinkback.usage.test_writer import locked, on_sqlite
from thinkback.accounts.models import User
from thinkback.usage import prices
from thinkback.usage.ledger import Ledger
from thinkback.usage.models import Attempt

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def row(record: Record) -> dict[str, Any]:
    """The row as another connection sees it; {} where there is none."""
    return Attempt.objects.filter(id=record.id).values().first() or {}


def ended(record: Record, **values: Any) -> Record:
    """The record as the proxy leaves it after an answer."""
    usual = {"status": "ok", "finished_at": datetime.now(UTC), "input_tokens": 1000, "output_tokens": 100}
    for name, value in (usual | values).items():
        setattr(record, name, value)
    return record


async def eventually(record: Record, **expected: Any) -> None:
    async with asyncio.timeout(10):
        while not (await row(record)).items() >= expected.items():
            await asyncio.sleep(0.02)


async def test_an_opened_record_is_committed_as_started(ledger: Ledger, alice: User) -> None:
    record = a_record(alice)
    await ledger.open(record)
    found = await row(record)
    assert found["status"] == "started"
    assert found["cost_pico"] is None
    assert found["input_tokens"] is None


async def test_a_closed_record_has_its_tokens_and_its_price(ledger: Ledger, alice: User) -> None:
    record = a_record(alice)
    await ledger.open(record)
    await ledger.close(ended(record, raw_usage={"prompt_tokens": 1000}))
    found = await row(record)
    assert (found["status"], found["input_tokens"], found["output_tokens"]) == ("ok", 1000, 100)
    assert found["cost_pico"] == 3_500_000_000  # 1000 in at $2.50, 100 out at $10 a million
    assert found["raw_usage"] == {"prompt_tokens": 1000}
    assert record.cost_usd == Decimal("0.0035")
    assert record.cost_source == "table"
    assert record.price_version is not None


async def test_sixty_four_at_once_share_their_commits(ledger: Ledger, alice: User) -> None:
    records = [a_record(alice) for _ in range(64)]

    async def one(record: Record) -> None:
        await ledger.open(record)
        assert (await row(record))["status"] == "started"

    before = ledger._writer.commits
    await asyncio.gather(*(ledger.open(record) for record in records))
    assert ledger._writer.commits - before <= 8
    await asyncio.gather(*(one(a_record(alice)) for _ in range(8)))


async def test_closing_twice_is_harmless_and_what_ended_later_counts(ledger: Ledger, alice: User) -> None:
    record = a_record(alice)
    await ledger.open(record)
    await ledger.close(ended(record))
    first = record.finished_at
    assert first is not None
    await ledger.close(ended(record, finished_at=first + timedelta(seconds=1), output_tokens=101))
    await ledger.close(ended(record, finished_at=first, output_tokens=999))
    found = await row(record)
    assert (found["status"], found["output_tokens"]) == ("ok", 101)
    assert await Attempt.objects.acount() == 1


async def test_a_refusal_needs_no_opening(ledger: Ledger, alice: User) -> None:
    record = a_record(alice, attempt=0, status="refused", error_type="rate_limit", http_status=429)
    await ledger.close(record)
    assert (await row(record))["status"] == "refused"


async def test_ends_without_a_beginning_are_written_whole_beside_others(ledger: Ledger, alice: User) -> None:
    opened, lost = ([a_record(alice) for _ in range(3)] for _ in range(2))
    await asyncio.gather(*map(ledger.open, opened))
    await asyncio.gather(*(ledger.close(ended(each)) for pair in zip(opened, lost, strict=True) for each in pair))
    for record in opened + lost:
        found = await row(record)
        assert (found["status"], found["operation_id"], found["user_id"]) == ("ok", record.operation_id, alice.pk)
        assert (found["input_tokens"], found["cost_pico"], found["model"]) == (1000, 3_500_000_000, "gpt-4o")


async def test_times_are_stored_to_the_microsecond_in_utc(ledger: Ledger, alice: User) -> None:
    moment = datetime(2026, 3, 29, 4, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    record = a_record(alice, started_at=moment)
    await ledger.open(record)
    await ledger.close(ended(record, finished_at=moment + timedelta(seconds=1)))
    found = await row(record)
    assert (found["started_at"], found["finished_at"]) == (moment, moment + timedelta(seconds=1))
    assert found["quarter"] == int(moment.timestamp()) // 900


async def test_a_close_goes_on_when_its_caller_is_cancelled(ledger: Ledger, alice: User) -> None:
    record = a_record(alice)
    await ledger.open(record)
    caller = asyncio.create_task(ledger.close(ended(record, status="cancelled")))
    await asyncio.sleep(0)
    caller.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await caller
    await eventually(record, status="cancelled", output_tokens=100)


@pytest.mark.parametrize("turns", [0, 1, 2, 5, 20])
async def test_an_open_that_is_cancelled_leaves_no_open_row(ledger: Ledger, alice: User, turns: int) -> None:
    record = a_record(alice)
    caller = asyncio.create_task(ledger.open(record))
    for _ in range(turns):
        await asyncio.sleep(0)
    opened = not caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    await ledger._overdue.round()
    assert (await row(record)).get("status") in (("started",) if opened else ("refused", None))


@on_sqlite
async def test_a_ledger_that_cannot_be_written_refuses_in_time(ledger: Ledger, alice: User) -> None:
    record = a_record(alice)
    with locked():
        began = time.monotonic()
        with pytest.raises(LedgerUnavailable):
            await ledger.open(record)
        assert time.monotonic() - began < 10
        await asyncio.sleep(0.2)  # the writer is past the try that it was in
    await ledger._overdue.round()
    assert await row(record) == {}
    await ledger.open(a_record(alice))


@on_sqlite
async def test_an_end_that_cannot_be_written_is_written_later(ledger: Ledger, alice: User) -> None:
    record = a_record(alice)
    await ledger.open(record)
    with locked():
        await ledger.close(ended(record))  # the client is not kept waiting
        assert not ledger.ready()
    await eventually(record, status="ok", input_tokens=1000)


async def test_stopping_leaves_nothing_open(ledger: Ledger, alice: User) -> None:
    left, closing = a_record(alice), a_record(alice)
    await ledger.open(left)
    await ledger.open(closing)
    work = asyncio.create_task(ledger.close(ended(closing)))
    await asyncio.sleep(0)
    await ledger.stop()
    await work
    assert (await row(closing))["status"] == "ok"
    found = await row(left)
    assert (found["status"], found["finished_at"]) == ("interrupted", None)
    with pytest.raises(LedgerUnavailable):
        await ledger.open(a_record(alice))


async def test_hostile_text_and_numbers_do_not_stop_the_books(ledger: Ledger, alice: User) -> None:
    record = a_record(alice, model="a\0b\ud800" + "x" * 500, origin="https://" + "o" * 999)
    await ledger.open(record)
    raw = {"a\0": ["\ud800", float("nan"), {"b": 10**30}], "deep": [[[[[[[[[[1]]]]]]]]]]}
    await ledger.close(ended(record, input_tokens=10**40, output_tokens=-1, raw_usage=raw))
    found = await row(record)
    assert found["status"] == "ok"
    assert found["model"].startswith("a\ufffdb?x")
    assert (found["input_tokens"], found["output_tokens"], found["cost_pico"]) == (None, None, None)


async def test_a_fault_in_pricing_never_reaches_the_answer(
    ledger: Ledger, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(record: Record) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(prices, "put_at_once", broken)
    record = a_record(alice)
    await ledger.open(record)
    await ledger.close(ended(record))
    assert (await row(record))["status"] == "started"
