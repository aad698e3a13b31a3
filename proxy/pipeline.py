"""The order of everything. Read this first.

Origin and identity come before, at the door (`door.py`, `origin.py`); both doors, of proxy and chat, lead here:
access → [connection: rate → middleware → sanitise → cache → breaker → [attempt: open the record → key → request →
first event]] until one speaks → stream → meter → close the record.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from providers import Operation, ProviderError
from proxy import access
from proxy.booking import book_refusal, new_record
from proxy.call import Call, Connection
from proxy.candidates import Candidates
from proxy.delivery import Delivery
from proxy.errors import Refused
from proxy.host import Host
from proxy.plan import Answer, Plan

__all__ = ["Answer", "answer"]


@asynccontextmanager
async def answer(call: Call, host: Host) -> AsyncIterator[Answer]:
    """Carry out one call. Leaving before the body's end cancels the upstream and books the record `cancelled`
    (after reading on for a while, where the connection says so).

    Raises Refused when ThinkBack itself says no (one record, attempt 0), ProviderError when nothing came back. An
    upstream's own error status is an ordinary Answer.
    """
    connection: Connection | None = None
    operation: Operation | None = None
    candidates: Candidates | None = None
    async with AsyncExitStack() as held:
        try:
            access.check_scope(call.caller, call)
            connection = await access.find_connection(call, host)
            candidates = Candidates(call, host, connection, held)
            operation = candidates.operation
            candidate = await candidates.first()
            search = candidates.search
            known = None if search is None else await search.replay(host)
        except Refused as refused:
            if candidates is not None and refused.status != 429:  # that one tells of its own limit
                refused.headers += candidates.budget
            await book_refusal(new_record(call, 0, connection, operation), refused, host)
            raise
        admission = candidates.admission
        assert admission is not None
        if known is not None:
            yield (await seen(candidate[0], known)).told(admission.headers)
            return
        delivery = Delivery(candidates, candidate, host)
        try:
            reply = await sent(delivery)
            if search is not None:
                search.keep(reply)
            yield (await seen(delivery.plan, reply)).told(admission.headers)
        except ProviderError as failure:  # also one that the reader of the answer came upon
            delivery.attempt.secrets.clean(failure)
            raise
        finally:
            admission.record = delivery.record
            await delivery.leave(held)


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
