"""What is true at the moment of reading: asked for then, so that it costs nothing in between."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from typing import Protocol

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from providers import Pool
from thinkback import __version__
from thinkback.monitoring.calls import Calls
from thinkback.monitoring.loop_lag import LoopLag
from thinkback.usage.ledger import Ledger


class Carrier(Protocol):
    """Whoever owns the connections to the providers."""

    def pool(self) -> Pool:
        """How many there are."""


class Standing(Collector):
    """The gauges of this process."""

    def __init__(self, calls: Calls, ledger: Ledger, lag: LoopLag, carrier: Carrier) -> None:
        self.calls = calls
        self.ledger = ledger
        self.lag = lag
        self.carrier = carrier

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance: the registry need not look before the first reading."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Every gauge as it stands."""
        yield InfoMetricFamily(
            "thinkback_build",
            "What runs here.",
            value={"version": __version__, "python": platform.python_version()},
        )
        under_way = tuple(self.calls.open.values())
        yield gauge("thinkback_open_calls", "Calls under way.", len(under_way))
        streams = sum(record.streamed for record in under_way)
        yield gauge("thinkback_open_streams", "Those of them whose answer is a stream.", streams)
        yield gauge("thinkback_event_loop_lag_seconds", "The worst delay of the last 15 s.", self.lag.worst)
        yield gauge("thinkback_tasks", "Tasks of the event loop.", self.lag.tasks)
        yield from self._ledger()
        yield from self._pool()

    def _ledger(self) -> Iterable[Metric]:
        state = self.ledger.state()
        yield gauge("thinkback_ledger_ready", "1 while calls can be booked.", self.ledger.ready())
        yield gauge("thinkback_ledger_queue", "Rows that wait for the next commit.", state.waiting)
        yield gauge("thinkback_ledger_overdue", "Ends of records that are tried again.", state.overdue)
        yield CounterMetricFamily("thinkback_ledger_commits", "Commits since the start.", state.commits)

    def _pool(self) -> Iterable[Metric]:
        pool = self.carrier.pool()
        family = GaugeMetricFamily(
            "thinkback_upstream_connections", "Connections to providers, by what they do.", labels=("state",)
        )
        family.add_metric(("busy",), pool.busy)
        family.add_metric(("idle",), pool.idle)
        yield family


def gauge(name: str, words: str, value: float) -> Metric:
    """One number."""
    return GaugeMetricFamily(name, words, value)
