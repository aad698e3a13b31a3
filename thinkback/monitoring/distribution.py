"""A histogram for the hot path: prometheus_client's own takes a lock for each of its numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import inf

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class Cell:
    """The observations under one combination of labels. One thread adds them, any may read."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count one."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Distribution(Collector):
    """All cells of one histogram, as Prometheus reads them."""

    def __init__(self, name: str, text: str, labels: Sequence[str], bounds: Sequence[float]) -> None:
        self._told = name, text, labels
        self._bounds = bounds
        self._cells: dict[tuple[str, ...], Cell] = {}

    def registered(self, registry: CollectorRegistry) -> Distribution:
        """Itself, once the registry knows it."""
        registry.register(self)
        return self

    def cell(self, *labels: str) -> Cell:
        """The one under these labels."""
        return self._cells.setdefault(labels, Cell(self._bounds))

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """The state now: counts up to each bound."""
        name, text, labels = self._told
        family = HistogramMetricFamily(name, text, labels=labels)
        for values, cell in list(self._cells.items()):
            running, buckets = 0, []
            for bound, count in zip((*self._bounds, inf), list(cell.counts), strict=True):
                running += count
                buckets.append((floatToGoString(bound), running))  # type: ignore[no-untyped-call]
            family.add_metric(values, buckets, cell.total)
        yield family
