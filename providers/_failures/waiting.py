"""How long a service asks us to wait, in each of the ways in which they say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any

DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)?")
UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}


def seconds(value: Any) -> float | None:
    """A number of seconds: `2`, `"2.5"`, `"46s"`, `"1h2m"`; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value).strip().lower()
    parts = DURATION.findall(text)
    if not parts or DURATION.sub("", text).strip():
        return None
    waited = sum(float(number) * UNITS[unit] for number, unit in parts)
    return waited if isfinite(waited) else None


def until(value: str | None) -> float | None:
    """The seconds until an HTTP date (RFC 9110, section 5.6.7); a past one is 0."""
    try:
        moment = parsedate_to_datetime(value or "")
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def retry_after(headers: Mapping[str, str], error: Mapping[str, Any]) -> float | None:
    """The seconds to wait: by `retry-after-ms`, `retry-after`, Gemini's RetryInfo, or `error.retry_after`."""
    given = {name.lower(): value for name, value in headers.items()}
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        milliseconds = seconds(given.get(name))
        if milliseconds is not None:
            return milliseconds / 1000
    stated = given.get("retry-after")
    for waited in (seconds(stated), until(stated), *map(seconds, delays(error))):
        if waited is not None:
            return waited
    return None


def delays(error: Mapping[str, Any]) -> list[Any]:
    """The delays that an error object states."""
    details = error.get("details")
    infos = [item for item in details if isinstance(item, Mapping)] if isinstance(details, list) else []
    return [*(info.get("retryDelay") for info in infos), error.get("retry_after")]
