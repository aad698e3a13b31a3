"""List prices as numbers for each kind of token: cheap enough for every call.

The numbers are the table's own answers to a few questions, so what it knows of units and of missing prices is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from thinkback.usage.price_question import Rates

Ask = Callable[..., Decimal]  # what the table charges for these numbers of tokens


def rates_of(ask: Ask, *prices: Any) -> tuple[Rates, ...]:
    """The rates for calls of any size by rising size; empty where it is not that simple.

    `prices` are the entries of the table that may hold: they tell above which size of the input others begin.
    """
    try:
        starts = _starts(prices)
        return tuple(_rates(ask, over) for over in (-1, *starts))
    except Exception:  # noqa: BLE001 - whatever the table has against these questions, it may still price real calls
        return ()


def _starts(prices: tuple[Any, ...]) -> list[int]:
    """Where prices change (genai-prices' TieredPrices). Raises ValueError where it is neither that nor a number."""
    found: set[int] = set()
    for value in (value for entry in prices for value in vars(entry).values()):
        tiers = getattr(value, "tiers", None)
        if tiers is not None:
            found.update(tier.start for tier in tiers)
        elif value is not None and not isinstance(value, Decimal):
            raise ValueError
    starts = sorted(found)
    if any(after - before < 3 for before, after in zip([-1, *starts], starts, strict=False)):
        raise ValueError  # no room to ask
    return starts


def _rates(ask: Ask, over: int) -> Rates:
    """For calls whose input is longer, each rate as the difference that one token makes."""
    size = over + 1
    base, longer = ask(input_tokens=size, output_tokens=0), size + 1
    fresh = ask(input_tokens=longer, output_tokens=0) - base
    hour = {"cache_write_tokens": 1, "cache_write_1h_tokens": 1}
    return Rates(
        over=over,
        call=base - fresh * size,
        fresh=fresh,
        cache_read=ask(input_tokens=longer, output_tokens=0, cache_read_tokens=1) - base,
        cache_write=ask(input_tokens=longer, output_tokens=0, cache_write_tokens=1) - base,
        cache_write_1h=ask(input_tokens=longer, output_tokens=0, **hour) - base,
        output=ask(input_tokens=size, output_tokens=1) - base,
    )
