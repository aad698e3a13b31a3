"""The usage record: one per upstream attempt, the same for chat and proxy."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from proxy.call import Source, Status, new_id


@dataclass(slots=True)
class Record:
    """One upstream attempt, under OpenTelemetry's GenAI names where it has one. Unknown is None, never 0.

    Times of day are aware UTC; durations are milliseconds; money is US dollars.
    """

    operation_id: uuid.UUID
    attempt: int  # 1 for the first; 0 for a refusal, which never reached a provider
    started_at: datetime
    user_id: int
    source: Source
    provider: str  # the kind
    slug: str
    operation: str
    endpoint: str
    method: str
    status: Status = "started"
    id: uuid.UUID = field(default_factory=new_id)
    token_id: int | None = None
    chat_id: uuid.UUID | None = None
    finished_at: datetime | None = None
    model: str | None = None
    response_model: str | None = None
    error_type: str | None = None
    http_status: int | None = None
    input_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    tokens_source: str | None = None  # provider, partial (what it had told until the break), estimate
    raw_usage: dict[str, Any] | None = None
    service_tier: str | None = None
    cost_usd: Decimal | None = None  # filled in when the record is closed
    saved_usd: Decimal | None = None
    cost_source: str | None = None  # provider, override, table, cache, local
    price_version: str | None = None
    price_id: str | None = None  # the provider's id in the price table; not stored
    ttft_ms: float | None = None
    duration_ms: float | None = None
    streamed: bool = False
    origin: str | None = None
    route_reason: str | None = None
    provider_request_id: str | None = None
