"""What the dashboard and its API tell: totals of a selection, and the same by day, model, person and so on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Value, When

from thinkback.usage.groups import GROUPINGS
from thinkback.usage.models import Attempt
from thinkback.usage.money import to_dollars
from thinkback.usage.percentiles import ALL, Times, times_by
from thinkback.usage.selections import Selection
from thinkback.usage.totals import UNPRICED, Totals, counted

CERTAINTY = (None, "provider", "partial", "estimate")  # of tokens, falling


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a report."""

    key: Any
    label: str | None
    totals: Totals
    times: Times


@dataclass(frozen=True, slots=True)
class Report:
    """A selection, grouped: in order of time, or the dearest first."""

    total: Totals
    times: Times
    groups: list[Group]


def report(selection: Selection, group_by: str) -> Report:
    """Everything at once: two passes over the rows, one look-up of names. `group_by` is a key of GROUPINGS."""
    grouping, span = GROUPINGS[group_by], selection.span
    total = Totals()
    groups: dict[Any, Totals] = {key: Totals() for key in grouping.expected(span)}
    for row in counted(selection.rows(), grouping.column):
        total.add(row)
        groups.setdefault(grouping.fold(row[grouping.column], span), Totals()).add(row)
    times = times_by(selection.rows(), grouping.column, lambda value: grouping.fold(value, span))
    labels = grouping.labels([key for key in groups if key is not None])
    found = [Group(key, labels.get(key), totals, times.get(key, Times())) for key, totals in groups.items()]
    found.sort(key=_in_time if grouping.in_time else _dearest)
    return Report(total, times.get(ALL, Times()), found)


def _in_time(group: Group) -> Any:
    return group.key


def _dearest(group: Group) -> tuple[int, int, str]:
    return -group.totals.spend_pico, -group.totals.requests, str(group.key)


@dataclass(slots=True)
class OperationTotals:
    """What one operation came to, over all its attempts. None where a part is unknown that matters."""

    cost_usd: Decimal | None = None
    cost_source: str | None = None
    input_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    duration_ms: float | None = None
    ttft_ms: float | None = None
    model: str | None = None
    status: str = "started"
    slug: str = ""
    tokens_source: str | None = None  # provider, partial or estimate: the least certain of all attempts
    request_id: str | None = None  # the provider's, of the last attempt
    calls: int = 0
    route_reason: str | None = None  # why this connection answered, where another one was asked


def totals_of(operations: Mapping[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, OperationTotals]:
    """Tokens, cost, source and duration per operation, in one query; operations without rows are not in it.

    Each operation is counted to the one beside it: itself, or that of the answer whose later round it is. The cost
    is None if that of one attempt is unknown which may have been charged; the rest is the last one's.
    """
    found: dict[uuid.UUID, OperationTotals] = {}
    unknown: set[uuid.UUID] = set()
    flag = Case(When(UNPRICED, then=Value(True)), default=Value(False), output_field=BooleanField())
    rows = Attempt.objects.filter(operation_id__in=operations.keys()).annotate(unpriced=flag)
    for row in rows.order_by("operation_id", "attempt"):
        operation = operations[row.operation_id]
        _add(found.setdefault(operation, OperationTotals()), row)
        if row.unpriced:
            unknown.add(operation)
    for operation_id in unknown:
        found[operation_id].cost_usd = found[operation_id].cost_source = None
    return found


SUMS = (
    "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens", "duration_ms",
)  # fmt: skip


def _add(totals: OperationTotals, row: Attempt) -> None:
    if row.cost_pico is not None:
        totals.cost_usd = (totals.cost_usd or Decimal(0)) + (to_dollars(row.cost_pico) or Decimal(0))
        totals.cost_source = row.cost_source
    for name in SUMS:
        if (value := getattr(row, name)) is not None:
            setattr(totals, name, (getattr(totals, name) or 0) + value)
    totals.ttft_ms, totals.model, totals.status = row.ttft_ms, row.response_model or row.model, row.status
    totals.calls += 1
    totals.slug, totals.route_reason = row.slug, row.route_reason
    totals.request_id = row.provider_request_id
    totals.tokens_source = max(totals.tokens_source, row.tokens_source, key=CERTAINTY.index)
