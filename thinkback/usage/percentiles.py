"""Latencies: half of the answers were faster than p50, all but one in twenty faster than p95."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from django.db.models import QuerySet

from thinkback.usage.models import Attempt
from thinkback.usage.prices import FREE, READING

MOST = 100_000  # calls that are looked at, the newest; bounds time and memory (2 MB)


def percentile(ordered: array[float], share: float) -> float | None:
    """The nearest-rank percentile of sorted values; None of nothing."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


@dataclass(slots=True)
class Times:
    """Durations of some answers, in milliseconds."""

    latency: array[float] = field(default_factory=lambda: array("d"))
    ttft: array[float] = field(default_factory=lambda: array("d"))

    def add(self, latency: float | None, ttft: float | None) -> None:
        """Add one answer; what is unknown of it is left out."""
        if latency is not None:
            self.latency.append(latency)
        if ttft is not None:
            self.ttft.append(ttft)

    def summary(self) -> dict[str, dict[str, float | None]]:
        """`{"latency_ms": {"p50", "p95"}, "ttft_ms": {…}}`."""
        found = {}
        for name, values in (("latency_ms", self.latency), ("ttft_ms", self.ttft)):
            ordered = array("d", sorted(values))
            found[name] = {"p50": percentile(ordered, 0.5), "p95": percentile(ordered, 0.95)}
        return found


def times_by(rows: QuerySet[Attempt], key: str, fold: Callable[[Any], Hashable]) -> dict[Any, Times]:
    """The times of the newest successful answers per folded key; that of the key None of all is under `ALL`."""
    found: defaultdict[Any, Times] = defaultdict(Times)
    answers = rows.filter(status="ok").exclude(operation__in=FREE).exclude(method__in=READING)
    newest = answers.exclude(cost_source="cache").order_by("-started_at").values_list(key, "duration_ms", "ttft_ms")
    for value, latency, ttft in newest[:MOST].iterator(chunk_size=5_000):
        found[fold(value)].add(latency, ttft)
        found[ALL].add(latency, ttft)
    return found


class _All:
    """The key that no row has."""


ALL = _All()
