"""What is said of answers side by side: how fast each was, which was fastest and cheapest, what comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from thinkback.chat import groups, synthesis
from thinkback.chat.material import Material
from thinkback.chat.models import Message
from thinkback.usage.money import shown as money
from thinkback.usage.reports import OperationTotals
from thinkback.usage.templatetags.usage import duration

Measure = float | Decimal | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands below answers side by side."""

    comparison: UUID
    status: str
    ended: int  # how many answers have
    names: tuple[tuple[UUID, str], ...]  # of the columns
    facts: tuple[str, ...]
    goes_on: str  # whose answer the next message goes on from
    can_merge: bool


def summary_of(material: Material) -> Summary:
    """Of the answers at the end of the branch that is shown."""
    group, names = material.group, names_of(material)
    assert group[0].comparison is not None
    columns = [message for message in group if not message.merges]
    is_open = groups.is_open(group)
    return Summary(
        comparison=group[0].comparison,
        status="streaming" if is_open else "done",
        ended=sum(message.status not in groups.OPEN for message in group),
        names=tuple((message.id, names[message.id]) for message in columns),
        facts=() if is_open else _facts(material, [message for message in columns if message.status == "done"], names),
        goes_on=names[groups.goes_on(group).id],
        can_merge=not is_open and sum(bool(message.text.strip()) for message in columns) >= 2,
    )


def names_of(material: Material) -> dict[UUID, str]:
    """What the answers are called: by their models, and by the connections too where that is not enough."""
    models = [message.model for message in material.group if not message.merges]
    return {
        message.id: _("the merged answer")
        if message.merges
        else message.model
        if models.count(message.model) < 2
        else f"{message.model} ({material.names.get(message.slug, message.slug)})"
        for message in material.group
    }


def pace_of(material: Material, message: Message) -> tuple[str, ...]:
    """How long it took to the first word, and how fast the words came after it."""
    totals = _totals(material, message)
    if totals is None or totals.ttft_ms is None:
        return ()
    first = _("first word after {time}").format(time=duration(totals.ttft_ms))
    left = (totals.duration_ms or 0) - totals.ttft_ms
    if totals.output_tokens is None or left <= 0:
        return (first,)
    return (first, _("{count} tokens/s").format(count=f"{totals.output_tokens * 1000 / left:,.0f}"))


def merged_of(material: Material, message: Message) -> tuple[str, ...]:
    """By whom the answers were that this one was written from."""
    if not message.merges:
        return ()
    known = {other.id: other for other in material.group}
    wanted = [UUID(id) for id in message.merges]
    found = [known[id] for id in wanted] if known.keys() >= set(wanted) else synthesis.sources(message.merges)
    return tuple(other.model for other in found)


def _facts(material: Material, done: Sequence[Message], names: dict[UUID, str]) -> tuple[str, ...]:
    """In words, where there is a difference."""
    totals = {names[message.id]: found for message in done if (found := _totals(material, message)) is not None}
    fastest = _least(totals, lambda each: each.duration_ms)
    cheapest = _least(totals, lambda each: each.cost_usd)
    facts = []
    if fastest:
        time = duration(totals[fastest].duration_ms)
        facts.append(_("Fastest: {name}, {time}").format(name=fastest, time=time))
    if cheapest and (cost := totals[cheapest].cost_usd) is not None:
        facts.append(_("Cheapest: {name}, {cost}").format(name=cheapest, cost=money(cost)))
    return tuple(facts)


def _least(totals: dict[str, OperationTotals], measure: Callable[[OperationTotals], Measure]) -> str | None:
    """Whose is least; nobody's where one is not known, or all are alike."""
    measured = {name: measure(each) for name, each in totals.items()}
    known = {name: float(value) for name, value in measured.items() if value is not None}
    if len(known) < max(2, len(measured)) or len(set(known.values())) < 2:
        return None
    return min(known, key=lambda name: known[name])


def _totals(material: Material, message: Message) -> OperationTotals | None:
    return None if message.operation_id is None else material.totals.get(message.operation_id)
