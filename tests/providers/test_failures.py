"""Errors in every shape seen become one of ours, with the wait that was asked for and without secrets."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import providers
from providers import (
    AuthFailed,
    ContentRefused,
    InvalidRequest,
    ModelNotSupported,
    ProviderError,
    QuotaExceeded,
    RateLimited,
)
from providers._failures.redaction import redact, shorten
from providers._failures.waiting import retry_after

OPENAI = providers.get("openai")


def failure(status: int, document: Any) -> ProviderError:
    """How OpenAI's adapter takes this."""
    return OPENAI.failure(status, {}, json.dumps(document).encode())


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"retry-after-ms": "2500"}, {}),
        ({"x-ms-retry-after-ms": "2500", "retry-after": "9"}, {}),
        ({"Retry-After": "2.5"}, {}),
        ({"retry-after": "2.5s"}, {}),
        ({}, {"details": [{"@type": "…QuotaFailure"}, {"retryDelay": "2.5s"}]}),
        ({}, {"retry_after": 2.5}),
        ({"retry-after": "soon"}, {"retry_after": "2.5"}),
    ],
)
def test_a_wait_in_every_spelling(headers: dict[str, str], error: dict[str, Any]) -> None:
    assert retry_after(headers, error) == 2.5


def test_a_wait_until_a_date() -> None:
    when = datetime.now(UTC) + timedelta(seconds=90)
    waited = retry_after({"Retry-After": format_datetime(when, usegmt=True)}, {})
    assert waited is not None and 80 < waited <= 90
    assert retry_after({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, {}) == 0


def test_a_long_wait_in_parts() -> None:
    assert retry_after({}, {"retry_after": "9h54m3s"}) == 9 * 3600 + 54 * 60 + 3


@pytest.mark.parametrize("value", ["", "soon", "-", "1 potato", "9" * 400])
def test_nonsense_is_no_wait(value: str) -> None:
    assert retry_after({"retry-after": value}, {"retry_after": True, "details": 3}) is None


@pytest.mark.parametrize(
    "code",
    ["insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
     "project_spend_limit_exceeded", "organization_usage_limit_exceeded", "enforced_spend_limit_reached"],
)  # fmt: skip
def test_a_429_without_money_is_not_worth_a_retry(code: str) -> None:
    error = failure(429, {"error": {"message": "…", "type": "requests", "code": code}})
    assert type(error) is QuotaExceeded and not error.retryable


@pytest.mark.parametrize(
    ("status", "document", "kind"),
    [
        (400, {"error": {"message": "The model 'x' does not exist"}}, ModelNotSupported),
        (404, {"error": {"message": "No such file", "code": None}}, InvalidRequest),
        (400, {"error": {"message": "'temperature' is not supported with this model.", "code": "unsupported_value"}},
         InvalidRequest),
        (401, {"error": {"code": "401", "message": "Access denied due to invalid subscription key"}}, AuthFailed),
        (403, {"error": {"code": 403, "message": "This model requires moderation and your input was flagged"}},
         ContentRefused),
        (429, {"error": "slow down"}, RateLimited),
        (422, {"detail": [{"msg": "field required"}]}, InvalidRequest),
        (400, {"message": "Malformed input request"}, InvalidRequest),
        (400, [{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}], AuthFailed),
    ],
)  # fmt: skip
def test_shapes(status: int, document: Any, kind: type[ProviderError]) -> None:
    assert type(failure(status, document)) is kind


def test_an_error_inside_a_stream_is_told_by_its_own_code() -> None:
    expected = {
        401: "auth_failed", 402: "quota_exceeded", 429: "rate_limit", 502: "server_error",
        "rate_limit_exceeded": "rate_limit", "insufficient_quota": "quota_exceeded",
        "invalid_prompt": "invalid_request", "whatever": "server_error", None: "server_error",
    }  # fmt: skip
    errors = {code: OPENAI.event_failure({"error": {"code": code, "message": "m"}}) for code in expected}
    assert {code: error.type for code, error in errors.items() if error is not None} == expected


@pytest.mark.parametrize(
    "document",
    [
        {"type": "error", "code": "insufficient_quota", "message": "m", "sequence_number": 3},
        {"type": "response.failed", "response": {"error": {"code": "insufficient_quota", "message": "m"}}},
        {"choices": [{"error": {"code": 402, "message": "m"}}]},
        {"x_groq": {"error": "m", "code": "insufficient_quota"}},
        {"object": "error", "message": "m", "code": "insufficient_quota"},
    ],
)
def test_where_streams_put_their_errors(document: dict[str, Any]) -> None:
    assert type(OPENAI.event_failure(document)) is QuotaExceeded


@pytest.mark.parametrize("document", [{}, {"error": None}, {"error": ""}, {"choices": []}, {"error": {"code": None}}])
def test_what_is_no_error(document: dict[str, Any]) -> None:
    assert OPENAI.event_failure(document) is None


@pytest.mark.parametrize(
    "secret",
    ["sk-proj-abcdefghij", "sk-ant-api03-abc_def-123", "AIzaSyA-1234567890", "Bearer abc.def", "gsk_abcdefgh12",
     "xai-abcdefghijk", "sk-pr********Ab3d", "xa***bc", "org-AbCdEf123456", "proj_AbCdEf123456",
     "ya29.a0AfB-1", "AQ.Ab8RN6", "0123456789abcdef0123456789abcdef"],
)  # fmt: skip
def test_secrets_are_taken_out(secret: str) -> None:
    text = redact(f"Incorrect key: {secret}, or so.")
    assert "[redacted]" in text and secret.removeprefix("Bearer ") not in text
    assert text.startswith("Incorrect key: ") and text.endswith("or so.")


@pytest.mark.parametrize("text", ["gpt-4o-mini-2024-07-18", "claude-sonnet-4-5-20250929", "models/gemini-2.5-pro",
                                  "meta-llama/llama-4-maverick-17b-128e-instruct"])  # fmt: skip
def test_names_of_models_stay(text: str) -> None:
    assert redact(text) == text


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=2000))
def test_a_message_is_one_short_line(text: str) -> None:
    line = shorten(text)
    assert len(line) <= 300 and "\n" not in line


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "message", "code", "type", "details", "detail", "status"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(VALUES, st.sampled_from([400, 401, 404, 413, 429, 500]))
def test_no_error_body_upsets_it(document: Any, status: int) -> None:
    assert failure(status, document).message
    if isinstance(document, dict):
        OPENAI.event_failure(document)
