"""The counts of Bedrock. Amazon Bedrock API Reference, "TokenUsage"; User Guide, "Prompt caching"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers._events import Usage
from providers._reading.counts import count, total


def converse_usage(raw: Mapping[str, Any]) -> Usage:
    """Converse: the input leaves out what is read from the cache and what is written to it."""
    read, written = count(raw.get("cacheReadInputTokens")), count(raw.get("cacheWriteInputTokens"))
    fresh, details = count(raw.get("inputTokens")), raw.get("cacheDetails")
    rows = [row for row in details if isinstance(row, Mapping)] if isinstance(details, list) else []
    return Usage(
        input_tokens=None if fresh is None else total(fresh, read, written),
        output_tokens=count(raw.get("outputTokens")),
        cache_read_tokens=read,
        cache_write_tokens=written,
        cache_write_1h_tokens=total(*(count(row.get("inputTokens")) for row in rows if row.get("ttl") == "1h")),
        raw=raw,
    )


def invocation_usage(raw: Mapping[str, Any]) -> Usage:
    """The metrics in the last event of an invocation: their input leaves out the cache too."""
    read, written = count(raw.get("cacheReadInputTokenCount")), count(raw.get("cacheWriteInputTokenCount"))
    fresh = count(raw.get("inputTokenCount"))
    return Usage(
        input_tokens=None if fresh is None else total(fresh, read, written),
        output_tokens=count(raw.get("outputTokenCount")),
        cache_read_tokens=read,
        cache_write_tokens=written,
        raw=raw,
    )
