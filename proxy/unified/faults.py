"""What is wrong with a call, or went wrong with it, as OpenAI tells it, so that its SDK raises its own classes.

https://platform.openai.com/docs/guides/error-codes
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from providers import (
    AuthFailed,
    InvalidRequest,
    ModelNotSupported,
    NetworkFailed,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    TimedOut,
)
from proxy import shapes
from proxy.errors import NO_MORE, ErrorType, Refused

BAD = "invalid_request_error"

# The same failure is the same status and code, whichever provider it comes from; a subclass before its parent.
TOLD: tuple[tuple[type[ProviderError], int, str, str], ...] = (
    (TimedOut, 504, "server_error", "timeout"),
    (NetworkFailed, 502, "server_error", "bad_gateway"),
    (RateLimited, 429, "rate_limit_error", "rate_limit_exceeded"),
    (QuotaExceeded, 429, "insufficient_quota", "insufficient_quota"),
    (AuthFailed, 401, BAD, "invalid_api_key"),
    (ModelNotSupported, 404, BAD, "model_not_found"),
    (InvalidRequest, 400, BAD, "invalid_request"),
)


class Fault(Refused):
    """A refusal that names the field at fault (`messages.2.content.0`), in OpenAI's words."""

    def __init__(self, message: str, param: str | None = None, code: str = "invalid_value", status: int = 400) -> None:
        super().__init__("invalid_request", message, status)
        self.param = param
        self.code = code


def unsupported(param: str, message: str = "") -> Fault:
    """The refusal of a field that cannot be passed on to every provider."""
    return Fault(message or f"“{param}” is not supported here.", param, "unsupported_parameter")


def refusal_for(failure: ProviderError) -> Refused:
    """The failure of a provider as the answer to the call."""
    status, _, _ = _told(failure)
    refused = Refused(cast(ErrorType, failure.type), failure.message, status, failure.retry_after)
    refused.headers.extend(failure.headers)
    if (failure.attempts > 1 or isinstance(failure, QuotaExceeded)) and NO_MORE not in refused.headers:
        refused.headers.append(NO_MORE)
    return refused


def document(error: Exception) -> dict[str, Any]:
    """The error object for any failure of a call."""
    if isinstance(error, ProviderError):
        _, kind, code = _told(error)
        return {"error": {"message": error.message, "type": kind, "param": None, "code": code}}
    if isinstance(error, Fault):
        return {"error": {"message": error.message, "type": BAD, "param": error.param, "code": error.code}}
    if isinstance(error, Refused):
        return shapes.document("openai", error.status, error.message)
    return shapes.document("openai", 500, "ThinkBack failed. Its log says why.")


def body(error: Exception) -> bytes:
    """The same as the body of an answer."""
    return msgspec.json.encode(document(error))


def event(error: Exception) -> bytes:
    """The same as the last event of a stream."""
    return b"data: " + body(error) + b"\n\n"


def _told(failure: ProviderError) -> tuple[int, str, str]:
    for kind, status, type, code in TOLD:
        if isinstance(failure, kind):
            own = failure.status if failure.status in (403, 404, 413, 422) else None
            return own or status, type, code
    status = failure.status if failure.status is not None and failure.status >= 500 else 502
    return status, "server_error", "server_error"
