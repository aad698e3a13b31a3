"""Which requests may be answered from memory, and when two of them are the same."""

from __future__ import annotations

from hashlib import blake2b
from secrets import token_bytes
from typing import Any

import msgspec

from providers import Operation
from proxy.caching.store import Key
from proxy.call import Call
from proxy.plan import Plan

SALT = token_bytes(16)  # a digest means nothing outside this process
LARGEST = 4 * 1024 * 1024  # bytes of a request
OPERATIONS = frozenset({"chat", "embeddings", "generate_content", "responses", "text_completion"})
SOURCES = frozenset({"proxy", "unified"})  # whoever regenerates an answer in the chat wants another one
WITHOUT_MEANING = frozenset({"accept-encoding", "idempotency-key", "user-agent", "x-client-request-id"})
FAILURES = (msgspec.DecodeError, RecursionError, ValueError)


def directives(call: Call) -> frozenset[str]:
    """What the caller says about caches (RFC 9111, section 5.2.1): `no-store`, `no-cache`, `max-age=0`."""
    said = call.headers.get("cache-control", "").lower().split(",")
    return frozenset(part.replace(" ", "") for part in said)


def may_be_cached(call: Call, operation: Operation) -> bool:
    """Whether a request of this kind gives an answer that can be given again, as far as its outside tells."""
    return (
        call.source in SOURCES
        and call.method == "POST"
        and operation.name in OPERATIONS
        and len(call.body) <= LARGEST
        and "no-store" not in directives(call)
    )


def key_of(plan: Plan) -> Key | None:
    """What makes this request the same as another: everything that goes to the service, and who asks.

    None where the body is no JSON object, or asks the service to keep something. White space between the parts of the
    body means nothing; the order of its fields may, so it counts.
    """
    call, target = plan.call, plan.connection.target
    try:
        document = msgspec.json.decode(call.body)
    except FAILURES:
        return None
    if not isinstance(document, dict) or leaves_something(plan.operation, document):
        return None
    sent = sorted(item for item in plan.headers.items() if item[0] not in WITHOUT_MEANING)
    where = (plan.connection.id, target.kind, target.base_url, target.format, sorted(target.options.items()))
    what = (where, call.method, call.path, call.query, sent, call.provider_key, document)
    return call.caller.user_id, blake2b(msgspec.json.encode(what), key=SALT, digest_size=32).digest()


def leaves_something(operation: Operation, document: dict[str, Any]) -> bool:
    """Whether the service is asked to store the answer, to work on it later, or to go on with a conversation.

    The Responses API stores unless it is told not to: such an answer has an id from which another may be continued.
    """
    if operation.name == "responses" and document.get("store") is not False:
        return True
    return any(document.get(name) for name in ("store", "background", "conversation"))
