"""What a provider's own refusal looks like when it goes back: its status, its words, nothing secret."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx

from providers import Adapter, ProviderError
from proxy import filtering, redaction, shapes
from proxy.errors import announced_status
from proxy.redaction import MAXIMUM, Secrets

UNREADABLE = "The provider refused this with an answer that cannot be shown."
REPLACED = (b"content-length", b"content-encoding")


async def read_head(chunks: AsyncIterator[bytes]) -> bytes:
    """The body of an error, or as much of it as shows that it is too long. Raises ProviderError."""
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > MAXIMUM:
            break
    return b"".join(parts)


def reworded(
    adapter: Adapter, refusal: tuple[int, httpx.Headers, bytes], secrets: Secrets
) -> tuple[ProviderError, bytes, list[tuple[bytes, bytes]]]:
    """A refusal (status, headers, raw body): the error classified, its redacted body, and the headers that fit it."""
    status, told, raw = refusal
    body = redaction.readable(told, raw)
    failure = adapter.failure(status, told, body or b"")
    allowed = filtering.allowed(told.raw)
    headers = [item for item in filtering.passed(allowed, live=False) if item[0] not in REPLACED]
    body = None if body is None else redacted(body, secrets)
    if body is None:
        body = shapes.body(adapter.shape, status, UNREADABLE)
        headers = [item for item in headers if item[0] != b"content-type"]
        headers.append((b"content-type", b"application/json"))
    secrets.clean(failure)
    return failure, body, headers + described(failure, body)


def announced(
    adapter: Adapter, failure: ProviderError, said: Mapping[str, Any], secrets: Secrets
) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    """An error that came inside a stream, before any answer, as if it had been said by a status: that, body, headers.

    `said` is the event that told of it; an error object goes on as it is, so that its code is not lost.
    """
    status, error = announced_status(failure), said.get("error")
    document = shapes.document(adapter.shape, status, failure.message)
    if isinstance(error, Mapping):
        document["error"] = error
    elif adapter.shape == "openai" and failure.code is not None:
        document["error"] = {"message": failure.message, "type": failure.code, "param": None, "code": failure.code}
    body = redacted(json.dumps(document).encode(), secrets)
    secrets.clean(failure)
    if body is None:
        body = shapes.body(adapter.shape, status, failure.message)
    headers = [(b"content-type", b"application/json"), *described(failure, body)]
    if failure.retry_after is not None:
        headers.append((b"retry-after", b"%d" % math.ceil(failure.retry_after)))
    return status, body, headers


def redacted(body: bytes, secrets: Secrets) -> bytes | None:
    """The body without anything secret; None for JSON that is none any more without it."""
    clean = secrets.redact(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    return clean if clean == body or is_json(clean) or not is_json(body) else None


def is_json(body: bytes) -> bool:
    """Whether a body is JSON."""
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def described(failure: ProviderError, body: bytes) -> list[tuple[bytes, bytes]]:
    """The headers that tell the size of an error, and its kind."""
    return [(b"content-length", b"%d" % len(body)), (b"x-thinkback-error", failure.type.encode())]
