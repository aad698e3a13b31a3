"""By what usage can be grouped, and how each group is called."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from thinkback.accounts.models import ApiToken, User
from thinkback.usage.ranges import Span
from thinkback.usage.rows import QUARTER

MOST_HOURS = 24 * 100


def _same(value: Any, span: Span) -> Any:
    return value


def _known(value: Any, span: Span) -> Any:
    return value or None


def _day(quarter: int, span: Span) -> date:
    return datetime.fromtimestamp(quarter * QUARTER, span.zone).date()


def _hour(quarter: int, span: Span) -> datetime:
    """The beginning of the hour there; the hour that clocks repeat is two, told apart by their offsets."""
    hour = datetime.fromtimestamp(quarter * QUARTER, span.zone).replace(minute=0)
    offset = hour.utcoffset() or timedelta()
    return hour.replace(tzinfo=timezone(offset), fold=0)  # moments of one zone are compared without their offsets


def _names(model: type[Any], field: str) -> Callable[[Iterable[Any]], Mapping[Any, str]]:
    def found(keys: Iterable[Any]) -> Mapping[Any, str]:
        return dict(model.objects.filter(pk__in=list(keys)).values_list("pk", field))

    return found


def _as_they_are(keys: Iterable[Any]) -> Mapping[Any, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Grouping:
    """How rows become groups: the column, what of it makes a group, which groups are there without any row."""

    column: str
    fold: Callable[[Any, Span], Hashable] = _same
    expected: Callable[[Span], list[Any]] = lambda span: []
    labels: Callable[[Iterable[Any]], Mapping[Any, str]] = _as_they_are
    in_time: bool = False


def _days(span: Span) -> list[date]:
    return span.days()


def _hours(span: Span) -> list[datetime]:
    """Every hour of the span, by instants, so that days of 23 and 25 hours come out right."""
    if (span.end - span.start) > timedelta(hours=MOST_HOURS):
        return []
    begin, end = (int(moment.timestamp()) for moment in (span.start, span.end))
    quarters = range(begin // QUARTER, -(-end // QUARTER))
    return list(dict.fromkeys(_hour(quarter, span) for quarter in quarters))


GROUPINGS: Mapping[str, Grouping] = {
    "day": Grouping("quarter", _day, _days, in_time=True),
    "hour": Grouping("quarter", _hour, _hours, in_time=True),
    "provider": Grouping("provider", _known),
    "model": Grouping("model"),
    "user": Grouping("user_id", labels=_names(User, "username")),
    "token": Grouping("token_id", labels=_names(ApiToken, "name")),
    "origin": Grouping("origin"),
    "status": Grouping("status"),
    "source": Grouping("source"),
}


def key_text(key: Any) -> str | int | None:
    """A key as JSON has it: ISO 8601 for days and hours."""
    return key.isoformat() if isinstance(key, date) else key


def is_current(key: Any, now: datetime, span: Span) -> bool:
    """Whether a day or an hour is not over yet."""
    local = now.astimezone(span.zone)
    if isinstance(key, datetime):
        return key.astimezone(UTC) <= now < key.astimezone(UTC) + timedelta(hours=1)
    return bool(key == local.date())
