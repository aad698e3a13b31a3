"""What of a provider's answer may go back to a caller."""

from __future__ import annotations

import httpx

ALLOWED = frozenset({
    b"accept-ranges", b"apim-request-id", b"content-disposition", b"content-encoding", b"content-length",
    b"content-range", b"content-type", b"openai-model", b"openai-processing-ms", b"openai-version", b"request-id",
    b"retry-after", b"retry-after-ms", b"x-amzn-requestid", b"x-ms-request-id", b"x-ms-retry-after-ms",
    b"x-request-id", b"x-should-retry",
})  # fmt: skip
FAMILIES = (b"anthropic-ratelimit-", b"x-ratelimit-")
STREAMS = frozenset({
    "application/stream+json", "application/vnd.amazon.eventstream", "application/x-ndjson", "text/event-stream",
})  # fmt: skip


def media_type(headers: httpx.Headers) -> str:
    """The content type without its parameters, in lower case."""
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower()


def is_plain(headers: httpx.Headers) -> bool:
    """Whether the bytes of the body are what it says, in no coding."""
    return headers.get("content-encoding", "identity").strip().lower() in ("", "identity")


def passes(name: bytes) -> bool:
    """Whether a header of this name, in lower case, goes on to the caller."""
    return name in ALLOWED or name.startswith(FAMILIES)


def passed(headers: httpx.Headers, live: bool) -> list[tuple[bytes, bytes]]:
    """The headers of an answer that go on to the caller; a live one has no length, and nobody may hold it back."""
    kept = []
    for raw_name, value in headers.raw:
        name = raw_name.lower()
        if passes(name):
            kept.append((name, value))
    if not live:
        return [*kept, (b"cache-control", b"private, no-store")]
    return [
        *(item for item in kept if item[0] != b"content-length"),
        (b"cache-control", b"private, no-store, no-transform"),
        (b"x-accel-buffering", b"no"),
    ]
