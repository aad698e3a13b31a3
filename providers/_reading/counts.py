"""The token counts of each wire format → one `Usage`.

The names are those of the services' references; which of them overlap is told beside each.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from providers._events import Usage

NUMBERS = (int, float)
LARGEST = 2**53  # beyond this a JSON number is not exact, and no answer has so many tokens


def count(value: Any) -> int | None:
    """A token count, or None for anything that is not one."""
    if type(value) is int:  # a bool is none
        return value if 0 <= value < LARGEST else None
    if type(value) is not float:
        return None
    return int(value) if 0 <= value < LARGEST and value == int(value) else None


def dollars(value: Any) -> Decimal | None:
    """An amount of US dollars that the service itself stated, or None."""
    if type(value) not in NUMBERS:
        return None
    return Decimal(str(value)) if 0 <= value < LARGEST else None


def inner(mapping: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """The first object under one of these names that says anything; empty where there is none."""
    for name in names:
        value = mapping.get(name)
        if value and isinstance(value, dict):
            return value
    return {}


def first(*values: Any) -> int | None:
    """The first of these that is a count."""
    for value in values:
        if value is not None and (number := count(value)) is not None:
            return number
    return None


def total(*values: int | None) -> int | None:
    """The sum of what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def counts_cache_apart(raw: Mapping[str, Any]) -> bool:
    """Whether these are Anthropic's counts, whose `input_tokens` holds neither cache reads nor writes.

    Vercel's gateway puts a field of theirs among OpenAI's counts.
    """
    return ("cache_read_input_tokens" in raw or "cache_creation_input_tokens" in raw) and "prompt_tokens" not in raw


def anthropic_input(raw: Mapping[str, Any]) -> int | None:
    """All input: fresh, written to the cache and read from it."""
    if count(raw.get("input_tokens")) is None:
        return None
    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    return total(*(count(raw.get(name)) for name in names))


def anthropic_usage(raw: Mapping[str, Any]) -> Usage:
    """Anthropic Messages: cumulative, split between `message_start` and `message_delta`."""
    written = inner(raw, "cache_creation")
    return Usage(
        input_tokens=anthropic_input(raw),
        output_tokens=count(raw.get("output_tokens")),
        cache_read_tokens=count(raw.get("cache_read_input_tokens")),
        cache_write_tokens=count(raw.get("cache_creation_input_tokens")),
        cache_write_1h_tokens=count(written.get("ephemeral_1h_input_tokens")),
        reasoning_tokens=count(inner(raw, "output_tokens_details").get("thinking_tokens")),
        service_tier=word(raw.get("service_tier")),
        raw=raw,
    )


def google_usage(raw: Mapping[str, Any]) -> Usage:
    """Gemini: thoughts lie outside the candidates, the results of tools outside the prompt, the cache inside it."""
    prompt, tools = count(raw.get("promptTokenCount")), count(raw.get("toolUsePromptTokenCount"))
    answer, thoughts = count(raw.get("candidatesTokenCount")), count(raw.get("thoughtsTokenCount"))
    output, everything = total(answer, thoughts), count(raw.get("totalTokenCount"))
    if output is None and everything is not None and prompt is not None:  # a zero is left out of the JSON
        output = max(0, everything - prompt - (tools or 0))
    return Usage(
        input_tokens=None if prompt is None else total(prompt, tools),
        output_tokens=output,
        cache_read_tokens=count(raw.get("cachedContentTokenCount")),
        reasoning_tokens=thoughts,
        service_tier=word(raw.get("serviceTier")) or traffic(raw.get("trafficType")),
        raw=raw,
    )


def traffic(kind: Any) -> str | None:
    """The tier that Vertex AI names as a kind of traffic, such as priority or flex; None for the usual one."""
    name = word(kind)
    found = (name or "").removeprefix("ON_DEMAND").removeprefix("_").lower()
    return None if found.endswith("unspecified") else found or None


def openai_usage(raw: Mapping[str, Any]) -> Usage:
    """OpenAI's chat and Responses formats and their relatives: cache reads and writes are inside the input."""
    spent = inner(raw, "completion_tokens_details", "output_tokens_details")
    read = inner(raw, "prompt_tokens_details", "input_tokens_details", "prompt_token_details")  # the last is Writer's
    prompt = first(raw.get("prompt_tokens"), raw.get("input_tokens"))
    reasoning = first(spent.get("reasoning_tokens"), raw.get("reasoning_tokens"))
    return Usage(
        input_tokens=prompt,
        output_tokens=openai_output(raw, prompt, reasoning),
        cache_read_tokens=first(
            read.get("cached_tokens"),
            raw.get("prompt_cache_hit_tokens"),  # DeepSeek
            raw.get("num_cached_tokens"),  # Mistral
            raw.get("cached_tokens"),  # Moonshot, Hugging Face
        ),
        cache_write_tokens=first(
            read.get("cache_write_tokens"),
            raw.get("cache_write_tokens"),
            raw.get("cache_creation_input_tokens"),  # Vercel
        ),
        reasoning_tokens=reasoning,
        cost_usd=openai_cost(raw),
        service_tier=word(raw.get("service_tier")),
        raw=raw,
    )


def openai_output(raw: Mapping[str, Any], prompt: int | None, reasoning: int | None) -> int | None:
    """All output. xAI, and Google's OpenAI endpoint, leave reasoning out of it and tell so by their total only."""
    output = first(raw.get("completion_tokens"), raw.get("output_tokens"))
    everything = count(raw.get("total_tokens"))
    if output is None or prompt is None or everything is None:
        return output
    apart = everything - prompt - output
    return output + apart if apart > 0 and reasoning in (None, apart) else output


def openai_cost(raw: Mapping[str, Any]) -> Decimal | None:
    """The cost that the service states: xAI in ticks of 1e-10 USD, OpenRouter in USD, its own fee apart (BYOK)."""
    ticks = count(raw.get("cost_in_usd_ticks"))
    if ticks is not None:
        return Decimal(ticks).scaleb(-10)
    cost = dollars(raw.get("cost"))
    if cost is None or raw.get("is_byok") is not True:
        return cost
    upstream = dollars(inner(raw, "cost_details").get("upstream_inference_cost"))
    return None if upstream is None else cost + upstream


def adds_up(raw: Mapping[str, Any], input_tokens: int | None, output_tokens: int | None) -> bool:
    """Whether what was read of a report comes to the total that it states itself; where none is stated, it does."""
    everything = first(raw.get("total_tokens"), raw.get("totalTokenCount"))
    return everything is None or input_tokens is None or everything == input_tokens + (output_tokens or 0)


def word(value: Any) -> str | None:
    """A short name that a service states, such as a tier."""
    return value[:64] if isinstance(value, str) and value else None
