"""What a call would cost, before it is made: by the dated price table, remembered for the day."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from thinkback.usage import prices
from thinkback.usage.price_question import Answer, Counts, Question, Rates, second_of

PATIENCE = 1.0  # seconds that a choice waits for prices; what comes later is there for the next one
MOST = 5_000  # models that are remembered
ONE_EACH = Counts(input=1, output=1)
AT_ONCE = 100  # models that are newly asked about for one choice: records that are closed wait in the same line


class Item(NamedTuple):
    """A model, and its provider's id in the price table."""

    price_id: str | None
    model: str


_ASKED: dict[tuple[Item, date], Future[Answer | None]] = {}
_COUNTED: dict[tuple[Item, date], Counts] = {}  # the call that each of them was about


async def quotes(items: Sequence[Item], counts: Counts) -> list[Decimal | None]:
    """The cost of a call of this size at each of them, in US dollars; None where it is unknown."""
    now = datetime.now(UTC)
    await _look_up(items, counts, now)
    return [_quote(item, counts, now) for item in items]


async def rates(items: Sequence[Item]) -> list[Rates | None]:
    """What a token costs at each of them now, in calls that are not long; None where it is unknown or not so simple."""
    now = datetime.now(UTC)
    await _look_up(items, ONE_EACH, now)
    return [_rates(item, now) for item in items]


async def steps(items: Sequence[Item]) -> list[tuple[Rates, ...] | None]:
    """What a token costs at each of them now, by the size of the input; None where it is unknown or not so simple."""
    now = datetime.now(UTC)
    await _look_up(items, ONE_EACH, now)
    return [_steps(item, now) for item in items]


def is_waited_for(item: Item) -> bool:
    """Whether the table was asked about it today and has not answered yet; or could not be asked."""
    if item.price_id in (None, prices.LOCAL):
        return False
    future = _ASKED.get((item, datetime.now(UTC).date()))
    return future is None or not future.done()


async def _look_up(items: Sequence[Item], counts: Counts, now: datetime) -> None:
    priced = [item for item in dict.fromkeys(items) if item.price_id not in (None, prices.LOCAL)]
    unknown = [item for item in priced if (item, now.date()) not in _ASKED]
    for item in unknown[:AT_ONCE]:
        _ask(item, counts, now)
    waiting = {_ASKED[item, now.date()] for item in items if (item, now.date()) in _ASKED}
    pending = [asyncio.wrap_future(future) for future in waiting if not future.done()]
    if pending:
        await asyncio.wait([asyncio.shield(future) for future in pending], timeout=PATIENCE)


def _ask(item: Item, counts: Counts, now: datetime) -> None:
    if len(_ASKED) >= MOST:
        _ASKED.clear()
        _COUNTED.clear()
    question = Question(item.price_id or "", (item.model[: prices.LONGEST],), now, counts)
    _ASKED[item, now.date()], _COUNTED[item, now.date()] = prices.ask(question), counts


def _quote(item: Item, counts: Counts, now: datetime) -> Decimal | None:
    if item.price_id == prices.LOCAL:
        return Decimal(0)
    answer = _answer(item, now)
    try:
        return None if answer is None else answer.price(counts, now)
    except LookupError:
        same = _COUNTED.get((item, now.date())) == counts
        return answer.cost if answer is not None and same else None


def _rates(item: Item, now: datetime) -> Rates | None:
    if item.price_id == prices.LOCAL:
        return Rates(-1, *([Decimal(0)] * 6))
    answer = _answer(item, now)
    if answer is None or not answer.version or not answer.rates or answer.factor != 1 or answer.rates[0].call:
        return None
    return answer.rates[0] if answer.since <= second_of(now) < answer.until else None


def _steps(item: Item, now: datetime) -> tuple[Rates, ...] | None:
    simple = _rates(item, now)
    answer = _answer(item, now)
    if simple is None or answer is None:
        return None if simple is None else (simple,)
    return answer.rates


def _answer(item: Item, now: datetime) -> Answer | None:
    future = _ASKED.get((item, now.date()))
    return future.result() if future is not None and future.done() else None
