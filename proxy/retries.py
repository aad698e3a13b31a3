"""Whether a failed attempt is followed by another, and after how long. Pure, given a clock and a source of chance."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from providers import (
    AuthFailed,
    NetworkFailed,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    ServerFailed,
    StreamTruncated,
    TimedOut,
)
from proxy.recent import Recent
from proxy.window import Window

FIRST, LONGEST = 0.5, 8.0  # seconds of the first pause and of any, before chance shortens them
LONGEST_HINT = 30.0  # seconds; whom a service asks to wait longer, that one decides himself
TIME = 60.0  # seconds from the first attempt, after which none begins
SHARE, FLOOR = 0.2, 10  # retries among a user's calls of the last minute: at most this part, or this many

PASSING = frozenset({408, 498, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
CONFLICTS = frozenset({409, 425})  # these say that the request is all right, but not now


def worth_it(failure: ProviderError, *, answered: bool, resend: bool) -> bool:
    """Whether the same request may fare better another time.

    `answered`: the service itself said so, by a status or inside a stream. Otherwise the connection failed, and a
    request that was sent may be billed twice if it is sent again, so that takes the user's word (`resend`).
    """
    if not answered:
        broke = isinstance(failure, NetworkFailed | TimedOut) and failure.retryable
        return broke and (failure.unsent or resend) or resend and isinstance(failure, StreamTruncated)
    if failure.status in CONFLICTS:
        return not isinstance(failure, AuthFailed | QuotaExceeded)
    return is_passing(failure) and (failure.status in PASSING or failure.status in (None, 429))


def is_passing(failure: ProviderError) -> bool:
    """Whether this kind of failure is the service's own and may be over soon."""
    return isinstance(failure, ServerFailed | TimedOut | RateLimited) and failure.retryable


def backoff(attempt: int, chance: float) -> float:
    """Seconds to wait after this attempt (1 for the first): doubling, and any part of it ("full jitter")."""
    return chance * min(LONGEST, FIRST * 2.0 ** (attempt - 1))


class Budget:
    """How many retries there may be: a part of a user's recent calls, so that an outage does not multiply them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.users: Recent[int, Window] = Recent(Window)

    def called(self, user_id: int) -> None:
        """Count a call that begins."""
        self.users.get(user_id).add(self.clock(), total=1)

    def take(self, user_id: int) -> bool:
        """Take one retry, if one is left."""
        now, window = self.clock(), self.users.get(user_id)
        calls, retried = window.counts(now)
        if retried >= max(FLOOR, SHARE * calls):
            return False
        window.add(now, marked=1)
        return True

    def forget(self) -> None:
        """Start counting afresh."""
        self.users.items.clear()


BUDGET = Budget()


class Trial:
    """The attempts of one call. `retries` is how many may follow the first; `resend` the user's word (`worth_it`)."""

    def __init__(self, user_id: int, retries: int, resend: bool, budget: Budget = BUDGET) -> None:
        self.user_id = user_id
        self.retries = retries
        self.resend = resend
        self.budget = budget
        self.chance: Callable[[], float] = random.random
        self.attempt = 1
        self.began = budget.clock()
        budget.called(user_id)

    def pause(self, failure: ProviderError, *, answered: bool) -> float | None:
        """The seconds to wait before the next attempt, which is counted; None when there is none."""
        if self.attempt > self.retries or not worth_it(failure, answered=answered, resend=self.resend):
            return None
        hint = 0.0 if failure.retry_after is None else failure.retry_after
        seconds = max(backoff(self.attempt, self.chance()), hint)
        if hint > LONGEST_HINT or self.budget.clock() - self.began + seconds > TIME:
            return None
        if not self.budget.take(self.user_id):
            return None
        self.attempt += 1
        return seconds
