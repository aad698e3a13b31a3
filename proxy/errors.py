"""Why a call was refused, and what a failed one looks like from outside."""

from __future__ import annotations

from typing import Literal, cast

from providers import (
    AuthFailed,
    InvalidRequest,
    ModelNotSupported,
    NetworkFailed,
    ProviderError,
    ProviderUnavailable,
    QuotaExceeded,
    RateLimited,
    ServerFailed,
    TimedOut,
)

ErrorType = Literal[
    "auth_failed", "rate_limit", "quota_exceeded", "network_error", "invalid_request", "server_error", "timeout"
]

# What a caller is told when nothing came back from the provider; a subclass before its parent.
STATUSES: tuple[tuple[type[ProviderError], int], ...] = (
    (TimedOut, 504),
    (NetworkFailed, 502),
    (RateLimited, 429),
    (QuotaExceeded, 429),
    (AuthFailed, 401),
    (InvalidRequest, 400),
)

# What a provider would have said by its status, had it not begun to stream; beyond those above.
ANNOUNCED: tuple[tuple[type[ProviderError], int], ...] = (
    (ModelNotSupported, 404),
    (ProviderUnavailable, 503),
    (ServerFailed, 500),
)

CODES = {"overloaded_error": 529}  # Anthropic's, for which its SDK has a class

NO_MORE = (b"x-should-retry", b"false")  # the official SDKs obey it: what was tried again here is not tried again there


class Refused(Exception):
    """ThinkBack itself refuses a call. `message` is fit to show, `status` is HTTP's, `retry_after` is in seconds."""

    def __init__(self, type: ErrorType, message: str, status: int, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.type = type
        self.message = message
        self.status = status
        self.retry_after = retry_after
        self.headers: list[tuple[bytes, bytes]] = []  # further ones of the answer, such as RateLimit-*


class NotHere(Refused):
    """This one connection cannot be asked now; another of the user's may still answer."""


class NoKey(NotHere):
    """It has no key, and needs one."""


class Resting(NotHere):
    """It failed again and again, and is left alone for a moment."""


def status_of(error: ProviderError) -> int:
    """The HTTP status for a provider that could not be reached or gave nothing that can be passed on."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 502)


def announced_status(error: ProviderError) -> int:
    """The HTTP status for an error that came inside a stream: its own, where it names one."""
    if error.status is not None:
        return error.status
    if error.code in CODES:
        return CODES[error.code]
    return next((status for kind, status in ANNOUNCED if isinstance(error, kind)), status_of(error))


def refusal_for(error: ProviderError) -> Refused:
    """The same failure as an answer of ours, where the provider gave none."""
    refused = Refused(cast(ErrorType, error.type), error.message, status_of(error), error.retry_after)
    refused.headers.extend(error.headers)
    if error.attempts > 1:
        refused.headers.append(NO_MORE)
    return refused
