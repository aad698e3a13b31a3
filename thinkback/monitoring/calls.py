"""Calls, counted as they end, under OpenTelemetry's GenAI names.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/, spelt as Prometheus wants it: dots become
underscores, the unit is the ending. `status` is ours: that of the usage record.
"""

from __future__ import annotations

from typing import NamedTuple

import structlog
from prometheus_client import CollectorRegistry, Counter

from providers import adds_up
from proxy.host import Observer
from proxy.record import Record
from thinkback.monitoring.distribution import Cell, Distribution
from thinkback.monitoring.labels import OTHER, Models

CALL = ("gen_ai_provider_name", "gen_ai_operation_name", "gen_ai_request_model")
SECONDS = tuple(0.01 * 2**step for step in range(14))  # 10 ms to 82 s, as OpenTelemetry advises
TOKENS = tuple(float(4**step) for step in range(14))  # 1 to 67 million, likewise

log = structlog.get_logger(__name__)


class Series(NamedTuple):
    """The counters of one combination of labels, looked up once."""

    duration: Cell
    first_chunk: Cell
    input: Cell
    output: Cell
    cost: Counter


class Calls(Observer):
    """The proxy's observer. It runs on the hot path: a few look-ups and additions for each call, no waiting."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.open: dict[int, Record] = {}  # by the number that their id is
        self.models = Models()
        self._series: dict[tuple[str, str, str, str, str], Series] = {}
        self._duration = Distribution(
            "gen_ai_client_operation_duration_seconds",
            "From a request to a provider to the end of its answer.",
            (*CALL, "status", "error_type"),
            SECONDS,
        ).registered(registry)
        self._first_chunk = Distribution(
            "gen_ai_client_operation_time_to_first_chunk_seconds",
            "From a request to the first bytes of a streamed answer.",
            CALL,
            SECONDS,
        ).registered(registry)
        self._tokens = Distribution(
            "gen_ai_client_token_usage",
            "Tokens of a call, where they are known: all input, all output.",
            (*CALL, "gen_ai_token_type"),
            TOKENS,
        ).registered(registry)
        self._cost = Counter(
            "thinkback_cost_usd", "US dollars, where the price is known.", CALL, registry=registry
        )  # fmt: skip
        self._hits = Counter(
            "thinkback_cache_hits", "Calls answered from memory, which are in none of the above.",
            CALL, registry=registry,
        )  # fmt: skip
        self._contradictions = Counter(
            "thinkback_usage_contradictions",
            "Reports of a provider whose tokens do not come to the total that they state.",
            CALL, registry=registry,
        )  # fmt: skip
        self._refusals = Counter(
            "thinkback_refusals",
            "Calls of known callers that ThinkBack itself refused.",
            ("error_type", "http_status"), registry=registry,
        )  # fmt: skip
        self._strangers = Counter(
            "thinkback_strangers_refused",
            "Calls of the proxy by nobody that is known.",
            ("reason",), registry=registry,
        )  # fmt: skip

    def began(self, record: Record) -> None:
        """A call goes out."""
        self.open[record.id.int] = record

    def ended(self, record: Record) -> None:
        """A call is closed, was refused, or answered from memory."""
        self.open.pop(record.id.int, None)
        if record.status == "refused":
            self._refusals.labels(record.error_type or OTHER, str(record.http_status or "")).inc()
            return
        if record.cost_source == "cache":
            self._hits.labels(record.provider, record.operation, self.models.label(record)).inc()
            return
        series = self._series_of(record)
        self._reconcile(record)
        if record.duration_ms is not None:
            series.duration.observe(record.duration_ms / 1000)
        if record.streamed and record.ttft_ms is not None:
            series.first_chunk.observe(record.ttft_ms / 1000)
        if record.input_tokens is not None:
            series.input.observe(record.input_tokens)
        if record.output_tokens is not None:
            series.output.observe(record.output_tokens)
        if record.cost_usd is not None and record.cost_usd > 0:
            series.cost.inc(float(record.cost_usd))

    def turned_away(self, reason: str) -> None:
        """A stranger was refused."""
        self._strangers.labels(reason).inc()

    def _reconcile(self, record: Record) -> None:
        """Tell of a report that contradicts itself: its format may have changed, and with it what is billed."""
        raw = record.raw_usage
        if raw is None or record.tokens_source != "provider" or adds_up(raw, record.input_tokens, record.output_tokens):
            return
        call = (record.provider, record.operation, self.models.label(record))
        self._contradictions.labels(*call).inc()
        log.warning("usage_does_not_add_up", provider=record.provider, model=call[2], attempt=str(record.id))

    def _series_of(self, record: Record) -> Series:
        call = (record.provider, record.operation, self.models.label(record))
        key = (*call, record.status, record.error_type or "")
        found = self._series.get(key)
        if found is None:
            found = self._series[key] = Series(
                self._duration.cell(*key),
                self._first_chunk.cell(*call),
                self._tokens.cell(*call, "input"),
                self._tokens.cell(*call, "output"),
                self._cost.labels(*call),
            )
        return found
