"""Exactly one record per attempt, whatever happens: open before the request is sent, closed before the answer ends."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from providers import Adapter, Reading, Sampler, StreamTruncated, Usage
from proxy import estimating
from proxy.call import Status
from proxy.host import Ledger
from proxy.record import Record
from proxy.redaction import Secrets

COUNTS = (
    "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
    "reasoning_tokens", "service_tier",
)  # fmt: skip

REQUEST_IDS = ("x-request-id", "request-id", "x-amzn-requestid")
NAMES = frozenset({  # in reports of usage
    "prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens", "prompt_tokens_details",
    "completion_tokens_details", "input_tokens_details", "output_tokens_details", "cached_tokens", "audio_tokens",
    "reasoning_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens", "cache_creation_input_tokens",
    "cache_read_input_tokens", "cache_creation", "ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens",
    "service_tier", "promptTokenCount", "candidatesTokenCount", "totalTokenCount", "thoughtsTokenCount",
    "cachedContentTokenCount", "promptTokensDetails", "candidatesTokensDetails", "modality", "tokenCount",
    "toolUsePromptTokenCount", "toolUsePromptTokensDetails", "cacheTokensDetails", "trafficType",
    "inputTokens", "outputTokens", "totalTokens", "cacheReadInputTokens", "cacheWriteInputTokens",
})  # fmt: skip

ANSWERS = frozenset({"chat", "generate_content", "responses", "text_completion"})  # whose proper end is known


class Meter:
    """Watches one attempt from the side and books it. Bytes are only counted and sampled, never parsed one by one."""

    def __init__(self, record: Record, adapter: Adapter, ledger: Ledger, prompt: bytes) -> None:
        self.record = record
        self.adapter = adapter
        self.ledger = ledger
        self.prompt = prompt
        self.began = time.perf_counter()
        self.sampler: Sampler | None = None  # once a 2xx answer began
        self.secrets = Secrets()  # which no record may hold
        self.sent = False  # the request may have reached the provider
        self.closed = False
        self.stale = False  # bytes came after the record was closed
        self.estimates = False  # the provider tells no usage, not even when all goes well

    async def open(self) -> None:
        """Commit the started record. Raises LedgerUnavailable."""
        await self.ledger.open(self.record)

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """The provider's headers are there."""
        self.record.http_status = status
        self.record.provider_request_id = next(filter(None, map(headers.get, REQUEST_IDS)), None)
        if 200 <= status < 300:
            coding = headers.get("content-encoding", "")
            self.sampler = Sampler(self.adapter, headers.get("content-type", ""), coding)

    def feed(self, chunk: bytes) -> bool:
        """Some bytes of a 2xx body, in order. Whether they announce the end of the stream."""
        if self.record.ttft_ms is None:
            self.record.ttft_ms = self._elapsed()
        self.stale = self.closed
        return self.sampler is not None and self.sampler.feed(chunk)

    @property
    def at_end(self) -> bool:
        """Whether the bytes so far announce the end of the stream."""
        return self.sampler is not None and self.sampler.at_end

    async def finish(self) -> StreamTruncated | None:
        """Close the record by what was read; a second time amends it. The result tells of an answer cut short."""
        if self.closed and not self.stale:
            return None
        reading = self._read()
        if reading.failure is not None:
            await self._close("error", reading.failure.type, reading)
        elif not reading.complete and self.record.operation in ANSWERS:
            truncated = StreamTruncated(f"{self.adapter.speaker} ended the answer before its proper end.")
            await self._close("error", truncated.type, reading)
            return truncated
        else:
            await self._close("ok", None, reading)
        return None

    async def close(self, status: Status, error_type: str | None = None) -> None:
        """Commit an end that came from outside the answer. It goes on by itself when the waiting is cancelled.

        Whoever leaves because the answer told him of a failure has not broken it off.
        """
        reading = self._read()
        if status == "cancelled" and reading.failure is not None:
            status, error_type = "error", reading.failure.type
        await self._close(status, error_type, reading)

    async def _close(self, status: Status, error_type: str | None, reading: Reading) -> None:
        self.closed, self.stale = True, False
        record = self.record
        record.status, record.error_type = status, error_type
        record.finished_at, record.duration_ms = datetime.now(UTC), self._elapsed()
        record.cost_usd = record.cost_source = record.price_version = None  # a record that is amended is priced anew
        record.response_model = reading.response_model
        if reading.usage is not None and record.method != "GET":  # a stored answer tells again what was booked once
            take_usage(record, reading.usage)
        if (status != "ok" and not reading.complete) or (self.estimates and reading.usage is None):
            self._estimate()
        if status != "ok" and not reading.complete and record.tokens_source == "provider":
            record.tokens_source = "partial"
        await self.ledger.close(record)

    def _elapsed(self) -> float:
        return (time.perf_counter() - self.began) * 1000

    def _read(self) -> Reading:
        reading = self.sampler.reading() if self.sampler is not None else Reading()
        usage = reading.usage
        words = words_of(reading, self.record.model)
        if not words or not self.secrets.hold("\n".join(words)):
            return reading
        told = None if usage is None else replace(usage, service_tier=None, raw={})
        return replace(reading, response_model=None, usage=told)

    def _estimate(self) -> None:
        """Fill in what the provider had no time to report, where a model was at work."""
        record = self.record
        seen = None if self.sampler is None else estimating.output_tokens(self.sampler.head, self.sampler.size)
        if not self.sent or record.model is None or (seen is None and record.status != "cancelled"):
            return
        if record.input_tokens is None:
            record.input_tokens, record.tokens_source = estimating.input_tokens(self.prompt), "estimate"
        if seen is not None and (record.output_tokens is None or record.output_tokens < seen):
            record.output_tokens, record.tokens_source = seen, "estimate"


def words_of(reading: Reading, asked: str | None) -> list[str]:
    """What a reading says in words that are not those of every usage report, nor the model that was asked for."""
    words = [] if reading.response_model in (None, asked) else [reading.response_model or ""]
    if reading.usage is not None:
        words += unusual([reading.usage.service_tier, reading.usage.raw])
    return words


def unusual(report: object) -> list[str]:
    """The words in a report of usage, and those of its names that are not well known: JSON, maybe nested deeply."""
    words: list[str] = []
    left = [report]
    while left:
        value = left.pop()
        if isinstance(value, str):
            words.append(value)
        elif isinstance(value, dict):
            words += [str(name) for name in value if name not in NAMES]
            left += value.values()
        elif isinstance(value, list | tuple):
            left += value
    return words


def take_usage(record: Record, usage: Usage) -> None:
    """Book what the provider reported."""
    for name in COUNTS:
        setattr(record, name, getattr(usage, name))
    record.tokens_source = "provider"
    record.raw_usage = dict(usage.raw)
    if usage.cost_usd is not None:
        record.cost_usd, record.cost_source = usage.cost_usd, "provider"
