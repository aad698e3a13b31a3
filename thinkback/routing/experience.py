"""How the models of each user did lately: the time to their first word, their failures, the streams under way.

Kept in memory, per user, connection and model; what is old counts for less and less.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from proxy.host import Observer
from proxy.recent import Recent
from proxy.record import Record

FADES = 300.0  # seconds after which a failure counts for half
FORGOTTEN = 3600.0  # seconds after which a time to the first word says nothing any more
NEW = 0.3  # what the latest call counts for, against all before it
FAILURES = frozenset({"server_error", "network_error", "timeout", "rate_limit"})  # that speak against the service

Key = tuple[int, str, str]


@dataclass(slots=True)
class Seen:
    """What was seen of one model of one user; times in seconds of the clock, latency in milliseconds."""

    latency_ms: float | None = None
    timed_at: float = 0.0
    failing: float = 0.0
    failing_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Lately:
    """How a model does now: `failing` from 0 to 1; `latency_ms` None where it was not asked lately."""

    latency_ms: float | None = None
    failing: float = 0.0


class Experience(Observer):
    """Watches every attempt. It is told on the hot path, so it only counts. `clock` gives seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.known: Recent[Key, Seen] = Recent(Seen)
        self.open: Counter[tuple[int, str]] = Counter()  # attempts under way, by user and connection
        self._counted: set[int] = set()

    def began(self, record: Record) -> None:
        """One more is under way."""
        self._counted.add(record.id.int)
        self.open[record.user_id, record.slug] += 1

    def ended(self, record: Record) -> None:
        """One less, and what it tells."""
        if record.id.int in self._counted:
            self._counted.discard(record.id.int)
            place = record.user_id, record.slug
            self.open[place] -= 1
            if self.open[place] <= 0:
                del self.open[place]
        failed = record.status == "error" and record.error_type in FAILURES
        if record.model is not None and record.cost_source != "cache" and (failed or record.status == "ok"):
            self._learn(self.known.get((record.user_id, record.slug, record.model)), record, failed=failed)

    def turned_away(self, reason: str) -> None:
        """That says nothing about a model."""

    def of(self, user_id: int, slug: str, model: str) -> Lately:
        """How this model did lately for this user."""
        seen = self.known.items.get((user_id, slug, model))
        if seen is None:
            return Lately()
        now = self.clock()
        fresh = now - seen.timed_at < FORGOTTEN
        return Lately(seen.latency_ms if fresh else None, _faded(seen, now))

    def forget(self) -> None:
        """Start afresh."""
        self.known.items.clear()
        self.open.clear()
        self._counted.clear()

    def _learn(self, seen: Seen, record: Record, *, failed: bool) -> None:
        now = self.clock()
        seen.failing = _faded(seen, now) * (1 - NEW) + (NEW if failed else 0.0)
        seen.failing_at = now
        waited = record.ttft_ms if record.ttft_ms is not None else record.duration_ms
        if failed or waited is None:
            return
        known = seen.latency_ms if now - seen.timed_at < FORGOTTEN else None
        seen.latency_ms = waited if known is None else known * (1 - NEW) + waited * NEW
        seen.timed_at = now


def _faded(seen: Seen, now: float) -> float:
    return float(seen.failing * 0.5 ** ((now - seen.failing_at) / FADES))


EXPERIENCE = Experience()
