"""The dated table of list prices: genai-prices, offline. Imported by `price_child` alone, for it takes 30 MB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import genai_prices
import msgspec
from genai_prices import Usage, data_snapshot
from genai_prices.types import ModelInfo, Provider, TimeOfDateConstraint

from thinkback.usage.price_context import Condition, conditions
from thinkback.usage.price_parts import OWN_PRICES
from thinkback.usage.price_question import DAY, Answer, Counts, Question, second_of
from thinkback.usage.price_rates import rates_of


def answer(question: Question) -> Answer:
    """What the table knows about a call and others like it. May raise whatever a foreign model name provokes."""
    found = next(filter(None, (_find(question.price_id, name) for name in question.models)), None)
    if found is None:
        return Answer()
    context, factor = _context(question, found[1])
    return Answer() if factor is None else _answer(question, *found, context, factor)


def _answer(
    question: Question, provider: Provider, model: ModelInfo, context: dict[str, str], factor: Decimal
) -> Answer:
    def ask(**counts: int | None) -> Decimal:
        moment = question.moment
        asked = model.calc_price(
            Usage(**counts), provider, genai_request_timestamp=moment, price_context=context or None
        )
        return Decimal(asked.total_price)

    prices = model.get_prices(question.moment, context or None)
    plain = model.get_prices(question.moment)
    since, until = _window(model, question.moment)
    known = Answer(
        version=f"genai-prices {genai_prices.__version__} {question.moment.astimezone(UTC):%Y-%m-%d}",
        rates=rates_of(ask, prices, plain),
        since=since,
        until=until,
        factor=factor,
        needs_input=prices.input_mtok is not None,
        needs_output=prices.output_mtok is not None,
    )
    return msgspec.structs.replace(known, cost=_cost(question, known, prices, ask))


def _cost(question: Question, known: Answer, prices: Any, ask: Any) -> Decimal | None:
    """What this call costs; None where a part of it cannot be known."""
    counts = question.counts
    if (known.needs_input and counts.input is None) or (known.needs_output and counts.output is None):
        return None
    if any(_has_no_price(prices, part) for part in question.parts):
        return None
    try:
        total = ask(**_counts(counts), **question.parts)
    except (LookupError, ValueError, ArithmeticError):  # more cached than there was input, and the like
        return None
    return total * known.factor if total >= 0 else None


def _counts(counts: Counts) -> dict[str, int | None]:
    return {
        "input_tokens": counts.input or 0,
        "output_tokens": counts.output or 0,
        "cache_read_tokens": counts.cache_read,
        "cache_write_tokens": counts.cache_write,
        "cache_write_1h_tokens": counts.cache_write_1h,
    }


def _context(question: Question, model: ModelInfo) -> tuple[dict[str, str], Decimal | None]:
    """The table's own words for what is special, and a factor for what it has no words for; None = unknown."""
    context: dict[str, str] = {}
    factor = Decimal(1)
    for condition in conditions(question):
        if _has_own_prices(model, condition, question.moment):
            context |= condition.context
        elif condition.multiplier is not None:
            factor *= condition.multiplier
        else:
            return {}, None
    return context, factor


def _has_own_prices(model: ModelInfo, condition: Condition, moment: datetime) -> bool:
    """Whether the table has prices for this condition that hold at that moment (most began in 2026)."""
    return any(
        dict(variant.when) == condition.context and (variant.constraint is None or variant.constraint.active(moment))
        for variant in model.price_variants or ()
    )


def _window(model: ModelInfo, moment: datetime) -> tuple[float, float]:
    """Between which seconds of the day the prices of that moment hold."""
    now, ends = second_of(moment.astimezone(UTC)), {0.0, DAY}
    for constraint in _constraints(model):
        if isinstance(constraint, TimeOfDateConstraint):
            ends |= {_second(constraint.start_time), _second(constraint.end_time)}
    return max(end for end in ends if end <= now), min(end for end in ends if end > now)


def _second(clock: time) -> float:
    """A time of the table, in UTC unless it says otherwise."""
    return second_of(datetime.combine(date(2000, 1, 2), clock, clock.tzinfo or UTC).astimezone(UTC))


def _constraints(model: ModelInfo) -> Iterator[Any]:
    prices = model.prices if isinstance(model.prices, list) else []
    yield from (entry.constraint for entry in (*prices, *(model.price_variants or ())))


def _has_no_price(prices: Any, part: str) -> bool:
    return part in OWN_PRICES and getattr(prices, OWN_PRICES[part], None) is None


def _find(price_id: str, model: str) -> tuple[Provider, ModelInfo] | None:
    """Provider and model of the table."""
    try:
        return data_snapshot.get_snapshot().find_provider_model(model, None, price_id, None)
    except Exception:  # noqa: BLE001 - LookupError, and whatever a foreign model name provokes in its patterns
        return None
