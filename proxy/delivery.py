"""The one loop: candidates × attempts until one speaks. Nothing has reached the caller before this is over."""

from __future__ import annotations

import asyncio
import time

from providers import ProviderError
from proxy import breaker, fallbacks
from proxy.attempt import Attempt
from proxy.candidates import Candidate, Candidates
from proxy.draining import DRAINING
from proxy.errors import NO_MORE
from proxy.held import Held
from proxy.host import Host
from proxy.plan import Answer
from proxy.record import Record
from proxy.repairs import REPAIRS
from proxy.retries import Trial

SOON = 2.0  # seconds; where a service asks to wait for longer, and another can be asked, nobody waits
FREE = frozenset({"GET", "HEAD"})  # nobody bills these, so they may be sent twice


class Delivery:
    """What one call comes to. Each attempt has a record of its own, and asks for the key anew."""

    def __init__(self, candidates: Candidates, candidate: Candidate, host: Host) -> None:
        self.candidates = candidates
        self.host = host
        self.number = 0
        self.deadline = asyncio.get_running_loop().time() + candidates.connection.total_timeout
        self._take(candidate)

    @property
    def record(self) -> Record:
        """That of the latest attempt."""
        return self.attempt.meter.record

    async def send(self) -> Answer:
        """The beginning of the answer. Raises Refused, or the ProviderError of the last attempt."""
        began = time.perf_counter()
        while True:
            waited = time.perf_counter() - began
            answer, failure = await self._try()
            if failure is None:
                REPAIRS.keep(self.plan.place, self.plan.repairs)
            if failure is None or not await self._goes_on(failure, answered=answer is not None):
                return self._last(answer, failure, waited * 1000)

    async def leave(self, held: Held) -> None:
        """Give the upstream back; whoever leaves before the end has cancelled it, at once unless it is read on.

        Then what is `held` for the call stays so for as long.
        """
        if self.attempt.reads_on:
            DRAINING.begin(self.attempt, held.hand_over())
        else:
            await self.attempt.leave()

    def _take(self, candidate: Candidate) -> None:
        """Turn to this connection, with trials of its own."""
        self.plan, self.permit = candidate
        connection, call = self.plan.connection, self.plan.call
        self.resend = connection.retry_after_send or call.method in FREE
        retries = 0 if call.source == "test" else connection.retries  # a test tells what happens, at once
        self.trial = Trial(call.caller.user_id, retries, self.resend)
        self.attempt = self._next()

    def _next(self) -> Attempt:
        self.number += 1
        return Attempt(self.plan, self.host, self.number, self.deadline)

    async def _try(self) -> tuple[Answer | None, ProviderError | None]:
        """One attempt: what the service answered, or what went wrong, or both. The first one tells how it fares."""
        answer: Answer | None = None
        try:
            answer = await self.attempt.send()
            failure = self.attempt.failure
        except ProviderError as error:
            failure = error
        if self.attempt.meter.sent:
            self.permit.settle(failure is not None and breaker.counts(failure))
        return answer, failure

    async def _goes_on(self, failure: ProviderError, *, answered: bool) -> bool:
        """Whether another attempt follows, which is made ready: with the same connection, else with the next one."""
        self.candidates.count(self.record)
        plan = self.plan.after(failure.status, self.attempt.complaint) if answered else None
        if plan is not None:
            self.plan = plan
            await self._again()
            return True
        pause = self._pause(failure, answered=answered)
        if pause is not None:
            await self._again(pause)
            return True
        candidate = await self._turn(failure, answered=answered)
        if candidate is None:
            return False
        await self.attempt.leave()
        await self.plan.failed(failure)
        self.permit.settle(None)
        self._take(candidate)
        return True

    async def _again(self, pause: float = 0.0) -> None:
        await self.attempt.leave()
        await asyncio.sleep(pause)
        self.attempt = self._next()

    def _pause(self, failure: ProviderError, *, answered: bool) -> float | None:
        """The seconds until the next attempt; None when there is none."""
        elsewhere = bool(self.candidates.left) and (failure.retry_after or 0.0) > SOON
        if elsewhere or not self.permit.holds:
            return None
        pause = self.trial.pause(failure, answered=answered)
        left = self.deadline - asyncio.get_running_loop().time()
        return None if pause is None or pause >= left else pause

    async def _turn(self, failure: ProviderError, *, answered: bool) -> Candidate | None:
        """The next connection to ask, where that makes sense and there is one and time for it."""
        if not self.candidates.left or asyncio.get_running_loop().time() >= self.deadline:
            return None
        own_key, heard = self.plan.call.provider_key is not None, self.record.ttft_ms is not None
        if not fallbacks.may_follow(failure, own_key=own_key, resend=self.resend, answered=answered, heard=heard):
            return None
        return await self.candidates.next(failure)

    def _last(self, answer: Answer | None, failure: ProviderError | None, waited_ms: float) -> Answer:
        """What came of it all; who asks is told not to try again what was tried again here."""
        if failure is not None:
            failure.attempts = self.record.attempt
            if answer is None:
                raise failure
            if failure.attempts > 1:
                answer.headers = [*(item for item in answer.headers if item[0] != NO_MORE[0]), NO_MORE]
        assert answer is not None
        answer.upstream_ms += waited_ms
        return answer
