"""Sums over attempts. Money and tokens add up attempts; requests count operations, each where it was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from thinkback.usage.models import Attempt
from thinkback.usage.money import to_dollars
from thinkback.usage.prices import FREE, READING

TOKENS = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")
FAILED = ("error", "interrupted")
_MILLION = 1_000_000

# Without a price although it may have cost something: it used tokens, or it came far enough to.
UNPRICED = (
    Q(cost_pico=None)
    & ~Q(operation__in=FREE)
    & ~Q(method__in=READING)
    & (
        Q(input_tokens__gt=0)
        | Q(output_tokens__gt=0)
        | Q(input_tokens=None, status__in=("ok", "cancelled", "interrupted"))
    )
)


@dataclass(slots=True)
class Totals:
    """What some attempts come to. None where nothing of it is known; money in whole pico-dollars."""

    attempts: int = 0
    requests: int = 0
    succeeded: int = 0
    errors: int = 0
    priced: int = 0
    unpriced: int = 0
    spend_pico: int = 0
    saved_pico: int = 0
    input_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None

    @property
    def spend_usd(self) -> Decimal | None:
        """The sum of what is known; None where calls were made and the price of none is known."""
        return None if self.unpriced and not self.priced else to_dollars(self.spend_pico)

    @property
    def saved_usd(self) -> Decimal | None:
        """What answers from the cache would have cost, as far as that is known; None where that is nothing."""
        return to_dollars(self.saved_pico) if self.saved_pico else None

    @property
    def success_rate(self) -> float | None:
        """Of the requests that succeeded or failed; those left or refused say nothing about a provider."""
        decided = self.succeeded + self.errors
        return self.succeeded / decided if decided else None

    @property
    def failure_rate(self) -> float | None:
        """The rest of the success rate."""
        return None if self.success_rate is None else 1 - self.success_rate

    def add(self, row: Mapping[str, Any]) -> None:
        """Add one row of `counted`."""
        self.attempts += row["n"]
        if not row["retried"]:
            self.requests += row["n"]
            self.succeeded += row["n"] if row["status"] == "ok" else 0
            self.errors += row["n"] if row["status"] in FAILED else 0
        self.priced += row["priced"]
        self.unpriced += row["unpriced"]
        self.spend_pico += (row["millions"] or 0) * _MILLION + (row["rest"] or 0)
        self.saved_pico += (row["saved_millions"] or 0) * _MILLION + (row["saved_rest"] or 0)
        for name in TOKENS:
            if (tokens := row[f"sum_{name}"]) is not None:
                setattr(self, name, (getattr(self, name) or 0) + int(tokens))


def counted(rows: QuerySet[Attempt], *keys: str) -> Iterable[dict[str, Any]]:
    """Counts and sums per keys, status and whether a later attempt followed: few rows, to be folded with `add`."""
    later = Attempt.objects.filter(operation_id=OuterRef("operation_id"), attempt__gt=OuterRef("attempt"))
    sums: dict[str, Any] = {f"sum_{name}": Sum(name) for name in TOKENS}
    found: Iterable[dict[str, Any]] = (
        rows.order_by()
        .annotate(retried=Exists(later))
        .values(*keys, "status", "retried")
        .annotate(
            n=Count("pk"),
            priced=Count("cost_pico"),
            unpriced=Count("pk", filter=UNPRICED),
            # in two parts, because SQLite's sum of BIGINTs fails where it leaves 64 bits: $9.2 million
            millions=Sum(F("cost_pico") / _MILLION),
            rest=Sum(F("cost_pico") % _MILLION),
            saved_millions=Sum(F("saved_pico") / _MILLION),
            saved_rest=Sum(F("saved_pico") % _MILLION),
            **sums,
        )
    )
    return found
