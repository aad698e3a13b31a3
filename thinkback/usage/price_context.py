"""The special conditions of a call that change its price: service tier, batch, speed, place of processing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thinkback.usage.price_question import Question

if TYPE_CHECKING:
    from proxy.record import Record

ORDINARY = frozenset({"", "default", "standard", "auto", "on_demand", "standard_only", "unspecified"})
FASTER = ("priority", "fast")

# Discounts that hold for every model of a provider that the table has no own prices for, with their sources.
MULTIPLIERS: Mapping[tuple[str, str], Decimal] = {
    # https://platform.openai.com/docs/guides/flex-processing: "priced at Batch API rates"
    ("openai", "flex"): Decimal("0.5"),
    # https://platform.openai.com/docs/guides/batch: "50% cost discount compared to synchronous APIs"
    ("openai", "batch"): Decimal("0.5"),
    # https://platform.claude.com/docs/en/build-with-claude/batch-processing: "50% of the standard API prices"
    ("anthropic", "batch"): Decimal("0.5"),
    # https://platform.claude.com/docs/en/about-claude/pricing: inference_geo "us" is 1.1 times on all token prices
    ("anthropic", "geo:us"): Decimal("1.1"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: how the price table names it, and by what the ordinary price is multiplied without the table."""

    context: Mapping[str, str]
    multiplier: Decimal | None


def special(record: Record) -> tuple[str, bool, str]:
    """What is special about a call, by the tier that the provider answered and its own report: tier, speed, place."""
    tier = (record.service_tier or "").lower()
    raw = record.raw_usage or {}
    place = raw.get("inference_geo")  # Anthropic's: "global", "us", "not_available"
    return (
        "" if tier in ORDINARY else tier,
        raw.get("speed") in FASTER,  # Anthropic's fast mode, where the usage says so
        place if isinstance(place, str) and place not in ("global", "not_available") else "",
    )


def conditions(question: Question) -> list[Condition]:
    """The same in the table's words."""
    found = []
    if question.tier:
        context = {"processing": "batch"} if question.tier == "batch" else {"service_tier": question.tier}
        found.append(Condition(context, MULTIPLIERS.get((question.price_id, question.tier))))
    if question.fast:
        found.append(Condition({"speed": "fast"}, None))
    if question.place:
        context = {"inference_geo": question.place}
        found.append(Condition(context, MULTIPLIERS.get((question.price_id, f"geo:{question.place}"))))
    return found
