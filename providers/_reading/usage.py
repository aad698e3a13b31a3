"""The usage that a JSON document reports, wherever its format puts it, and what two reports say together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from providers._events import Usage
from providers._reading.counts import (
    anthropic_input,
    anthropic_usage,
    counts_cache_apart,
    google_usage,
    openai_usage,
    word,
)

FIELDS = (
    "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
    "reasoning_tokens", "cost_usd", "service_tier",
)  # fmt: skip
PLACES = ("message", "response", "x_groq")
GOOGLE = frozenset({
    "promptTokenCount", "toolUsePromptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount",
    "cachedContentTokenCount", "trafficType",
})  # fmt: skip


def merge(older: Usage | None, newer: Usage | None) -> Usage | None:
    """What is known after both: the newer report wins field by field, and what it leaves out stays."""
    if older is None or newer is None:
        return newer if older is None else older
    raw = {**older.raw, **{key: value for key, value in newer.raw.items() if value is not None}}
    known = {name: getattr(newer, name) for name in FIELDS if getattr(newer, name) is not None}
    if counts_cache_apart(raw):  # its sum is made of fields that the two reports may have shared out
        known["input_tokens"] = anthropic_input(raw)
    return replace(older, **known, raw=raw)


def read_usage(document: Mapping[str, Any]) -> Usage | None:
    """The usage that one event, or a whole answer, reports. The format is told by the names of its fields.

    It stands on top, in Anthropic's first event, in Responses' last, or in a place of Groq's or Moonshot's own.
    """
    usage = usage_in(document)
    if usage is None:
        for place in PLACES:
            if place in document and (usage := usage_in(document[place])) is not None:
                return usage
        usage = usage_in(first_choice(document))
    return usage


def usage_in(holder: Any) -> Usage | None:
    """The usage that this part of a document holds, if any."""
    if not isinstance(holder, dict):
        return None
    raw = holder.get("usage") or holder.get("usageMetadata")
    if not isinstance(raw, dict) or not raw:
        return None
    usage = read_counts(raw)
    tier = None if usage.service_tier else word(holder.get("service_tier"))
    return usage if tier is None else replace(usage, service_tier=tier)


def first_choice(document: Mapping[str, Any]) -> Any:
    """The first of OpenAI's `choices`, if any."""
    choices = document.get("choices")
    return choices[0] if isinstance(choices, list) and choices else None


def read_counts(raw: Mapping[str, Any]) -> Usage:
    """One usage object in whichever format it is."""
    if not GOOGLE.isdisjoint(raw):
        return google_usage(raw)
    return anthropic_usage(raw) if counts_cache_apart(raw) else openai_usage(raw)
