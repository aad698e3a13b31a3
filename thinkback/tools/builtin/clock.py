"""What time it is, in any time zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from providers import Tool
from thinkback.tools.offered import Offered, ToolFailed, text_of, texts

LONGEST = 60  # characters of a zone's name


async def current_time(arguments: Mapping[str, Any]) -> str:
    """Date, weekday and time of day now, with the offset from UTC."""
    name = text_of(arguments, "time_zone") or "UTC"
    try:
        zone = ZoneInfo(name[:LONGEST])
    except (ValueError, OSError, LookupError):
        raise ToolFailed(f"There is no time zone called {name[:LONGEST]!r}. Write it like Europe/Berlin.") from None
    return spoken(datetime.now(zone), name)


def spoken(moment: datetime, name: str) -> str:
    """A moment in words and in ISO 8601."""
    return f"{moment:%A}, {moment.isoformat(timespec='seconds')} ({name})"


CLOCK = Offered(
    Tool(
        "current_time",
        "Tells the current date, weekday and time.",
        texts({"time_zone": "An IANA time zone such as Europe/Berlin; UTC if left out."}),
    ),
    "Current time",
    current_time,
    harmless=True,
)
