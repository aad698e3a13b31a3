"""What of a provider's answer may go back to a caller."""

from __future__ import annotations

from collections.abc import Mapping

ALLOWED = frozenset({
    b"accept-ranges", b"apim-request-id", b"content-disposition", b"content-encoding", b"content-length",
    b"content-range", b"content-type", b"openai-model", b"openai-processing-ms", b"openai-version", b"request-id",
    b"retry-after", b"retry-after-ms", b"x-amzn-errortype", b"x-amzn-requestid", b"x-ms-request-id",
    b"x-ms-retry-after-ms", b"x-request-id", b"x-should-retry",
})  # fmt: skip
FAMILIES = (
    b"anthropic-ratelimit-", b"x-amzn-bedrock-", b"x-ratelimit-", b"x-ratelimitbysize-", b"x-trial-endpoint-call-",
)  # fmt: skip
EVENTS = frozenset({"application/vnd.amazon.eventstream", "text/event-stream"})  # may begin with an error
STREAMS = frozenset({
    "application/stream+json", "application/vnd.amazon.eventstream", "application/x-ndjson", "text/event-stream",
})  # fmt: skip


Headers = list[tuple[bytes, bytes]]


def media_type(headers: Mapping[str, str]) -> str:
    """The content type without its parameters, in lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_plain(headers: Mapping[str, str]) -> bool:
    """Whether the bytes of the body are what it says, in no coding."""
    return headers.get("content-encoding", "identity").strip().lower() in ("", "identity")


def allowed(headers: Headers) -> Headers:
    """Those headers of an answer that may go on to the caller, under lower-case names."""
    kept = []
    for raw_name, value in headers:
        name = raw_name.lower()
        if name in ALLOWED or name.startswith(FAMILIES):
            kept.append((name, value))
    return kept


def named(headers: Headers) -> dict[str, str]:
    """Headers by their lower-case names, those of one name as one."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def passed(headers: Headers, live: bool) -> Headers:
    """The headers that go on, of those allowed; a live answer has no length, and nobody may hold it back."""
    if not live:
        return [*headers, (b"cache-control", b"private, no-store")]
    return [
        *(item for item in headers if item[0] != b"content-length"),
        (b"cache-control", b"private, no-store, no-transform"),
        (b"x-accel-buffering", b"no"),
    ]
