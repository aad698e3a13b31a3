"""From what a provider says, byte for byte, to what it bills: the same tokens and the same dollars."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

import providers
from providers import Sampler
from proxy.metering import take_usage
from proxy.record import Record
from tests.wire import data, named
from thinkback.usage.prices import price

THEN = datetime(2026, 6, 1, 12, tzinfo=UTC)
CACHE = {"cache_creation_input_tokens": 12304, "cache_read_input_tokens": 0}
HOUR = {**CACHE, "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 12304}}


def messages(start: dict[str, Any], *deltas: dict[str, Any]) -> bytes:
    """Anthropic's stream, with these reports."""
    said = named({"type": "message_start", "message": {"type": "message", "usage": start}})
    said += b"".join(named({"type": "message_delta", "delta": {}, "usage": usage}) for usage in deltas)
    return said + named({"type": "message_stop"})


def chunks(*reports: dict[str, Any]) -> bytes:
    """Gemini's stream, with a report in each chunk."""
    part = {"content": {"parts": [{"text": "x"}]}}
    last = {"candidates": [{**part, "finishReason": "STOP"}], "usageMetadata": reports[-1]}
    return b"".join(data({"candidates": [part], "usageMetadata": usage}) for usage in reports[:-1]) + data(last)


def chat(**usage: Any) -> bytes:
    """OpenAI's stream, with this report."""
    choice = {"index": 0, "delta": {"content": "x"}, "finish_reason": "stop"}
    return data({"choices": [choice]}) + data({"choices": [], "usage": usage}) + b"data: [DONE]\n\n"


GEMINI = {"promptTokenCount": 55021, "candidatesTokenCount": 923, "thoughtsTokenCount": 785, "totalTokenCount": 56729}
INVOICES = {
    "Anthropic's counts are cumulative: 25 at 3, 40 at 15 dollars a million": (
        "anthropic", "claude-sonnet-4-5",
        messages({"input_tokens": 25, "output_tokens": 1}, {"output_tokens": 15}, {"output_tokens": 40}),
        (25, 40), "0.000675",
    ),
    "3 fresh, 12 304 written to the cache, 550 out": (
        "anthropic", "claude-3-7-sonnet-20250219",
        messages({"input_tokens": 3, "output_tokens": 1, **CACHE}, {"output_tokens": 550}), (12307, 550), "0.054399",
    ),
    "repeated cache counts are not added": (
        "anthropic", "claude-3-7-sonnet-20250219",
        messages({"input_tokens": 3, "output_tokens": 1, **CACHE},
                 {"input_tokens": 3, "output_tokens": 9, **CACHE}, {"input_tokens": 3, "output_tokens": 550, **CACHE}),
        (12307, 550), "0.054399",
    ),
    "written for an hour": (
        "anthropic", "claude-sonnet-4-5",
        messages({"input_tokens": 3, "output_tokens": 1, **HOUR}, {"output_tokens": 550}), (12307, 550), "0.082083",
    ),
    "200 fresh at 2.50, 2 000 read at 1.25": (
        "openai", "gpt-4o",
        chat(prompt_tokens=2200, completion_tokens=0, total_tokens=2200, prompt_tokens_details={"cached_tokens": 2000}),
        (2200, 0), "0.003",
    ),
    "zeros are zeros": (
        "openai", "gpt-4o", chat(prompt_tokens=0, completion_tokens=0, total_tokens=0), (0, 0), "0",
    ),
    "Gemini's thoughts are billed: 55 021 at 1.25, 1 708 at 10": (
        "google", "gemini-2.5-pro", chunks(GEMINI), (55021, 1708), "0.08585625",
    ),
    "and its repeated counts once": ("google", "gemini-2.5-pro", chunks(*[GEMINI] * 5), (55021, 1708), "0.08585625"),
    "200 000 are below the step": (
        "google", "gemini-2.5-pro", chunks({"promptTokenCount": 200_000, "candidatesTokenCount": 1000}),
        (200_000, 1000), "0.26",
    ),
    "one more is above it, with every token": (
        "google", "gemini-2.5-pro", chunks({"promptTokenCount": 200_001, "candidatesTokenCount": 1000}),
        (200_001, 1000), "0.5150025",
    ),
    "xAI states what it takes": (
        "xai", "grok-4", chat(prompt_tokens=32, completion_tokens=9, total_tokens=135, cost_in_usd_ticks=4830000,
                              completion_tokens_details={"reasoning_tokens": 94}),
        (32, 103), "0.000483",
    ),
}  # fmt: skip


@pytest.mark.parametrize("size", [1, 4096])
@pytest.mark.parametrize("name", INVOICES)
def test_an_answer_costs_what_the_invoice_says(name: str, size: int) -> None:
    kind, model, body, tokens, dollars = INVOICES[name]
    adapter = providers.get(kind)
    sampler = Sampler(adapter, "text/event-stream")
    for at in range(0, len(body), size):
        sampler.feed(body[at : at + size])
    reading = sampler.reading()
    assert reading.complete and reading.usage is not None
    record = Record(uuid4(), 1, THEN, 1, "proxy", kind, kind, "chat", "v1/chat", "POST", model=model)
    record.price_id = adapter.price_id
    take_usage(record, reading.usage)
    assert (record.input_tokens, record.output_tokens, record.tokens_source) == (*tokens, "provider")
    assert price(record).cost_usd == Decimal(dollars)
