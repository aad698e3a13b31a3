"""What is tried again, after how long, and how often in all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import providers
from providers import (
    AuthFailed,
    HostRefused,
    NetworkFailed,
    ProviderError,
    ProviderUnavailable,
    ServerFailed,
    StreamTruncated,
    TimedOut,
)
from proxy.recent import MOST, Recent
from proxy.retries import FLOOR, LONGEST, Budget, Trial, backoff, worth_it

AGAIN = [408, 409, 425, 429, 498, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529]
NEVER = [400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 415, 418, 422, 424, 451, 501, 505, 525, 526, 530]
QUOTA = [
    "insufficient_quota",
    "credit_balance_exhausted",
    "project_spend_limit_exceeded",
    "enforced_spend_limit_reached",
]


class Clock:
    """Time that passes only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def said(status: int, code: str = "", kind: str = "openai") -> ProviderError:
    """What an adapter makes of an error answer."""
    body = json.dumps({"error": {"message": "No.", "code": code, "type": code}} if code else {}).encode()
    return providers.get(kind).failure(status, {}, body)


def worth(failure: ProviderError, answered: bool = True, resend: bool = False) -> bool:
    return worth_it(failure, answered=answered, resend=resend)


@pytest.mark.parametrize("kind", ["openai", "anthropic", "google", "custom"])
def test_the_matrix_by_status(kind: str) -> None:
    assert [status for status in AGAIN if not worth(said(status, kind=kind))] == []
    assert [status for status in NEVER if worth(said(status, kind=kind))] == []


@pytest.mark.parametrize("code", QUOTA)
@pytest.mark.parametrize("status", [400, 429, 403, 500, 503])
def test_an_empty_purse_is_never_tried_again(status: int, code: str) -> None:
    assert not worth(said(status, code))


@pytest.mark.parametrize("code", ["content_filter", "model_not_found", "invalid_api_key", "context_length_exceeded"])
@pytest.mark.parametrize("status", [400, 403, 500, 503, 529])
def test_what_the_request_itself_is_to_blame_for_neither(status: int, code: str) -> None:
    assert not worth(said(status, code))


@pytest.mark.parametrize(
    ("code", "again"),
    [
        ("overloaded_error", True),
        ("rate_limit_exceeded", True),
        ("server_error", True),
        ("timeout_error", True),
        ("insufficient_quota", False),
        ("content_filter", False),
        ("invalid_request_error", False),
        ("invalid_api_key", False),
    ],
)
def test_an_error_inside_a_stream_goes_by_its_code(code: str, again: bool) -> None:
    failure = providers.get("openai").event_failure({"error": {"message": "x", "code": code, "type": code}})
    assert failure is not None and failure.status is None
    assert worth(failure) is again


@pytest.mark.parametrize(
    ("failure", "always", "if_asked"),
    [
        (NetworkFailed("x", unsent=True), True, True),
        (TimedOut("x", unsent=True), True, True),
        (NetworkFailed("x"), False, True),
        (TimedOut("x"), False, True),
        (StreamTruncated("x"), False, True),
        (HostRefused("x"), False, False),
        (ServerFailed("a redirect"), False, False),
        (AuthFailed("the stored key cannot be opened"), False, False),
    ],
)
def test_what_may_be_billed_twice_takes_the_users_word(failure: ProviderError, always: bool, if_asked: bool) -> None:
    assert (worth(failure, answered=False), worth(failure, answered=False, resend=True)) == (always, if_asked)


@given(attempt=st.integers(1, 50), chance=st.floats(0, 1))
def test_the_pause_is_any_part_of_a_doubling_one(attempt: int, chance: float) -> None:
    assert 0 <= backoff(attempt, chance) <= min(LONGEST, 0.5 * 2 ** (attempt - 1))
    assert backoff(attempt, 1.0) == min(LONGEST, 0.5 * 2 ** (attempt - 1))


def trial(clock: Clock, retries: int = 2, chance: float = 1.0, budget: Budget | None = None) -> Trial:
    made = Trial(1, retries, False, budget or Budget(clock))
    made.chance = lambda: chance
    return made


def unavailable(retry_after: float | None = None) -> ProviderError:
    return ProviderUnavailable("x", status=503, retry_after=retry_after)


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_so_many_and_no_more(retries: int) -> None:
    made = trial(Clock(), retries)
    pauses = [made.pause(unavailable(), answered=True) for _ in range(4)]
    assert pauses == [0.5, 1.0][:retries] + [None] * (4 - retries)
    assert made.attempt == retries + 1


@pytest.mark.parametrize(
    ("hint", "pause"), [(None, 0.5), (0.0, 0.5), (0.2, 0.5), (2.5, 2.5), (30.0, 30.0), (30.1, None), (3600.0, None)]
)
def test_a_hint_is_the_least_and_a_long_one_is_the_callers_affair(hint: float | None, pause: float | None) -> None:
    assert trial(Clock()).pause(unavailable(hint), answered=True) == pause


def test_nothing_begins_after_the_time_is_up() -> None:
    clock = Clock()
    made = trial(clock)
    clock.now += 59.6
    assert made.pause(unavailable(), answered=True) is None
    clock.now -= 0.1
    assert made.pause(unavailable(), answered=True) == 0.5


def test_an_outage_does_not_multiply_calls() -> None:
    budget = Budget(Clock())
    trials = [trial(Clock(), budget=budget) for _ in range(100)]
    made = sum(t.pause(unavailable(), answered=True) is not None for t in trials for _ in range(2))
    assert made == 20


def test_a_few_retries_are_always_there_and_they_come_back() -> None:
    clock = Clock()
    budget = Budget(clock)
    budget.called(1)
    assert [budget.take(1) for _ in range(FLOOR + 1)] == [True] * FLOOR + [False]
    clock.now += 61
    assert budget.take(1)


def test_one_users_outage_takes_nothing_from_another() -> None:
    budget = Budget(Clock())
    while budget.take(1):
        pass
    assert budget.take(2)


def test_memory_is_bounded() -> None:
    known: Recent[int, list[int]] = Recent(list)
    first = known.get(0)
    for number in range(1, MOST + 50):
        known.get(number)
        if number % 1000 == 0:
            assert known.get(0) is first
    assert len(known.items) == MOST
