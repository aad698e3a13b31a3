"""One attempt at one connection: the key, the request, the beginning of the answer."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from types import AsyncGeneratorType
from uuid import UUID

import httpx

from providers import Opening, ProviderError, Response, ServerFailed, StreamTruncated
from proxy import draining, ends, filtering, refusing
from proxy.access import no_key
from proxy.allowances import ALLOWANCES
from proxy.booking import new_record
from proxy.draining import Resumable
from proxy.errors import Refused
from proxy.events import Everything, WholeEvents
from proxy.granting import GRANTS
from proxy.host import Host, LedgerUnavailable
from proxy.metering import ANSWERS, Meter
from proxy.opening import Beginning
from proxy.plan import Answer, Plan
from proxy.redaction import Secrets
from proxy.settling import settle
from proxy.stream import Stream
from proxy.upstream import Upstream
from proxy.usage_event import WithoutUsage


class Attempt:
    """One try, from its open record to its closed one. `deadline` is by the loop's clock.

    `failure` is what the service itself said went wrong, by the status or in the first event of its answer.
    """

    def __init__(self, plan: Plan, host: Host, number: int, deadline: float) -> None:
        self.plan = plan
        self.host = host
        self.connection = plan.connection
        self.adapter = plan.connection.adapter
        record = new_record(plan.call, number, plan.connection, plan.operation)
        record.route_reason = plan.reason
        self.meter = Meter(record, self.adapter, host.ledger, plan.call.body)
        self.meter.estimates = plan.untold
        self.upstream = Upstream(plan.connection, host.transport(plan.connection), deadline)
        self.headers: list[tuple[bytes, bytes]] = []  # of the answer: those that may go on
        self.beginning: Beginning | None = None
        self.failure: ProviderError | None = None
        self.complaint = b""  # the words of a failure that a status announced
        self.secrets = Secrets()
        self.left = False
        self.reader_left = False  # before anything else ended it
        self.resumable: Resumable | None = None  # the chunks of the answer, where it is read on after its reader left
        self.body: AsyncIterator[bytes] = ends.once(b"")

    async def send(self) -> Answer:
        """Open the record, send the request, begin the answer. Raises Refused or ProviderError."""
        self.host.observer.began(self.meter.record)
        try:
            await self.meter.open()
        except LedgerUnavailable as error:
            self.meter.closed = True  # there is nothing to close
            self.meter.record.status, self.meter.record.error_type = "refused", "server_error"
            raise Refused("server_error", "Usage cannot be booked just now, so nothing was sent.", 503, 1) from error
        try:
            return await self._exchange()
        except Refused as refused:
            await self.meter.close("refused", refused.type)
            raise
        except ProviderError as failure:
            await self.meter.close("error", failure.type)
            raise
        except Exception:
            await self.meter.close("error", "server_error")
            raise

    @property
    def operation_id(self) -> UUID:
        """What it belongs to."""
        return self.meter.record.operation_id

    @property
    def reads_on(self) -> bool:
        """Whether the answer is under way and worth reading on for nobody; a server that ends has no time for that."""
        under_way = self.resumable is not None and not self.left and not self.meter.closed
        return under_way and not self.host.ending

    async def read_on(self) -> None:
        """Read the rest of the answer for the meter alone, as long as the connection says."""
        assert self.resumable is not None
        self.reader_left = True
        rest = self.resumable if self.beginning is None else self.beginning
        await draining.read_on(rest, self.meter, self.connection.drain_seconds)

    async def leave(self) -> None:
        """Give the upstream back; whoever leaves before the end has cancelled it."""
        if self.left:
            return
        self.left = True
        if self.meter.closed:
            self.host.observer.ended(self.meter.record)
            await self._release()
        else:
            await settle(self._cancel())

    async def _cancel(self) -> None:
        await self._release()
        await self.meter.close("interrupted" if self.host.ending and not self.reader_left else "cancelled")
        self.host.observer.ended(self.meter.record)

    async def _release(self) -> None:
        if isinstance(self.body, AsyncGeneratorType) and not self.body.ag_running:
            await self.body.aclose()
        if self.beginning is not None:
            await self.beginning.close()
        if self.resumable is not None:
            await self.resumable.close()
        await self.upstream.close()

    async def _exchange(self) -> Answer:
        call = self.plan.call
        key = call.provider_key
        if key is None and self.connection.has_key:
            key = await self.host.find_key(self.connection, call)
        if key is None and self.adapter.needs_key:
            raise no_key(self.connection)
        if key is not None:
            key = await GRANTS.credential(self.connection, key, self.upstream.transport)
        request = self.plan.request(key)
        self.meter.sent = True
        response = await self.upstream.request(request)
        self.secrets = self.meter.secrets = Secrets(key, self.connection.target.headers.values())
        status = response.status
        self.headers = self.secrets.absent(filtering.allowed(response.headers))
        told = filtering.named(self.headers)
        self._note(status, told)
        if status == 401 and key is not None:
            GRANTS.refuse(key)
        if 300 <= status < 400:
            raise ServerFailed("The provider answered with a redirect, which is not followed.")
        if not 200 <= status < 300:
            return await self._failed(response)
        media_type = filtering.media_type(told)
        if media_type in filtering.EVENTS and filtering.is_plain(told):
            return await self._listened(status, media_type)
        return self._passed(status, live=media_type in filtering.STREAMS)

    def _note(self, status: int, told: Mapping[str, str]) -> None:
        """The headers are there; what they say of a key that is not the configuration's own is nobody's business."""
        self.meter.answered(status, told)
        if self.plan.call.provider_key is None:
            ALLOWANCES.note(self.connection, told, self.plan.operation.model)

    def _chunks(self) -> Stream:
        chunks = self.upstream.chunks()
        if not self.connection.drain_seconds:
            return chunks
        self.resumable = Resumable(chunks)
        return self.resumable

    def _passed(self, status: int, *, live: bool) -> Answer:
        """An answer that goes on as it comes."""
        chunks = self._chunks()
        self.body = ends.Live(chunks, self.meter, Everything(), None) if live else ends.whole(chunks, self.meter)
        self.meter.record.streamed |= live
        return self._answer(status, filtering.passed(self.headers, live))

    async def _listened(self, status: int, media_type: str) -> Answer:
        """A stream of events: it goes on as soon as it says something, unless that is an error."""
        opening = Opening(self.adapter, media_type)
        self.beginning = Beginning(self._chunks())
        self.meter.record.streamed = True
        began = time.perf_counter()
        try:
            await self.beginning.hear(opening)
            if self.beginning.ended and self.meter.record.operation in ANSWERS:
                raise StreamTruncated(f"{self.adapter.speaker} ended the answer before it said anything.")
        except ProviderError:
            if self.beginning.held:
                self.meter.feed(b"".join(self.beginning.held))
            raise
        self.upstream.waited_ms += (time.perf_counter() - began) * 1000
        if opening.failure is not None:
            return await self._announced(opening)
        if media_type == "text/event-stream":
            events = WithoutUsage() if self.plan.asked else WholeEvents()
            self.body = ends.Live(self.beginning, self.meter, events, self.adapter.shape_at(self.plan.call.path))
        else:
            self.body = ends.Live(self.beginning, self.meter, Everything(), None)
        return self._answer(status, filtering.passed(self.headers, live=True))

    async def _announced(self, opening: Opening) -> Answer:
        """The answer of a stream that began with an error: that error, with a status of its own."""
        assert self.beginning is not None and opening.failure is not None
        self.failure = opening.failure
        self.meter.feed(b"".join(self.beginning.held))
        status, body, headers = refusing.announced(self.adapter, self.failure, opening.said, self.secrets)
        named = {name for name, _ in headers} | {b"content-encoding"}
        kept = [item for item in filtering.passed(self.headers, live=False) if item[0] not in named]
        await self.meter.close("error", self.failure.type)
        self.body = ends.once(body)
        return self._answer(status, [*kept, *headers])

    async def _failed(self, response: Response) -> Answer:
        """The answer of a failure is read first, and goes on without secrets."""
        raw = await refusing.read_head(self.upstream.chunks())
        told = httpx.Headers(self.secrets.absent([(name.lower(), value) for name, value in response.headers]))
        self.failure, body, headers = refusing.reworded(self.adapter, (response.status, told, raw), self.secrets)
        self.complaint = body
        await self.meter.close("error", self.failure.type)
        self.body = ends.once(body)
        return self._answer(response.status, headers)

    def _answer(self, status: int, headers: list[tuple[bytes, bytes]]) -> Answer:
        record, waited_ms = self.meter.record, self.upstream.waited_ms
        return Answer(status, headers, self.body, record, self.connection, waited_ms, self.secrets)
