"""Every provider's token counts come out under the same five names; what was not said stays None."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import Usage
from providers._reading.counts import count, dollars
from providers._reading.usage import merge, read_counts, read_usage


def counts(usage: Usage | None) -> dict[str, Any]:
    """What a usage states, without the raw report."""
    assert usage is not None
    names = Usage.__slots__
    return {name: value for name in names if name != "raw" and (value := getattr(usage, name)) is not None}


REPORTS = {
    "OpenAI: cache reads and writes are inside the prompt": (
        {"prompt_tokens": 2600, "completion_tokens": 42, "total_tokens": 2642,
         "prompt_tokens_details": {"cached_tokens": 2000, "cache_write_tokens": 400},
         "completion_tokens_details": {"reasoning_tokens": 16}},
        {"input_tokens": 2600, "output_tokens": 42, "cache_read_tokens": 2000, "cache_write_tokens": 400,
         "reasoning_tokens": 16},
    ),
    "OpenAI Responses": (
        {"input_tokens": 37, "input_tokens_details": {"cached_tokens": 12}, "output_tokens": 11, "total_tokens": 48,
         "output_tokens_details": {"reasoning_tokens": 4}},
        {"input_tokens": 37, "output_tokens": 11, "cache_read_tokens": 12, "reasoning_tokens": 4},
    ),
    "zeros are zeros": (
        {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "prompt_tokens_details": {"cached_tokens": 0}},
        {"input_tokens": 0, "output_tokens": 0, "cache_read_tokens": 0},
    ),
    "embeddings have no output": ({"prompt_tokens": 5, "total_tokens": 5}, {"input_tokens": 5}),
    "Anthropic: cache reads and writes are outside the input": (
        {"input_tokens": 3, "cache_creation_input_tokens": 12304, "cache_read_input_tokens": 7, "output_tokens": 550,
         "cache_creation": {"ephemeral_5m_input_tokens": 304, "ephemeral_1h_input_tokens": 12000},
         "service_tier": "priority"},
        {"input_tokens": 12314, "output_tokens": 550, "cache_read_tokens": 7, "cache_write_tokens": 12304,
         "cache_write_1h_tokens": 12000, "service_tier": "priority"},
    ),
    "Anthropic's delta may hold the output alone": ({"output_tokens": 40}, {"output_tokens": 40}),
    "Gemini: thoughts are outside the candidates": (
        {"promptTokenCount": 55021, "candidatesTokenCount": 923, "thoughtsTokenCount": 785, "totalTokenCount": 56729},
        {"input_tokens": 55021, "output_tokens": 1708, "reasoning_tokens": 785},
    ),
    "Gemini: tool results are further input, the cache is inside it": (
        {"promptTokenCount": 60, "candidatesTokenCount": 20, "toolUsePromptTokenCount": 30, "totalTokenCount": 110,
         "cachedContentTokenCount": 12},
        {"input_tokens": 90, "output_tokens": 20, "cache_read_tokens": 12},
    ),
    "Gemini leaves a zero out": (
        {"promptTokenCount": 10, "totalTokenCount": 10},
        {"input_tokens": 10, "output_tokens": 0},
    ),
    "Gemini may report nothing but the kind of traffic": ({"trafficType": "ON_DEMAND"}, {}),
    "Vertex AI names a tier so": ({"trafficType": "ON_DEMAND_PRIORITY"}, {"service_tier": "priority"}),
    "Vertex AI names what was paid beforehand": (
        {"trafficType": "PROVISIONED_THROUGHPUT"}, {"service_tier": "provisioned_throughput"},
    ),
    "xAI: reasoning is outside the completion, cost is in ticks": (
        {"prompt_tokens": 12, "completion_tokens": 2, "total_tokens": 334, "cost_in_usd_ticks": 4830000,
         "completion_tokens_details": {"reasoning_tokens": 320}},
        {"input_tokens": 12, "output_tokens": 322, "reasoning_tokens": 320, "cost_usd": Decimal("0.000483")},
    ),
    "xAI: 94 of reasoning beside 9 of text": (
        {"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135,
         "completion_tokens_details": {"reasoning_tokens": 94}},
        {"input_tokens": 32, "output_tokens": 103, "reasoning_tokens": 94},
    ),
    "Google's OpenAI endpoint tells its thoughts by the total only": (
        {"prompt_tokens": 35, "completion_tokens": 12, "total_tokens": 109},
        {"input_tokens": 35, "output_tokens": 74},
    ),
    "DeepSeek": (
        {"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105, "prompt_cache_hit_tokens": 64,
         "prompt_cache_miss_tokens": 36},
        {"input_tokens": 100, "output_tokens": 5, "cache_read_tokens": 64},
    ),
    "Mistral": (
        {"prompt_tokens": 12, "completion_tokens": 22, "total_tokens": 34, "num_cached_tokens": 8},
        {"input_tokens": 12, "output_tokens": 22, "cache_read_tokens": 8},
    ),
    "Writer": (
        {"prompt_tokens": 12, "completion_tokens": 2, "prompt_token_details": {"cached_tokens": 3}},
        {"input_tokens": 12, "output_tokens": 2, "cache_read_tokens": 3},
    ),
    "OpenRouter states the cost": (
        {"prompt_tokens": 194, "completion_tokens": 2, "total_tokens": 196, "cost": 0.00095, "is_byok": False,
         "cost_details": {"upstream_inference_cost": 0.0009}},
        {"input_tokens": 194, "output_tokens": 2, "cost_usd": Decimal("0.00095")},
    ),
    "OpenRouter with the user's own key adds what the vendor takes": (
        {"prompt_tokens": 1, "completion_tokens": 1, "cost": 0.05, "is_byok": True,
         "cost_details": {"upstream_inference_cost": 1}},
        {"input_tokens": 1, "output_tokens": 1, "cost_usd": Decimal("1.05")},
    ),
    "OpenRouter's fee alone is not the cost": (
        {"prompt_tokens": 1, "completion_tokens": 1, "cost": 0.05, "is_byok": True},
        {"input_tokens": 1, "output_tokens": 1},
    ),
    "nulls are unknown": ({"prompt_tokens": None, "completion_tokens": 3}, {"output_tokens": 3}),
    "nonsense is unknown": (
        {"prompt_tokens": "9", "completion_tokens": -1, "total_tokens": True, "cost": "free",
         "prompt_tokens_details": [1]},
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_in_each_format(name: str) -> None:
    raw, expected = REPORTS[name]
    usage = read_counts(raw)
    assert counts(usage) == expected
    assert usage.raw == raw


@pytest.mark.parametrize(
    "wrap",
    [
        lambda raw: {"usage": raw},
        lambda raw: {"choices": [{"delta": {}}], "usage": raw},
        lambda raw: {"type": "message_start", "message": {"usage": raw}},
        lambda raw: {"type": "response.completed", "response": {"usage": raw}},
        lambda raw: {"x_groq": {"usage": raw}, "choices": []},
        lambda raw: {"choices": [{"usage": raw}]},
        lambda raw: {"usageMetadata": raw},
    ],
)
def test_a_report_is_found_wherever_it_stands(wrap: Any) -> None:
    usage = read_usage(wrap({"prompt_tokens": 3, "completion_tokens": 4}))
    assert counts(usage) == {"input_tokens": 3, "output_tokens": 4}


@pytest.mark.parametrize("document", [{}, {"usage": None}, {"usage": {}}, {"usage": 3}, {"choices": [None]}])
def test_no_report_is_no_usage(document: dict[str, Any]) -> None:
    assert read_usage(document) is None


def test_the_tier_may_stand_beside_the_usage() -> None:
    usage = read_usage({"service_tier": "flex", "usage": {"prompt_tokens": 1}})
    assert usage is not None and usage.service_tier == "flex"


def test_of_two_reports_the_later_wins_field_by_field() -> None:
    start = read_counts({"input_tokens": 25, "output_tokens": 1})
    usage = merge(merge(start, read_counts({"output_tokens": 15})), read_counts({"output_tokens": 40}))
    assert counts(usage) == {"input_tokens": 25, "output_tokens": 40}


def test_anthropics_input_is_summed_over_both_events() -> None:
    start = read_counts({"input_tokens": 25, "cache_read_input_tokens": 3000, "output_tokens": 1})
    usage = merge(start, read_counts({"input_tokens": 125, "cache_read_input_tokens": None, "output_tokens": 9}))
    assert counts(usage) == {"input_tokens": 3125, "output_tokens": 9, "cache_read_tokens": 3000}


def test_geminis_repeated_counts_are_not_added() -> None:
    report = read_counts({"promptTokenCount": 9, "candidatesTokenCount": 5, "totalTokenCount": 14})
    usage = None
    for _ in range(5):
        usage = merge(usage, report)
    assert usage == report


NUMBERS = st.none() | st.integers(0, 10_000)
USAGES = st.builds(
    Usage,
    input_tokens=NUMBERS,
    output_tokens=NUMBERS,
    cache_read_tokens=NUMBERS,
    cost_usd=st.none() | st.decimals(0, 5, places=4),
    service_tier=st.none() | st.sampled_from(["flex", "default"]),
)


@settings(max_examples=60, deadline=None)
@given(USAGES, USAGES, USAGES)
def test_merging_loses_nothing_and_needs_no_order_of_brackets(one: Usage, two: Usage, three: Usage) -> None:
    assert merge(merge(one, two), three) == merge(one, merge(two, three))
    assert merge(one, one) == one
    assert merge(None, one) == one == merge(one, None)
    both = merge(one, two)
    assert both is not None
    assert both.input_tokens == (one.input_tokens if two.input_tokens is None else two.input_tokens)


def test_merging_nothing_is_nothing() -> None:
    assert merge(None, None) is None


GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["usage", "message", "choices", "prompt_tokens", "promptTokenCount", "cost", "x_groq",
                         "completion_tokens_details", "input_tokens", "cache_read_input_tokens", "total_tokens"]),
        inner,
        max_size=4,
    ),
    max_leaves=15,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["usage", "usageMetadata", "message", "choices"]), GARBAGE))
def test_no_document_upsets_the_reader(document: dict[str, Any]) -> None:
    usage = read_usage(document)
    for name, value in counts(usage).items() if usage is not None else ():
        assert isinstance(value, str) or value >= 0, name


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, True, "1", 2**60, 1.5, None])
def test_what_is_not_a_count(value: Any) -> None:
    assert count(value) is None


def test_money_keeps_every_digit_that_was_said() -> None:
    assert dollars(0.00011) == Decimal("0.00011")
    assert dollars(float("nan")) is None


def test_usage_is_a_value() -> None:
    assert replace(Usage(input_tokens=1), output_tokens=2) == Usage(input_tokens=1, output_tokens=2)
