"""The order of everything. Read this first.

Origin and identity come before, at the door (`door.py`, `origin.py`); both doors, of proxy and chat, lead here:
access → [connection: rate → middleware → sanitise → cache → breaker → [attempt: open the record → key → request →
first event]] until one speaks → stream → meter → close the record.
"""

from __future__ import annotations

from types import TracebackType

from providers import ProviderError
from proxy import access
from proxy.booking import book_refusal, new_record
from proxy.call import Call, Connection
from proxy.candidates import Candidate, Candidates
from proxy.delivery import Delivery
from proxy.errors import Refused
from proxy.held import Held
from proxy.host import Host
from proxy.plan import Answer, Plan

__all__ = ["Answer", "answer"]


def answer(call: Call, host: Host) -> Carried:
    """Carry out one call. Leaving before the body's end cancels the upstream and books the record `cancelled`
    (after reading on for a while, where the connection says so).

    Entering raises Refused when ThinkBack itself says no (one record, attempt 0), ProviderError when nothing came
    back. An upstream's own error status is an ordinary Answer.
    """
    return Carried(call, host)


class Carried:
    """One call from beginning to end, as a context manager."""

    def __init__(self, call: Call, host: Host) -> None:
        self.call = call
        self.host = host
        self.held = Held()
        self.connection: Connection | None = None
        self.candidates: Candidates | None = None
        self.delivery: Delivery | None = None

    async def __aenter__(self) -> Answer:
        try:
            return await self._begin()
        except BaseException as error:
            await self._end(error)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end(error)

    async def _begin(self) -> Answer:
        candidate, known = await self._admitted()
        candidates = self.candidates
        assert candidates is not None and candidates.admission is not None
        if known is not None:
            return (await seen(candidate[0], known)).told(candidates.admission.headers)
        delivery = self.delivery = Delivery(candidates, candidate, self.host)
        reply = await sent(delivery)
        if candidates.search is not None:
            candidates.search.keep(reply)
        return (await seen(delivery.plan, reply)).told(candidates.admission.headers)

    async def _admitted(self) -> tuple[Candidate, Answer | None]:
        """Who is to be asked, and the answer where it is known already. Raises Refused, which is booked."""
        call, host = self.call, self.host
        try:
            access.check_scope(call.caller, call)
            self.connection = await access.find_connection(call, host)
            candidates = self.candidates = Candidates(call, host, self.connection, self.held)
            candidate = await candidates.first()
            search = candidates.search
            return candidate, None if search is None else await search.replay(host)
        except Refused as refused:
            await self._book(refused)
            raise

    async def _book(self, refused: Refused) -> None:
        operation = None
        if self.candidates is not None:
            operation = self.candidates.operation
            if refused.status != 429:  # that one tells of its own limit
                refused.headers += self.candidates.budget
        await book_refusal(new_record(self.call, 0, self.connection, operation), refused, self.host)

    async def _end(self, error: BaseException | None) -> None:
        delivery = self.delivery
        try:
            if delivery is not None:
                if isinstance(error, ProviderError):  # also one that the reader of the answer came upon
                    delivery.attempt.secrets.clean(error)
                if self.held.admission is not None:
                    self.held.admission.record = delivery.record
                await delivery.leave(self.held)
        finally:
            await self.held.give_back()


async def sent(delivery: Delivery) -> Answer:
    """The beginning of the answer; where there is none, the middleware is told. Raises Refused or ProviderError."""
    try:
        return await delivery.send()
    except (ProviderError, Refused) as failure:
        failure.headers = [*failure.headers, *delivery.candidates.budget]
        await delivery.plan.failed(failure)
        raise


async def seen(plan: Plan, reply: Answer) -> Answer:
    """The answer after the middleware that the call has passed. Raises Refused."""
    return reply if plan.chain is None else await plan.chain.answer(reply)
