"""An error of a service → one of ours: by its own code and by what its message says, else by the status."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from providers._failures.complaint import Complaint
from providers._failures.errors import (
    AuthFailed,
    ContentRefused,
    InvalidRequest,
    ModelNotSupported,
    ProviderError,
    ProviderUnavailable,
    QuotaExceeded,
    RateLimited,
    ServerFailed,
    TimedOut,
)
from providers._failures.redaction import shorten
from providers._failures.waiting import retry_after


@dataclass(frozen=True, slots=True)
class Sign:
    """How one kind of failure shows itself, and how we say it; `quotes` appends the service's own words."""

    failure: type[ProviderError]
    sentence: str
    words: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()
    message: re.Pattern[str] | None = None
    quotes: bool = False


def words(text: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(text.split())


SIGNS = (
    Sign(
        QuotaExceeded,
        "{label} says that there is no credit or quota left. Check the plan and the billing of this key's account.",
        words(
            "insufficient_quota credit_balance_exhausted organization_spend_limit_exceeded billing_error"
            " project_spend_limit_exceeded organization_usage_limit_exceeded enforced_spend_limit_reached"
            " billing_hard_limit_reached billing_not_active insufficient_balance insufficient_credits"
            " exceeded_current_quota_error arrearage"
        ),
        frozenset({402}),
        re.compile(r"credit balance is too low|insufficient balance|\blimit: 0\b|out of credits", re.I),
    ),
    Sign(
        AuthFailed,
        "{label} refused this key. Check that it is active and allowed to do this, or paste a new one.",
        words("authentication_error invalid_api_key api_key_invalid unauthenticated invalid_authentication_error"),
        frozenset({401}),
        re.compile(r"api key not valid|(incorrect|invalid) api[ _-]?key", re.I),
    ),
    Sign(
        ModelNotSupported,
        "{label} has no such model, or not for this key.",
        words("model_not_found model_not_supported invalid_model model_not_available deploymentnotfound unknown_model"),
        message=re.compile(
            r"\bmodels?\b.{0,200}\b(not found|not exist|no longer available|not have access|decommissioned)"
            r"|(unknown|invalid|no such) model\b|^model: \S+$",
            re.I | re.S,
        ),
        quotes=True,
    ),
    Sign(
        ContentRefused,
        "{label} declined this prompt by its content rules.",
        words("content_filter content_policy_violation moderation_blocked"),
        message=re.compile(r"requires moderation .*flagged|flagged by moderation", re.I | re.S),
        quotes=True,
    ),
    Sign(
        InvalidRequest,
        "{label} finds the request too large.",
        words("request_too_large context_length_exceeded string_above_max_length"),
        frozenset({413}),
        quotes=True,
    ),
    Sign(
        RateLimited,
        "{label} says that there were too many requests for now.",
        words("rate_limit_error rate_limit_exceeded rate_limit_reached_error resource_exhausted slow_down throttling"),
        frozenset({429}),
    ),
    Sign(
        TimedOut,
        "{label} took too long to answer.",
        words("timeout_error deadline_exceeded request_timeout"),
        frozenset({408, 504, 524}),
    ),
    Sign(
        ProviderUnavailable,
        "{label} is overloaded or down for now.",
        words("overloaded_error engine_overloaded_error unavailable capacity_exceeded server_overloaded"),
        frozenset({498, 502, 503, 520, 521, 522, 523, 529}),
    ),
    Sign(
        AuthFailed,
        "{label} does not allow this key to do this.",
        words("permission_error permission_denied"),
        frozenset({403}),
        quotes=True,
    ),
    Sign(
        ServerFailed,
        "{label} failed to answer.",
        words("api_error server_error internal internal_error internal_server_error"),
        frozenset(range(500, 600)),
        quotes=True,
    ),
    Sign(
        InvalidRequest,
        "{label} did not accept the request.",
        words("invalid_request_error invalid_argument failed_precondition invalid_prompt bad_request"),
        quotes=True,
    ),
)
REJECTED = SIGNS[-1]  # what any other 4xx means
UNEXPLAINED = Sign(ServerFailed, "{label} reported an error.", quotes=True)


def classify(
    label: str, complaint: Complaint, status: int | None, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """Our error for a service's complaint. `status` is None for one that came inside a stream."""
    status = complaint.status if status is None else status
    sign = recognise(complaint, status)
    message = sign.sentence.format(label=label)
    if sign.quotes and complaint.message:
        message = f"{message} It says: {shorten(complaint.message)}"
    return sign.failure(
        message,
        status=status,
        code=complaint.code,
        retry_after=retry_after(headers or {}, complaint.error),
    )


def recognise(complaint: Complaint, status: int | None) -> Sign:
    """The first sign that the codes or the message bear, else the status."""
    for sign in SIGNS[:-1]:
        if bears(sign, complaint, status):
            return sign
    for sign in SIGNS:
        if status in sign.statuses:
            return sign
    return REJECTED if status is not None or REJECTED.words & complaint.words else UNEXPLAINED


def bears(sign: Sign, complaint: Complaint, status: int | None) -> bool:
    """Whether a complaint bears a sign, apart from its status."""
    if status == 413:  # Groq calls a request that is too large for its limits a rate limit, but waiting does not help
        return False
    if sign.failure is ServerFailed and status is not None and status < 500:  # Ollama says `api_error` of a 404
        return False
    if sign.words & complaint.words:
        return True
    if sign.message is None or (status is not None and status >= 500):
        return False
    return sign.message.search(complaint.message) is not None
