"""Whether a call may be answered by another connection than the one it names. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

import msgspec

from providers import (
    AuthFailed,
    ModelNotSupported,
    NetworkFailed,
    Operation,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    ServerFailed,
    TimedOut,
)
from proxy.call import Call, Connection, Fallback
from proxy.errors import Refused

# What makes an answer and leaves nothing behind that is asked for again: no files, no batches, no stored answers.
ANSWERING = re.compile(
    r"(?:^|/)(?:chat/completions|messages|responses|completions|embeddings)/?$"
    r"|(?:^|/)model/[^/]+/converse(?:-stream)?$"
    r"|(?:^|/)(?:v2/chat|v2/embed|api/chat|api/generate|api/embed)/?$"
    r"|:(?:generateContent|streamGenerateContent|embedContent|batchEmbedContents|rawPredict|streamRawPredict)$"
)
STORED = (b'"file_id"', b'"file_uri"', b'"fileUri"')  # what only the provider has to which it was uploaded
ELSEWHERE = (AuthFailed, RateLimited, QuotaExceeded, ServerFailed, TimedOut, NetworkFailed, ModelNotSupported)


NOTHING = msgspec.Raw()


class Bound(msgspec.Struct):
    """The fields of a request that continue, or refer to, what one provider has stored."""

    previous_response_id: msgspec.Raw = NOTHING
    conversation: msgspec.Raw = NOTHING
    background: msgspec.Raw = NOTHING
    container: msgspec.Raw = NOTHING
    prompt: msgspec.Raw = NOTHING  # a stored one is an object; that of a text completion a text or a list
    cachedContent: msgspec.Raw = NOTHING


def is_free(call: Call) -> bool:
    """Whether any provider could answer this call as well as the one that it names."""
    if call.method != "POST" or call.source == "test" or ANSWERING.search(call.path) is None:
        return False
    if any(mark in call.body for mark in STORED):
        return False
    try:
        bound = msgspec.json.decode(call.body, type=Bound)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return False
    fields = (bound.previous_response_id, bound.conversation, bound.container, bound.cachedContent)
    stored = bytes(bound.prompt).startswith(b"{") or bytes(bound.background) == b"true"
    return not stored and all(bytes(field) in (b"", b"null") for field in fields)


def may_follow(failure: ProviderError, *, own_key: bool, resend: bool, answered: bool, heard: bool) -> bool:
    """Whether another connection may be asked after this failure.

    Not where the request itself is at fault, nor the caller's own key. A status, or an error in place of the answer,
    is no bill. Where an answer had begun (`heard` a byte of it) before the connection broke, it may have been billed,
    so that takes the user's word (`resend`).
    """
    if isinstance(failure, AuthFailed) and own_key:
        return False
    return isinstance(failure, ELSEWHERE) and (answered or resend or not heard)


def fits(operation: Operation, fallback: Fallback, before: Connection, after: Connection) -> bool:
    """Whether this connection speaks the same format; vectors of another model would not be comparable."""
    if operation.name == "embeddings" and fallback.model not in (None, operation.model):
        return False
    same = after.id == before.id or after.adapter.wire_format == before.adapter.wire_format != ""
    return after.enabled and same


def addressed(call: Call, fallback: Fallback, connection: Connection) -> Call | None:
    """The same call to another connection; None where its model cannot be changed. Raises ProviderError."""
    call = replace(call, slug=connection.slug, provider_key=None)
    if fallback.model is None:
        return call
    if call.route is not None:
        other = call.route.word(connection, fallback.model)
        headers = {name.lower(): value for name, value in other.headers.items()}
        return replace(call, method=other.method, path=other.path, query=other.query, headers=headers, body=other.body)
    changed = connection.adapter.with_model(call.path, call.body, fallback.model)
    return None if changed is None else replace(call, path=changed[0], body=changed[1])


def reason_of(slug: str, failure: ProviderError | Refused) -> str:
    """Why this connection did not answer, in a few words for the record."""
    if isinstance(failure, Refused):
        told = {401: "has no key", 429: "is at its limit"}.get(failure.status, "is left alone after failures")
    elif failure.status is not None:
        told = f"answered {failure.status}"
    elif isinstance(failure, TimedOut):
        told = "gave no word in time"
    elif isinstance(failure, NetworkFailed):
        told = "was not reached" if failure.unsent else "broke off"
    else:
        told = f"failed ({failure.type})"
    return f"{slug} {told}"
