"""A call that was let in, and what came of it: the values between the steps of the pipeline."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from providers import Operation, ProviderError, Request, frozen
from proxy import usage_event
from proxy.call import Call, Connection
from proxy.record import Record
from proxy.redaction import Secrets
from proxy.repairs import REPAIRS, UNASKED, Place, Repair, find, place_of


@dataclass(slots=True)
class Answer:
    """What came back. `body` is read at the reader's pace; `upstream_ms` is the time spent waiting for the headers.

    The body raises ProviderError when the answer broke off and its format has no words to say so.
    """

    status: int
    headers: list[tuple[bytes, bytes]]  # lower-case names
    body: AsyncIterator[bytes]
    record: Record
    connection: Connection
    upstream_ms: float = 0.0
    secrets: Secrets = field(default_factory=Secrets, repr=False)  # which its body may hold: a 2xx is not redacted

    def told(self, headers: list[tuple[bytes, bytes]]) -> Answer:
        """This answer, which also says who gave it, and why where nobody named him, with further headers."""
        self.headers += [*headers, (b"x-thinkback-provider", self.connection.slug.encode())]
        if self.record.route_reason is not None:
            self.headers.append((b"x-thinkback-route", self.record.route_reason.encode("ascii", "replace")))
        return self

    def failure(self, body: bytes) -> ProviderError:
        """What an answer of status 400 and above means; `body` is all of its body."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in self.headers}
        return self.connection.adapter.failure(self.status, headers, body)


class Onlookers(Protocol):
    """Those who look at an answer before its caller does."""

    async def answer(self, reply: Answer) -> Answer:
        """The answer as it goes back. Raises Refused."""

    async def failed(self, error: Exception) -> None:
        """There is no answer."""


@frozen
class Plan:
    """What goes to which connection. `headers` and `body` are fit to be sent; the key is not among them."""

    call: Call
    connection: Connection
    operation: Operation
    headers: dict[str, str] = field(repr=False)  # a connection's own headers may be secret
    body: bytes = field(repr=False)
    asked: bool  # for usage, which the caller did not ask for
    reason: str | None = None  # why this connection is asked, where it is not the one that was named
    chain: Onlookers | None = None  # the middleware that the call has passed
    repairs: tuple[Repair, ...] = ()  # what is worded otherwise than the caller did

    @property
    def place(self) -> Place:
        """What its repairs are remembered by."""
        return place_of(self.connection, self.operation.model)

    @property
    def ours(self) -> bool:
        """Whether the site itself worded the request."""
        return self.call.source != "proxy"

    @property
    def untold(self) -> bool:
        """Whether the usage may not be asked for, so that it must be estimated."""
        return UNASKED in self.repairs

    def repaired(self, repair: Repair) -> Plan | None:
        """This plan with a repair; None where it changes nothing, or undoes another."""
        if any(repair.name in (known.name, known.instead) for known in self.repairs):
            return None
        if repair == UNASKED and not (self.ours or self.asked):
            return None  # the caller's own wish
        body = repair.of(self.body)
        if body is None:
            return None
        return replace(self, body=body, asked=self.asked and repair != UNASKED, repairs=(*self.repairs, repair))

    def after(self, status: int | None, complaint: bytes) -> Plan | None:
        """The plan for another attempt after a refusal in these words, where a repair may help."""
        repair = find(status, complaint, ours=self.ours, asked=self.asked)
        return None if repair is None else self.repaired(repair)

    async def failed(self, error: Exception) -> None:
        """Tell the middleware that this connection gives no answer."""
        if self.chain is not None:
            await self.chain.failed(error)

    def request(self, key: str | None) -> Request:
        """The request with the key in it: it lives no longer than its attempt."""
        call, connection = self.call, self.connection
        url = connection.adapter.url(connection.target, call.path, call.query)
        headers = self.headers | {name.lower(): value for name, value in connection.adapter.credentials(key).items()}
        fields = [(b"host", url.netloc)]
        fields += [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
        idle = max(connection.idle_timeout, connection.first_byte_timeout)  # the transport's; `patience` is exact
        limits = (connection.connect_timeout, idle, idle)
        request = Request(call.method, url, fields, self.body, *limits, tuple(connection.pins))
        return connection.adapter.signed(request, key, datetime.now(UTC))


def make(
    call: Call, connection: Connection, operation: Operation, headers: dict[str, str], reason: str | None = None
) -> Plan:
    """The plan for a call; a request whose usage is reported only on demand is made to demand it, where that helps."""
    asking = usage_event.ask(call.body) if usage_event.should_ask(call, connection, operation.stream) else None
    body = call.body if asking is None else asking
    made = Plan(call, connection, operation, headers, body, asked=asking is not None, reason=reason)
    for repair in REPAIRS.of(made.place):
        made = made.repaired(repair) or made
    return made
