"""What one attempt cost: told by the provider, else from the dated price table, else unknown. Never a false 0."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from proxy.record import Record
from thinkback.usage.price_context import special
from thinkback.usage.price_desk import Desk
from thinkback.usage.price_parts import parts_of
from thinkback.usage.price_question import Answer, Counts, Question

BELIEVABLE = Decimal(1_000)  # US dollars for one call; any server can be a provider, and one that says more errs
FREE = ("models", "count", "files", "moderation")  # operations that no provider charges for
READING = ("GET", "HEAD", "OPTIONS", "DELETE")  # a stored answer that is fetched again tells its old usage again
STATED = (None, "provider")  # sources of a cost that nobody here computed
CACHE = "cache"
LOCAL = "local"  # the price id, as adapters state it, of what runs in this program or at its user's home

MOST = 2_000  # answers that are kept
LONGEST = 200  # characters of a model's name

_Key = tuple[str | None, str | None, str | None, date, str, bool, str]
_ANSWERS: dict[_Key, Answer] = {}
_KNOWN: set[tuple[str | None, str | None, date]] = set()  # services, models asked for and days that were answered
_EXPECTED: set[UUID] = set()  # open calls that may have to ask the table
DESK = Desk()
# A thread of its own to wait for the desk, which neither the event loop nor the writer should do.
_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="usage-prices")


class Priced(NamedTuple):
    """A cost in US dollars with its provenance; all None when it is unknown."""

    cost_usd: Decimal | None = None
    source: str | None = None  # provider, table, local
    version: str | None = None  # of the table, with the day whose price was taken


def price(record: Record) -> Priced:
    """The cost of a finished attempt. Never raises; may ask the price table, so not for the event loop."""
    return _without_table(record) or _from_memory(record) or _from_table(record)


def expect(record: Record) -> None:
    """A call begins: have the table at hand by its end, which would otherwise wait until the table is loaded."""
    if record.price_id == LOCAL or _is_free(record) or _known(record) in _KNOWN:
        return
    _EXPECTED.add(record.id)
    _THREAD.submit(DESK.stay, True)


def ask(question: Question) -> Future[Answer | None]:
    """What the table says, for who wants to know before a call; in the one thread that asks it."""
    return _THREAD.submit(DESK.ask, question)


def _is_over(record: Record) -> None:
    """A call has its price, or needs none."""
    if _EXPECTED and record.id in _EXPECTED:
        _EXPECTED.remove(record.id)
        if not _EXPECTED:
            _THREAD.submit(DESK.stay, False)


def put_at_once(record: Record) -> bool:
    """Fill in cost, source and version of a record where that takes no time; else False, and `put` does it.

    A record that cost nothing here (a cache hit) keeps that; any other price is made of what the record says now.
    """
    if record.cost_source == CACHE:
        _is_over(record)
        return True
    priced = _without_table(record) or _from_memory(record)
    if priced is not None:
        _is_over(record)
        _fill_in(record, priced)
    return priced is not None


async def put(record: Record) -> None:
    """Fill them in, if need be by asking the table."""
    if put_at_once(record):
        return
    try:
        _fill_in(record, await asyncio.get_running_loop().run_in_executor(_THREAD, price, record))
    finally:
        _is_over(record)


def _fill_in(record: Record, priced: Priced) -> None:
    record.cost_usd, record.cost_source, record.price_version = priced.cost_usd, priced.source, priced.version


def _without_table(record: Record) -> Priced | None:
    """What is known without looking anything up; None = look it up."""
    if record.price_id == LOCAL:
        return Priced(Decimal(0), "local")
    if record.cost_source in STATED and is_believable(record.cost_usd):
        return Priced(record.cost_usd, "provider")
    untold = record.input_tokens is None and record.output_tokens is None
    return Priced() if untold or _is_free(record) else None


def _is_free(record: Record) -> bool:
    """Whether the table has no price for such a call."""
    return record.price_id is None or record.operation in FREE or record.method in READING


def is_believable(cost: Decimal | None) -> bool:
    """Whether this may be what a provider charges for one call."""
    return cost is not None and cost.is_finite() and 0 <= cost <= BELIEVABLE


def _from_memory(record: Record) -> Priced | None:
    """By what the table answered to another call of this model, day and conditions; None = ask it."""
    answer = _ANSWERS.get(_key(record))
    if answer is None or parts_of(record.raw_usage):
        return None
    try:
        return _priced(answer, answer.price(_counts(record), record.started_at))
    except LookupError:
        return None


def _from_table(record: Record) -> Priced:
    key = _key(record)
    price_id, answered, asked, _, tier, fast, place = key
    question = Question(
        price_id=price_id or "",
        models=tuple(dict.fromkeys(filter(None, (answered, asked)))),
        moment=record.started_at,
        counts=_counts(record),
        parts=parts_of(record.raw_usage),
        tier=tier,
        fast=fast,
        place=place,
    )
    answer = DESK.ask(question)
    if answer is None:
        return Priced()
    if len(_ANSWERS) >= MOST:
        _ANSWERS.clear()
        _KNOWN.clear()
    _ANSWERS[key] = answer
    _KNOWN.add(_known(record))
    return _priced(answer, answer.cost)


def _priced(answer: Answer, cost: Decimal | None) -> Priced:
    return Priced() if cost is None else Priced(cost, "table", answer.version)


def _key(record: Record) -> _Key:
    answered, asked = record.response_model, record.model
    answered, asked = answered and answered[:LONGEST], asked and asked[:LONGEST]
    return (record.price_id, answered, asked, record.started_at.date(), *special(record))


def _known(record: Record) -> tuple[str | None, str | None, date]:
    return record.price_id, record.model and record.model[:LONGEST], record.started_at.date()


def _counts(record: Record) -> Counts:
    return Counts(
        record.input_tokens,
        record.output_tokens,
        record.cache_read_tokens,
        record.cache_write_tokens,
        record.cache_write_1h_tokens,
    )
