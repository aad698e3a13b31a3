"""The table by model: who has which part of the spend."""

from __future__ import annotations

from dataclasses import dataclass

from thinkback.usage.reports import Report
from thinkback.usage.totals import Totals


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One line; `share` of the known spend, None where nothing of this model's is known."""

    model: str | None
    totals: Totals
    share: float | None

    @property
    def width(self) -> str:
        """Of the bar, in percent."""
        return f"{(self.share or 0) * 100:.2f}"


def lines(report: Report) -> list[ModelLine]:
    """The dearest first."""
    whole = report.total.spend_pico
    return [ModelLine(group.key, group.totals, _share(group.totals, whole)) for group in report.groups]


def _share(totals: Totals, whole: int) -> float | None:
    if totals.spend_usd is None:
        return None
    return totals.spend_pico / whole if whole else 0.0
