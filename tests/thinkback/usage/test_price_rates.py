"""The quick way to a price and the table's own agree, for every model of the table and on both sides of each step."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from genai_prices import Usage, data_snapshot

from thinkback.usage.price_question import Answer, Counts, Rates
from thinkback.usage.price_rates import rates_of

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SIZES = (5_000, 40_000, 199_990, 200_000, 200_001, 400_000)


def some_counts(chance: random.Random, size: int) -> Counts:
    read, written, hour = (chance.choice([0, chance.randrange(size // 3)]) for _ in range(3))
    return Counts(size, chance.randrange(5000), read, written, min(hour, written))


def test_rates_agree_with_the_table() -> None:
    chance, quick, steps = random.Random(5), 0, 0
    models = [(p, m) for p in data_snapshot.get_snapshot().providers for m in p.models]
    for provider, model in models:

        def ask(provider: Any = provider, model: Any = model, **counts: int) -> Decimal:
            return Decimal(model.calc_price(Usage(**counts), provider, genai_request_timestamp=NOW).total_price)

        rates = rates_of(ask, model.get_prices(NOW))
        quick += bool(rates)
        steps += len(rates) > 1
        for size in SIZES if rates else ():
            counts = some_counts(chance, size)
            assert Answer(version="x", rates=rates).price(counts, NOW) == ask(
                input_tokens=counts.input or 0,
                output_tokens=counts.output or 0,
                cache_read_tokens=counts.cache_read or 0,
                cache_write_tokens=counts.cache_write or 0,
                cache_write_1h_tokens=counts.cache_write_1h or 0,
            ), (provider.id, model.id, counts)
    assert quick > len(models) * 0.9 and steps > 10


def test_numbers_that_contradict_each_other_have_no_quick_price() -> None:
    rates = Rates(-1, *[Decimal(1)] * 6)
    assert rates.cost(Counts(input=10, output=1, cache_read=11)) is None
    assert rates.cost(Counts(input=10, output=1, cache_write=2, cache_write_1h=3)) is None
    assert rates.cost(Counts(input=10, output=1, cache_read=10)) == 12
