"""The cost of every row is that of the tokens in it, however often and in whatever order they became known."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import providers
from proxy.metering import Meter
from proxy.record import Record
from tests.thinkback.usage.conftest import a_record
from tests.wire import data
from thinkback.accounts.models import User
from thinkback.usage.ledger import Ledger
from thinkback.usage.models import Attempt
from thinkback.usage.money import to_pico
from thinkback.usage.prices import price

pytestmark = pytest.mark.django_db(transaction=True)
MODELS = {
    "gpt-4o": "openai",
    "gpt-5.1": "openai",
    "nobody-knows-it": "openai",
    "claude-sonnet-4-5": "anthropic",
    "gemini-2.5-pro": "google",
}
COUNTED = (
    "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "service_tier",
    "raw_usage", "model", "response_model", "operation", "method", "provider",
)  # fmt: skip


def recomputed(row: Attempt, user: User) -> int | None:
    """What the row's own tokens cost, in pico-dollars."""
    values = {name: getattr(row, name) for name in COUNTED}
    record = a_record(user, started_at=row.started_at, price_id=MODELS.get(row.model), **values)
    if row.cost_source == "provider":
        record.cost_usd = Decimal(row.cost_pico or 0).scaleb(-12)
    return to_pico(price(record).cost_usd)


async def check(user: User) -> list[Attempt]:
    """Every row has the price of its tokens."""
    rows = [row async for row in Attempt.objects.all()]
    for row in rows:
        assert row.cost_pico == recomputed(row, user), (row.model, row.input_tokens, row.output_tokens)
    return rows


def some_tokens(chance: random.Random) -> dict[str, Any]:
    """Counts such as a provider might report, some left out."""
    total = chance.choice([0, 1, 900, 199_999, 200_001, 400_000])
    return {
        "input_tokens": chance.choice([None, total, total]),
        "output_tokens": chance.choice([None, 0, chance.randrange(5000)]),
        "cache_read_tokens": chance.choice([None, total // 3]),
        "cache_write_tokens": chance.choice([None, total // 4]),
        "service_tier": chance.choice([None, "default", "flex", "batch", "no-such-tier"]),
    }


async def test_of_rows_closed_once_or_more(ledger: Ledger, alice: User) -> None:
    chance, began = random.Random(22), datetime(2026, 11, 15, 12, tzinfo=UTC)
    for _ in range(60):
        model, provider = chance.choice(list(MODELS.items()))
        record = a_record(alice, provider=provider, price_id=provider, model=model, started_at=began)
        await ledger.open(record)
        for close in range(chance.choice([1, 1, 2, 3])):
            for name, value in {**some_tokens(chance), "status": "ok"}.items():
                setattr(record, name, value)
            record.finished_at = began + timedelta(seconds=close)
            await ledger.close(record)
    rows = await check(alice)
    assert len(rows) == 60 and sum(row.cost_pico is not None and row.cost_pico > 0 for row in rows) > 5


def said(text: str, **more: Any) -> bytes:
    return data(
        {"model": "gpt-4o", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}], **more}
    )


DONE = data({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}) + b"data: [DONE]\n\n"


def usage(prompt: int, completion: int) -> bytes:
    return data({"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": completion}})


async def metered(ledger: Ledger, record: Record, *parts: bytes) -> None:
    """A stream whose record is closed after each of these parts."""
    meter = Meter(record, providers.get("openai"), ledger, json.dumps({"messages": ["x" * 400]}).encode())
    await meter.open()
    meter.sent = True
    meter.answered(200, {"content-type": "text/event-stream"})
    for part in parts:
        meter.feed(part)
        if meter.at_end:
            await meter.finish()
    if not meter.at_end:
        await meter.close("cancelled")


async def test_of_usage_that_came_late(ledger: Ledger, alice: User) -> None:
    await metered(
        ledger, record := a_record(alice), said("Hi", usage={"prompt_tokens": 1, "completion_tokens": 1}), DONE
    )
    first = record.cost_usd
    await metered(ledger, a_record(alice), said("Hi"), DONE, usage(1000, 100))
    late = a_record(alice)
    await metered(ledger, late, said("Hi", usage={"prompt_tokens": 1, "completion_tokens": 1}) + DONE, usage(5000, 700))
    assert first == Decimal("0.0000125") and late.cost_usd == Decimal("0.0195")
    rows = await check(alice)
    assert sorted(row.cost_pico or 0 for row in rows) == [12_500_000, 3_500_000_000, 19_500_000_000]


async def test_of_what_was_estimated(ledger: Ledger, alice: User) -> None:
    await metered(ledger, record := a_record(alice), said("word " * 100))
    assert (record.tokens_source, record.status) == ("estimate", "cancelled") and record.output_tokens
    (row,) = await check(alice)
    assert row.cost_pico
