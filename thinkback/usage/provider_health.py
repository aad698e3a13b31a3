"""How each provider did lately, by what was booked: attempts, failures by type, times, the last failure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db.models import Count, QuerySet

import providers
from thinkback.usage.models import Attempt
from thinkback.usage.percentiles import Times, times_by
from thinkback.usage.totals import FAILED

HOUR = timedelta(hours=1)
POOR, BAD = 0.02, 0.2  # shares of failures from which on a provider is called troubled, or failing
CUSTOM = "custom"  # many servers of one kind: told apart by slug


@dataclass(slots=True)
class Health:
    """One provider in one stretch of time. Refused and abandoned calls say nothing about it, so they do not count."""

    label: str
    succeeded: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    times: dict[str, dict[str, float | None]] = field(default_factory=dict)
    last_failure: Attempt | None = None

    @property
    def attempts(self) -> int:
        """Those that succeeded or failed."""
        return self.succeeded + self.failures.total()

    @property
    def failure_rate(self) -> float | None:
        """The share that failed; None of nothing."""
        return self.failures.total() / self.attempts if self.attempts else None

    @property
    def state(self) -> Literal["quiet", "good", "warn", "bad"]:
        """What its badge says."""
        rate = self.failure_rate
        if rate is None:
            return "quiet"
        return "bad" if rate >= BAD else "warn" if rate >= POOR else "good"

    @property
    def by_type(self) -> list[tuple[str, int]]:
        """The failures, the most frequent first."""
        return self.failures.most_common()


def last_hour(now: datetime) -> list[Health]:
    """Every provider that was called in the hour before `now`, the one with the most failures first."""
    rows = Attempt.objects.filter(started_at__gt=now - HOUR, started_at__lte=now).exclude(provider="")
    rows = rows.exclude(cost_source="cache")  # the provider had no part in it
    labels = {adapter.kind: adapter.label for adapter in providers.available()}
    found = _by(rows.exclude(provider=CUSTOM), "provider", labels) + _by(rows.filter(provider=CUSTOM), "slug", {})
    return sorted(found, key=lambda health: (-health.failures.total(), -health.attempts, health.label))


def _by(rows: QuerySet[Attempt], column: str, labels: dict[str, str]) -> list[Health]:
    found: dict[str, Health] = {}
    for row in rows.order_by().values(column, "status", "error_type").annotate(n=Count("pk")):
        _count(found.setdefault(row[column], Health(labels.get(row[column], row[column]))), row)
    times = times_by(rows, column, str)
    for key, health in found.items():
        health.times = times.get(key, Times()).summary()
        if health.failures:
            failed = rows.filter(**{column: key}, status__in=FAILED)
            health.last_failure = failed.order_by("-started_at").first()
    return list(found.values())


def _count(health: Health, row: dict[str, Any]) -> None:
    if row["status"] == "ok":
        health.succeeded += row["n"]
    elif row["status"] in FAILED:
        health.failures[row["error_type"] or row["status"]] += row["n"]
