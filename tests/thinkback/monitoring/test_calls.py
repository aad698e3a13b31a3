"""What becomes of a call in the metrics: names, labels, and how few of them there may be."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import structlog
from prometheus_client import CollectorRegistry

import providers
from providers import Usage
from proxy.metering import take_usage
from proxy.record import Record
from thinkback.monitoring.calls import Calls
from thinkback.monitoring.labels import MOST, OTHER

CALL = {"gen_ai_provider_name": "openai", "gen_ai_operation_name": "chat", "gen_ai_request_model": "gpt-5"}


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def calls(registry: CollectorRegistry) -> Calls:
    return Calls(registry)


def ended(**facts: Any) -> Record:
    """A closed record of a call that went well, but for these facts."""
    record = Record(
        uuid4(), 1, datetime.now(UTC), 1, "proxy", "openai", "openai", "chat", "v1/chat/completions", "POST"
    )
    usual = {"status": "ok", "model": "gpt-5", "http_status": 200, "duration_ms": 1500.0, "streamed": True}
    for name, value in (usual | facts).items():
        setattr(record, name, value)
    return record


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


def test_a_call_under_opentelemetrys_names(calls: Calls, registry: CollectorRegistry) -> None:
    calls.ended(ended(ttft_ms=250.0, input_tokens=12, output_tokens=5, cost_usd=Decimal("0.25")))
    done = {**CALL, "status": "ok", "error_type": ""}
    assert value(registry, "gen_ai_client_operation_duration_seconds_sum", **done) == 1.5
    assert value(registry, "gen_ai_client_operation_time_to_first_chunk_seconds_sum", **CALL) == 0.25
    assert value(registry, "gen_ai_client_token_usage_sum", **CALL, gen_ai_token_type="input") == 12
    assert value(registry, "gen_ai_client_token_usage_sum", **CALL, gen_ai_token_type="output") == 5
    assert value(registry, "thinkback_cost_usd_total", **CALL) == 0.25


def test_the_unknown_is_not_counted_as_zero(calls: Calls, registry: CollectorRegistry) -> None:
    calls.ended(ended(input_tokens=None, output_tokens=0, ttft_ms=None))
    assert value(registry, "gen_ai_client_token_usage_count", **CALL, gen_ai_token_type="input") == 0
    assert value(registry, "gen_ai_client_token_usage_count", **CALL, gen_ai_token_type="output") == 1
    assert value(registry, "gen_ai_client_operation_time_to_first_chunk_seconds_count", **CALL) == 0


def reported(raw: dict[str, Any], **facts: Any) -> Record:
    """A closed record with the usage that a provider reported so."""
    record = ended(**facts)
    take_usage(record, providers.get("openai").usage({"usage": raw}) or Usage())
    return record


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        ({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 41}, 0),
        ({"prompt_tokens": 32, "total_tokens": 32}, 0),
        ({"prompt_tokens": 32, "completion_tokens": 9}, 0),
        # xAI's reasoning stands outside: 9 + 94 of output
        ({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135,
          "completion_tokens_details": {"reasoning_tokens": 94}}, 0),
        ({"promptTokenCount": 9, "candidatesTokenCount": 5, "thoughtsTokenCount": 7, "totalTokenCount": 21}, 0),
        ({"input_tokens": 3, "cache_creation_input_tokens": 12304, "output_tokens": 550}, 0),
        ({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135,
          "completion_tokens_details": {"reasoning_tokens": 7}}, 1),
        ({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 40}, 1),
        ({"promptTokenCount": 9, "candidatesTokenCount": 5, "totalTokenCount": 21}, 1),
    ],
)  # fmt: skip
def test_a_report_that_contradicts_itself_is_told(
    calls: Calls, registry: CollectorRegistry, raw: dict[str, Any], count: int
) -> None:
    with structlog.testing.capture_logs() as logs:
        calls.ended(reported(raw))
    assert (value(registry, "thinkback_usage_contradictions_total", **CALL) or 0) == count
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("usage_does_not_add_up", "warning")] * count


def test_an_estimate_contradicts_nobody(calls: Calls, registry: CollectorRegistry) -> None:
    calls.ended(ended(tokens_source="estimate", input_tokens=1, output_tokens=1, raw_usage={"total_tokens": 9}))
    assert value(registry, "thinkback_usage_contradictions_total", **CALL) is None


def test_a_failure_has_its_type(calls: Calls, registry: CollectorRegistry) -> None:
    calls.ended(ended())
    calls.ended(ended(status="error", error_type="timeout"))
    failed = {**CALL, "status": "error", "error_type": "timeout"}
    assert value(registry, "gen_ai_client_operation_duration_seconds_count", **failed) == 1


def test_a_refusal_is_no_call(calls: Calls, registry: CollectorRegistry) -> None:
    calls.ended(ended(status="refused", error_type="rate_limit", http_status=429, duration_ms=0.0))
    assert value(registry, "thinkback_refusals_total", error_type="rate_limit", http_status="429") == 1
    assert not [
        sample
        for family in registry.collect()
        for sample in family.samples
        if sample.name.startswith("gen_ai_") and sample.name.endswith("_count")
    ]


def test_an_answer_from_memory_is_no_call(calls: Calls, registry: CollectorRegistry) -> None:
    calls.ended(ended(cost_source="cache", cost_usd=Decimal(0), ttft_ms=0.5, input_tokens=12, output_tokens=5))
    assert value(registry, "thinkback_cache_hits_total", **CALL) == 1
    names = {sample.name for family in registry.collect() for sample in family.samples}
    assert not [name for name in names if name.startswith("gen_ai_")], "the provider had no part in it"


def test_strangers_are_counted_by_reason(calls: Calls, registry: CollectorRegistry) -> None:
    calls.turned_away("unknown_token")
    assert value(registry, "thinkback_strangers_refused_total", reason="unknown_token") == 1


def test_calls_are_open_until_they_end(calls: Calls) -> None:
    record = ended()
    calls.began(record)
    assert list(calls.open.values()) == [record]
    calls.ended(record)
    assert not calls.open


def models_shown(registry: CollectorRegistry) -> set[str]:
    return {
        sample.labels["gen_ai_request_model"]
        for family in registry.collect()
        for sample in family.samples
        if "gen_ai_request_model" in sample.labels
    }


def test_a_model_that_never_answered_has_no_label(calls: Calls, registry: CollectorRegistry) -> None:
    calls.ended(ended(model="no-such-model", status="error", error_type="invalid_request"))
    assert models_shown(registry) == {OTHER}


@pytest.mark.parametrize("model", ["sk-proj-canary0123456789abcdefghij", "m" * 101, "two\nlines"])
def test_what_is_no_name_has_no_label(calls: Calls, registry: CollectorRegistry, model: str) -> None:
    calls.ended(ended(model=model))
    assert models_shown(registry) == {OTHER}


def test_the_labels_of_a_provider_are_few(calls: Calls, registry: CollectorRegistry) -> None:
    for number in range(MOST + 20):
        calls.ended(ended(model=f"model-{number}"))
    assert len(models_shown(registry)) == MOST + 1
    calls.ended(ended(model="claude", provider="anthropic"))  # nobody can use up the labels of another provider
    assert "claude" in models_shown(registry)
