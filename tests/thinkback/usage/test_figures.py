"""Numbers as people read them, and the geometry of the chart."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from thinkback.usage.bars import HEIGHT, TOP, draw
from thinkback.usage.percentiles import Times
from thinkback.usage.ranges import read_span
from thinkback.usage.reports import Group, Report
from thinkback.usage.templatetags.usage import compact, duration, percent
from thinkback.usage.totals import Totals

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, "—"),
        (0, "0"),
        (999, "999"),
        (1000, "1.00 k"),
        (12_345, "12.3 k"),
        (123_456, "123 k"),
        (4_560_000, "4.56 M"),
    ],
)
def test_compact(number: int | None, text: str) -> None:
    assert compact(number) == text


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(None, "—"), (0, "0 ms"), (420.4, "420 ms"), (999.6, "1.0 s"), (1849, "1.8 s"), (125_000, "2 min 5 s")],
)
def test_duration(milliseconds: float | None, text: str) -> None:
    assert duration(milliseconds) == text


@pytest.mark.parametrize(
    ("share", "text"), [(None, "—"), (0, "0 %"), (0.0001, "< 0.1 %"), (0.012, "1.2 %"), (1.0, "100 %")]
)
def test_percent(share: float | None, text: str) -> None:
    assert percent(share) == text


def a_report(*spends: str) -> Report:
    span = read_span({"from": "2026-11-01", "to": f"2026-11-{len(spends) + 1:02}"}, "UTC", NOW)
    groups = [
        Group(day, None, Totals(attempts=1, requests=1, priced=1, spend_pico=int(Decimal(spend) * 10**12)), Times())
        for day, spend in zip(span.days(), spends, strict=True)
    ]
    return Report(Totals(priced=1, spend_pico=sum(group.totals.spend_pico for group in groups)), Times(), groups)


SPAN = read_span({"range": "7d"}, "UTC", NOW)


@pytest.mark.parametrize(
    ("most", "lines"),
    [
        ("0.176", ["$0.00", "$0.05", "$0.10", "$0.15", "$0.20"]),
        ("0.09", ["$0.000", "$0.025", "$0.050", "$0.075", "$0.100"]),
        ("1", ["$0.00", "$0.25", "$0.50", "$0.75", "$1.00"]),
        ("0.0061", ["$0.000", "$0.002", "$0.004", "$0.006", "$0.008"]),
        ("1234", ["$0.00", "$500.00", "$1,000.00", "$1,500.00"]),
    ],
)
def test_lines_are_round_and_reach_above_the_bars(most: str, lines: list[str]) -> None:
    chart = draw(a_report("0", most), SPAN)
    assert [line.text for line in chart.lines] == lines
    assert float(chart.bars[1].y) >= TOP
    assert float(chart.lines[-1].y) == TOP


@pytest.mark.parametrize("most", [f"{factor}e{power}" for factor in (1, 3, 7.7, 9.99) for power in range(-12, 4)])
def test_no_bar_leaves_the_picture(most: str) -> None:
    chart = draw(a_report("0", most), SPAN)
    assert 3 <= len(chart.lines) <= 6
    assert all(TOP <= float(bar.y) <= HEIGHT and float(bar.x) + float(bar.width) <= 100 for bar in chart.bars)


def test_a_little_spend_is_still_seen() -> None:
    nothing, little, much = draw(a_report("0", "0.000001", "100"), SPAN).bars
    assert (nothing.height, little.height) == ("0", "2")
    assert float(much.height) > 100


def test_nothing_spent_draws_no_axis() -> None:
    chart = draw(a_report("0", "0"), SPAN)
    assert chart.lines == []
    assert [bar.height for bar in chart.bars] == ["0", "0"]
