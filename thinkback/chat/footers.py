"""What stands below an answer: tokens, cost with its source, time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from thinkback.usage.money import shown
from thinkback.usage.reports import OperationTotals
from thinkback.usage.templatetags.usage import cost_source_help, cost_source_word, duration, whole

FAILED = ("error", "refused")
NO_NAMES: Mapping[str, str] = {}
CHOSEN = re.compile(r"alias (?P<alias>[^:]+): (?P<because>[^;]*)(?P<failed>;.*)?", re.DOTALL)
COUNTED = {
    "provider": N_("Tokens as the provider counted them"),
    "partial": N_("Tokens as the provider had counted them when the answer was broken off"),
    "estimate": N_("Tokens estimated by ThinkBack"),
}
NO_PRICE = N_("Cost unknown: neither the provider nor the price list says")


@dataclass(frozen=True, slots=True)
class Footer:
    """The line, and what it says in full on hover."""

    parts: tuple[str, ...]
    detail: str
    rows: tuple[tuple[str, str], ...] = ()  # name and value


def footer_of(totals: OperationTotals | None, names: Mapping[str, str] = NO_NAMES) -> Footer | None:
    """`1,204 in · 380 out · $0.0041 · 3.2 s`, without what is unknown; None where nothing was used, or not counted yet.

    The answer of a fallback or an alias says first whose it is, by the `names` of connections, and why.
    """
    if (
        totals is None
        or totals.status == "started"
        or (totals.status in FAILED and totals.input_tokens is None and totals.output_tokens is None)
    ):
        return None
    parts = (
        "" if totals.route_reason is None else _whose(totals, totals.route_reason, names),
        "" if totals.input_tokens is None else _("%(tokens)s in") % {"tokens": whole(totals.input_tokens)},
        "" if totals.output_tokens is None else _("%(tokens)s out") % {"tokens": whole(totals.output_tokens)},
        _certainty(totals),
        _("no price") if totals.cost_usd is None else shown(totals.cost_usd),
        "" if totals.duration_ms is None else duration(totals.duration_ms),
    )
    return Footer(tuple(part for part in parts if part), _detail(totals), _rows(totals))


def _certainty(totals: OperationTotals) -> str:
    """What the tokens are where they are not final: estimated here, or told before the answer was broken off."""
    if totals.input_tokens is None and totals.output_tokens is None:
        return ""
    if totals.tokens_source == "estimate":
        return _("estimated")
    return _("partial") if totals.tokens_source == "partial" else ""


def _whose(totals: OperationTotals, reason: str, names: Mapping[str, str]) -> str:
    """`Groq llama-3.1-8b`; of an alias `fast → Groq llama-3.1-8b, the first of its list`."""
    whose = f"{names.get(totals.slug, totals.slug)} {totals.model or ''}".strip()
    match = CHOSEN.match(reason)
    if match is None:
        return whose
    because = "" if match["failed"] else f", {match['because']}"
    return f"{match['alias']} → {whose}{because}"


def _detail(totals: OperationTotals) -> str:
    lines = [
        (totals.route_reason or "").capitalize(),
        _(COUNTED[totals.tokens_source]) if totals.tokens_source in COUNTED else "",
        _("Tokens unknown")
        if totals.input_tokens is None
        else _("%(tokens)s input tokens") % {"tokens": whole(totals.input_tokens)},
        ""
        if not totals.cache_read_tokens
        else _("%(tokens)s of them from the provider's cache") % {"tokens": whole(totals.cache_read_tokens)},
        "" if totals.output_tokens is None else _("%(tokens)s output tokens") % {"tokens": whole(totals.output_tokens)},
        _(NO_PRICE) if totals.cost_usd is None else cost_source_help(totals.cost_source),
        "" if totals.request_id is None else _("Request %(id)s") % {"id": totals.request_id},
        "" if totals.ttft_ms is None else _("First word after %(time)s") % {"time": duration(totals.ttft_ms)},
    ]
    return "\n".join(line for line in lines if line)


_COUNTED_BY = {
    "provider": lambda: _("the provider"),
    "partial": lambda: _("the provider, so far"),
    "estimate": lambda: _("ThinkBack, which guessed"),
}


def _rows(totals: OperationTotals) -> tuple[tuple[str, str], ...]:
    """Everything that is known, with its source."""
    cost = None if totals.cost_usd is None else f"{shown(totals.cost_usd)} · {cost_source_word(totals.cost_source)}"
    rows = (
        (_("Model"), totals.model),
        (_("Why this one"), totals.route_reason),
        (_("Input tokens"), _count(totals.input_tokens)),
        (_("From the cache"), _count(totals.cache_read_tokens)),
        (_("Into the cache"), _count(totals.cache_write_tokens)),
        (_("Output tokens"), _count(totals.output_tokens)),
        (_("Of them reasoning"), _count(totals.reasoning_tokens)),
        (_("Tokens counted by"), _COUNTED_BY[totals.tokens_source]() if totals.tokens_source in _COUNTED_BY else None),
        (_("Cost"), cost or _("Unknown")),
        (_("First word after"), None if totals.ttft_ms is None else duration(totals.ttft_ms)),
        (_("Duration"), None if totals.duration_ms is None else duration(totals.duration_ms)),
        (_("Speed"), _speed(totals)),
        (_("Calls"), str(totals.calls) if totals.calls > 1 else None),
        (_("Request"), totals.request_id),
    )
    return tuple((name, value) for name, value in rows if value)


def _count(number: int | None) -> str | None:
    return None if number is None else f"{number:,}"


def _speed(totals: OperationTotals) -> str | None:
    spent = (totals.duration_ms or 0) - (totals.ttft_ms or 0)
    if totals.calls != 1 or not totals.output_tokens or totals.ttft_ms is None or spent <= 0:
        return None
    return _("%(number)s tokens/s") % {"number": round(totals.output_tokens / spent * 1000)}
