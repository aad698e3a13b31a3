"""Stretches of time begin and end where people of that place say they do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from thinkback.answers import ApiError
from thinkback.usage.ranges import read_span

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("given", "start", "end"),
    [
        ({"range": "today"}, "2026-11-20T00:00Z", "2026-11-21T00:00Z"),
        ({"range": "today", "tz": "Asia/Kolkata"}, "2026-11-20T18:30Z", "2026-11-21T18:30Z"),
        ({"range": "today", "tz": "Asia/Kathmandu"}, "2026-11-20T18:15Z", "2026-11-21T18:15Z"),
        ({"range": "7d"}, "2026-11-14T00:00Z", "2026-11-21T00:00Z"),
        ({"range": "month", "tz": "America/New_York"}, "2026-11-01T04:00Z", "2026-11-21T05:00Z"),
        ({}, "2026-10-22T00:00Z", "2026-11-21T00:00Z"),
        ({"from": "2026-11-01", "to": "2026-11-02"}, "2026-11-01T00:00Z", "2026-11-02T00:00Z"),
        ({"from": "2026-11-01"}, "2026-11-01T00:00Z", "2026-11-21T00:00Z"),
        ({"to": "2026-11-01"}, "2026-10-02T00:00Z", "2026-11-01T00:00Z"),
        ({"from": "2026-11-01T12:00:00Z", "to": "2026-11-01T12:00:01Z"}, "2026-11-01T12:00Z", "2026-11-01T12:00:01Z"),
        ({"from": "2026-11-01T00:00:00 05:30", "to": "2026-11-02"}, "2026-10-31T18:30Z", "2026-11-02T00:00Z"),
        # a day of 25 hours, and one of 23
        ({"from": "2026-10-25", "to": "2026-10-26", "tz": "Europe/Berlin"}, "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
        ({"from": "2026-03-29", "to": "2026-03-30", "tz": "Europe/Berlin"}, "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
        # a day that begins at one o'clock
        ({"from": "2026-04-24", "to": "2026-04-25", "tz": "Africa/Cairo"}, "2026-04-23T22:00Z", "2026-04-24T21:00Z"),
    ],
)
def test_ranges(given: dict[str, str], start: str, end: str) -> None:
    span = read_span(given, "UTC", NOW)
    assert (span.start, span.end) == (at(start), at(end))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-02-30"}, "from"),
        ({"from": "0001-01-01", "tz": "Asia/Kolkata"}, "from"),
        ({"from": "9999-12-31T23:59:59-23:00"}, "from"),
        ({"from": "1990-01-01"}, "from"),
        ({"to": "soon"}, "to"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "to"),
        ({"tz": "Mars/Olympus"}, "tz"),
        ({"tz": "../../etc/passwd"}, "tz"),
        ({"tz": "America"}, "tz"),
        ({"tz": "\0"}, "tz"),
        ({"range": "decade"}, "range"),
    ],
)
def test_nonsense_names_its_field(given: dict[str, str], field: str) -> None:
    with pytest.raises(ApiError) as caught:
        read_span(given, "UTC", NOW)
    assert (caught.value.status, caught.value.field) == (400, field)


def test_the_days_of_a_range() -> None:
    span = read_span({"from": "2026-10-24", "to": "2026-10-27", "tz": "Europe/Berlin"}, "UTC", NOW)
    assert [day.day for day in span.days()] == [24, 25, 26]
    short = read_span({"from": "2026-11-01T12:00:00Z", "to": "2026-11-01T12:00:00Z"}, "UTC", NOW)
    assert len(short.days()) == 1
    assert timedelta(0) == short.end - short.start
