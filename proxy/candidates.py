"""The connections that may answer one call, in order: the one that it names, then its fallbacks."""

from __future__ import annotations

from dataclasses import replace

from providers import Operation, ProviderError
from proxy import access, caching, fallbacks, plan, sanitising
from proxy.breaker import BREAKERS, Permit
from proxy.call import Call, Connection, Fallback
from proxy.counts import Wish
from proxy.errors import NotHere, Refused
from proxy.held import Held
from proxy.host import Host
from proxy.limits import LIMITER, WRITING, Admission, gate_of, wish_of
from proxy.middleware import MIDDLEWARE
from proxy.plan import Plan
from proxy.record import Record

Candidate = tuple[Plan, Permit]


class Candidates:
    """Lets a call in at one connection after the other. What is `held` for it is given back by who made that."""

    def __init__(self, call: Call, host: Host, connection: Connection, held: Held) -> None:
        self.call = call
        self.host = host
        self.connection = connection  # the one asked last
        self.operation = connection.adapter.operation(call.method, call.path, call.body)
        self.held = held
        self.admission: Admission | None = None
        self.left = self._others()
        self.reasons: list[str] = []
        self.search: caching.Search | None = None  # of the connection that the call names

    async def first(self) -> Candidate:
        """The connection that the call names, or the first fallback where that one cannot be asked. Raises Refused."""
        try:
            return await self._admit(self.call, self.connection, self.operation)
        except NotHere as refused:
            found = await self.next(refused)
            if found is None:
                raise
            return found

    async def next(self, failure: ProviderError | Refused) -> Candidate | None:
        """The next connection that can be asked, after this failure of the one asked last; None when there is none."""
        self.reasons.append(fallbacks.reason_of(self.connection.slug, failure))
        while self.left:
            fallback = self.left.pop(0)
            connection = await self.host.connection(self.call.caller, fallback.slug)
            if connection is None or not self._fits(fallback, connection):
                continue
            await self._leave()
            self.connection = connection
            found = await self._try(fallback, connection)
            if found is not None:
                return found
        return None

    @property
    def budget(self) -> list[tuple[bytes, bytes]]:
        """How the caller's limits stand, as headers; nothing before he was let in."""
        return [] if self.admission is None else self.admission.headers

    def count(self, record: Record) -> None:
        """An attempt is over, and another may follow."""
        if self.admission is not None:
            self.admission.count(record)

    async def _try(self, fallback: Fallback, connection: Connection) -> Candidate | None:
        try:
            call = fallbacks.addressed(self.call, fallback, connection)
            if call is None:
                return None
            return await self._admit(call, connection, connection.adapter.operation(call.method, call.path, call.body))
        except (NotHere, ProviderError) as refused:
            self.reasons.append(fallbacks.reason_of(connection.slug, refused))
            return None

    def _others(self) -> list[Fallback]:
        """Where the call may go besides: as its route says, else as its connection does."""
        if self.call.route is not None:
            return list(self.call.route.others)
        own = self.connection.fallbacks
        return list(own) if own and fallbacks.is_free(self.call) else []

    def _fits(self, fallback: Fallback, connection: Connection) -> bool:
        if self.call.route is not None:  # it is worded anew
            return connection.enabled
        return fallbacks.fits(self.operation, fallback, self.connection, connection)

    def _reason(self) -> str | None:
        """Why this connection is asked, where it is not simply the one that was named."""
        told = [] if self.call.route is None else [self.call.route.reason]
        if self.reasons:
            told.append(f"fallback: {'; '.join(self.reasons)}")
        return "; ".join(told) or None

    async def _admit(self, call: Call, connection: Connection, operation: Operation) -> Candidate:
        """Let the call in at this connection. Raises Refused: NotHere where another one may still be asked."""
        access.check_usable(connection, call)
        call, operation = always(call, connection, operation)
        short = await self._count_if(wish_of(call, connection, operation))
        if not MIDDLEWARE.rules:
            return await self._prepare(call, operation, short)
        call, chain = await MIDDLEWARE.before(call, connection, operation)
        operation = connection.adapter.operation(call.method, call.path, call.body)
        async with chain.hearing():
            made, permit = await self._prepare(call, operation, short)
        return (replace(made, chain=chain) if chain.steps else made), permit

    async def _prepare(self, call: Call, operation: Operation, short: Refused | None) -> Candidate:
        """What would be sent, and the word that it may be; `short` is the refusal of all but an answer from memory."""
        connection = self.connection
        headers = sanitising.outgoing(call, connection)
        made = plan.make(call, connection, operation, headers, self._reason())
        if not self.reasons:
            self.search = caching.search(made)
            if self.search is not None and self.search.found is not None:
                return made, BREAKERS.bypass()
        if short is not None:
            await self._uncount()
            raise short
        permit = BREAKERS.admit(call, connection)
        self.held.permits.append(permit)
        return made, permit

    async def _count_if(self, wish: Wish) -> Refused | None:
        """Count the call. For an answer from memory a request is enough: where it fits, the refusal waits."""
        try:
            await self._count(wish)
        except Refused as refused:
            if self.reasons or not self.connection.cache_seconds:
                raise
            try:
                await self._count(replace(wish, stream=False, tokens=0))
            except Refused:
                raise refused from None
            return refused
        return None

    async def _uncount(self) -> None:
        admission, self.admission = self.admission, None
        if admission is not None:
            await admission.undo()

    async def _count(self, wish: Wish) -> None:
        """Take what the call wants: of its user and token once, of a provider's own limits at each that is asked."""
        if self.admission is None:
            self.admission = self.held.admission = await LIMITER.admit(wish)
        elif self.connection.limits is not None:
            gate = gate_of(self.connection, self.connection.limits)
            await LIMITER.admit_here(self.admission, replace(wish, gates=(gate,)))

    async def _leave(self) -> None:
        if self.admission is not None:
            await self.admission.move(self.connection)


def always(call: Call, connection: Connection, operation: Operation) -> tuple[Call, Operation]:
    """The call to the one model that answers whatever is asked for, where the user wants that."""
    only = connection.preferences.only_model
    if not only or operation.name not in WRITING or operation.model in (None, only):
        return call, operation
    changed = connection.adapter.with_model(call.path, call.body, only)
    if changed is None:
        return call, operation
    call = replace(call, path=changed[0], body=changed[1])
    return call, connection.adapter.operation(call.method, call.path, call.body)
