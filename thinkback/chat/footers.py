"""What stands below an answer: tokens, cost with its source, time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thinkback.usage.money import shown
from thinkback.usage.reports import OperationTotals
from thinkback.usage.templatetags.usage import cost_source_help, duration, whole

FAILED = ("error", "refused")
NO_NAMES: Mapping[str, str] = {}
NO_PRICE = "Cost unknown: neither the provider nor the price list says"


@dataclass(frozen=True, slots=True)
class Footer:
    """The line, and what it says in full on hover."""

    parts: tuple[str, ...]
    detail: str


def footer_of(totals: OperationTotals | None, names: Mapping[str, str] = NO_NAMES) -> Footer | None:
    """`1,204 in · 380 out · $0.0041 · 3.2 s`, without what is unknown; None where nothing was used, or not counted yet.

    An answer of a fallback says first whose it is, by the `names` of connections.
    """
    if (
        totals is None
        or totals.status == "started"
        or (totals.status in FAILED and totals.input_tokens is None and totals.output_tokens is None)
    ):
        return None
    parts = (
        "" if totals.route_reason is None else f"{names.get(totals.slug, totals.slug)} {totals.model or ''}".strip(),
        "" if totals.input_tokens is None else f"{whole(totals.input_tokens)} in",
        "" if totals.output_tokens is None else f"{whole(totals.output_tokens)} out",
        "no price" if totals.cost_usd is None else shown(totals.cost_usd),
        "" if totals.duration_ms is None else duration(totals.duration_ms),
    )
    return Footer(tuple(part for part in parts if part), _detail(totals))


def _detail(totals: OperationTotals) -> str:
    lines = [
        (totals.route_reason or "").capitalize(),
        "Tokens unknown" if totals.input_tokens is None else f"{totals.input_tokens:,} input tokens",
        "" if not totals.cache_read_tokens else f"{totals.cache_read_tokens:,} of them from the provider's cache",
        "" if totals.output_tokens is None else f"{totals.output_tokens:,} output tokens",
        NO_PRICE if totals.cost_usd is None else cost_source_help(totals.cost_source),
        "" if totals.ttft_ms is None else f"First word after {duration(totals.ttft_ms)}",
    ]
    return "\n".join(line for line in lines if line)
