"""`{% spend_bars report span %}`: spend by day or hour as an SVG of our own."""

from __future__ import annotations

from typing import Any

from django import template

from thinkback.usage.bars import draw
from thinkback.usage.ranges import Span
from thinkback.usage.reports import Report

register = template.Library()


@register.inclusion_tag("usage/_bars.html")
def spend_bars(report: Report, span: Span) -> dict[str, Any]:
    """Bars, axis and a sentence that says the same; the template adds the table."""
    return {"chart": draw(report, span)}
