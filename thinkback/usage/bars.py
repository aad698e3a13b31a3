"""The geometry of the chart of spend: where bars, lines and labels stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, Decimal

from django.utils.dateformat import format as formatted
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thinkback.languages.numbers import decimal, whole
from thinkback.usage.groups import is_current
from thinkback.usage.money import shown, to_dollars
from thinkback.usage.ranges import Span
from thinkback.usage.reports import Group, Report

HEIGHT = 220  # pixels of the plot; across, everything is in percent, so that it fits every screen
TOP = 8  # pixels above the highest line
MOST_LABELS = 8
WIDEST = 8.0  # percent; few bars need not be walls
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class Bar:
    """One day or hour. `x` and `width` in percent, `y` and `height` in pixels from the top."""

    name: str
    title: str
    x: str
    width: str
    middle: str
    y: str
    height: str
    current: bool
    unknown: bool  # calls were made, and the price of none is known
    label: str  # under the bar; "" where there is no room
    minor: bool  # a label for which a phone has no room


@dataclass(frozen=True, slots=True)
class Line:
    """A line across, and what it stands for."""

    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that the template draws."""

    sentence: str
    bars: list[Bar]
    lines: list[Line]
    has_current: bool
    height: int = HEIGHT
    whole_height: int = HEIGHT + 24


def draw(report: Report, span: Span) -> Chart:
    """The chart of a report by day or hour."""
    most = max((group.totals.spend_pico for group in report.groups), default=0)
    top, step = _scale(to_dollars(most) or Decimal(0))
    now = datetime.now(UTC)
    every = max(1, -(-len(report.groups) // MOST_LABELS))
    bars = [
        _bar(group, len(report.groups), top, _Marks(is_current(group.key, now, span), index, every))
        for index, group in enumerate(report.groups)
    ]
    lines = (
        [Line(_text(_height(step * n, top)), _mark(step * n, step)) for n in range(int(top / step) + 1)] if most else []
    )
    return Chart(_sentence(report), bars, lines, any(bar.current for bar in bars))


@dataclass(frozen=True, slots=True)
class _Marks:
    current: bool
    index: int
    every: int  # how many bars have one label


def _bar(group: Group, count: int, top: Decimal, marks: _Marks) -> Bar:
    index, room = marks.index, 100 / count
    middle, width = (index + 0.5) * room, min(room * 0.72, WIDEST)
    spend = to_dollars(group.totals.spend_pico) or Decimal(0)
    y = _height(spend, top)
    if spend:
        y = min(y, HEIGHT - 2)  # what was spent is seen, however little
    return Bar(
        name=name_of(group.key),
        title=_title(group, marks.current),
        x=_text(middle - width / 2),
        width=_text(width),
        middle=_text(middle),
        y=_text(y),
        height=_text(HEIGHT - y),
        current=marks.current,
        unknown=group.totals.spend_usd is None,
        label="" if marks.index % marks.every else name_of(group.key),
        minor=bool(marks.index % (2 * marks.every)),
    )


def name_of(key: date) -> str:
    """ "21 Nov" of a day, "14:00" of an hour."""
    return formatted(key, "H:i" if isinstance(key, datetime) else _("j M"))


def _title(group: Group, current: bool) -> str:
    totals = group.totals
    said = [f"{name_of(group.key)}: {shown(totals.spend_usd)}", _requests(totals.requests)]
    if totals.unpriced:
        said.append(_("%(unpriced)s without a price") % {"unpriced": whole(totals.unpriced)})
    if current:
        said.append(_("not over yet"))
    return ", ".join(said)


def _sentence(report: Report) -> str:
    """The chart in words."""
    if not report.groups:
        return _("Nothing to show.")
    dearest = max(report.groups, key=lambda group: group.totals.spend_pico)
    words = {
        "first": name_of(report.groups[0].key),
        "last": name_of(report.groups[-1].key),
        "total": shown(report.total.spend_usd),
        "when": name_of(dearest.key),
        "most": shown(dearest.totals.spend_usd),
    }
    by_hour = isinstance(dearest.key, datetime)
    said = _("Spend by hour, %(first)s to %(last)s") if by_hour else _("Spend by day, %(first)s to %(last)s")
    if dearest.totals.spend_pico:
        return (said + _(": %(total)s in all, most at %(when)s with %(most)s.")) % words
    return (said + _(": %(total)s in all.")) % words


def _requests(number: int) -> str:
    return ngettext("%(number)s request", "%(number)s requests", number) % {"number": whole(number)}


def _mark(value: Decimal, step: Decimal) -> str:
    """What a line stands for, with the digits that tell it from the next one."""
    exponent = step.normalize().as_tuple().exponent
    return _("$%(amount)s") % {"amount": decimal(value, max(2, -int(exponent)))}


def _scale(most: Decimal) -> tuple[Decimal, Decimal]:
    """A round number that is not below `most`, and the step of the lines below it (three to five of them)."""
    if not most:
        return Decimal(1), Decimal(1)
    rough = most / 4
    power = Decimal(10) ** rough.adjusted()
    step = next(factor * power for factor in _STEPS if factor * power >= rough)
    return (most / step).to_integral_value(ROUND_CEILING) * step, step


def _height(value: Decimal, top: Decimal) -> float:
    return HEIGHT - float(value / top) * (HEIGHT - TOP)


def _text(number: float) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".")
