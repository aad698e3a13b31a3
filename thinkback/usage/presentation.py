"""Rows and reports as JSON and CSV have them: exact decimals as strings, unknown as null."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from thinkback.usage.groups import key_text
from thinkback.usage.models import Attempt
from thinkback.usage.money import to_dollars, to_text
from thinkback.usage.percentiles import Times
from thinkback.usage.reports import Report
from thinkback.usage.selections import Selection
from thinkback.usage.totals import TOKENS, Totals

EMPTY = ("provider", "slug", "operation")  # columns in which unknown is stored as an empty text

# The fields of a record, in the order of the specification.
FIELDS = [
    "id",
    "operation_id",
    "attempt",
    "started_at",
    "finished_at",
    "user",
    "token",
    "source",
    "chat",
    "provider",
    "slug",
    "operation",
    "endpoint",
    "method",
    "model",
    "response_model",
    "status",
    "error_type",
    "http_status",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "reasoning_tokens",
    "tokens_source",
    "raw_usage",
    "service_tier",
    "cost_usd",
    "saved_usd",
    "cost_source",
    "price_version",
    "ttft_ms",
    "duration_ms",
    "streamed",
    "origin",
    "route_reason",
    "provider_request_id",
]


def record_json(row: Attempt) -> dict[str, Any]:
    """One record; `user` is the name, `token` the id."""
    special = {
        "user": row.user.username,
        "token": row.token_id,
        "chat": row.chat_id,
        # Who counted; that the count is of a part is told by the status, and where people read it.
        "tokens_source": "provider" if row.tokens_source == "partial" else row.tokens_source,
        "cost_usd": to_text(to_dollars(row.cost_pico)),
        "saved_usd": to_text(to_dollars(row.saved_pico)),
        **{name: getattr(row, name) or None for name in EMPTY},
    }
    return {name: special[name] if name in special else getattr(row, name) for name in FIELDS}


def report_json(selection: Selection, group_by: str, found: Report) -> dict[str, Any]:
    """A summary: the total of the range, and one line per group."""
    return {
        "from": selection.span.start.astimezone(selection.span.zone).isoformat(),
        "to": selection.span.end.astimezone(selection.span.zone).isoformat(),
        "tz": selection.span.zone.key,
        "currency": "USD",
        "group_by": group_by,
        "total": totals_json(found.total, found.times),
        "results": [
            {"key": key_text(group.key), "label": group.label or key_text(group.key)}
            | totals_json(group.totals, group.times)
            for group in found.groups
        ],
    }


def totals_json(totals: Totals, times: Times) -> dict[str, Any]:
    """What a group comes to. `unpriced` counts attempts that may have cost something nobody knows."""
    return {
        "spend_usd": to_text(totals.spend_usd),
        "saved_usd": to_text(totals.saved_usd),
        "unpriced": totals.unpriced,
        "requests": totals.requests,
        "attempts": totals.attempts,
        "errors": totals.errors,
        "success_rate": totals.success_rate,
        **{name: _tokens(totals, name) for name in TOKENS},
        **times.summary(),
    }


def _tokens(totals: Totals, name: str) -> int | None:
    """Of no calls at all, none; of calls that told nothing, unknown."""
    return getattr(totals, name) if totals.attempts else 0


def text_of(value: Any) -> str:
    """A value as CSV has it: unknown is empty."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
