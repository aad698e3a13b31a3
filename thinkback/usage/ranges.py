"""Stretches of time in somebody's time zone: half-open, from one instant up to, not including, another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from thinkback.answers import ApiError

PRESETS = {"today": 1, "7d": 7, "30d": 30}  # days, today included
USUAL = "30d"
LONGEST = timedelta(days=3_700)

_SPACE_FOR_PLUS = re.compile(r" (\d\d:?\d\d)$")  # an unescaped + in an address arrives as a space


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to, not including, `end` (both UTC), read in a time zone."""

    start: datetime
    end: datetime
    zone: ZoneInfo
    preset: str | None = None  # `7d`; None = given by hand

    @property
    def first(self) -> date:
        """The first day, there."""
        return self.start.astimezone(self.zone).date()

    @property
    def last(self) -> date:
        """The last day, there, that has a part in it."""
        return max(self.first, (self.end - timedelta(microseconds=1)).astimezone(self.zone).date())

    def days(self) -> list[date]:
        """Every day from the first to the last."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def read_span(given: Mapping[str, str], zone_name: str, now: datetime) -> Span:
    """`range` (today, 7d, 30d, month), or `from` and `to` (a date, or ISO 8601; without an offset in the zone `tz`).

    Without any, the last 30 days. Raises ApiError 400 naming the field.
    """
    zone = read_zone(given.get("tz") or zone_name)
    today = now.astimezone(zone).date()
    if not given.get("from") and not given.get("to"):
        return _preset(given.get("range") or USUAL, today, zone)
    end = _moment(given, "to", zone) or midnight(today + timedelta(days=1), zone)
    start = _moment(given, "from", zone) or end - timedelta(days=PRESETS[USUAL])
    if end < start:
        raise ApiError(400, "invalid_request", "The end lies before the beginning.", "to")
    if end - start > LONGEST:
        raise ApiError(400, "invalid_request", "At most ten years can be asked for at once.", "from")
    return Span(start, end, zone)


def read_zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name. Raises ApiError 400."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder of zones, like `America`
        message = "This is not a time zone. Use a name like Europe/Berlin."
        raise ApiError(400, "invalid_request", message, "tz") from None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which a day begins there; where clocks leap over midnight, the leap."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _preset(name: str, today: date, zone: ZoneInfo) -> Span:
    if name == "month":
        first = today.replace(day=1)
    elif name in PRESETS:
        first = today - timedelta(days=PRESETS[name] - 1)
    else:
        raise ApiError(400, "invalid_request", f"range must be one of {', '.join(PRESETS)} or month.", "range")
    return Span(midnight(first, zone), midnight(today + timedelta(days=1), zone), zone, name)


def _moment(given: Mapping[str, str], field: str, zone: ZoneInfo) -> datetime | None:
    text = given.get(field)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(_SPACE_FOR_PLUS.sub(r"+\1", text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"“{field}” must be a date (2026-11-01) or a moment (2026-11-01T12:00:00Z)."
        raise ApiError(400, "invalid_request", message, field) from None
