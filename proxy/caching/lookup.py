"""One request's way past the cache: looked for before it is sent, kept when its answer has come whole."""

from __future__ import annotations

import copy
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

from proxy import ends
from proxy.booking import new_record
from proxy.caching import requests
from proxy.caching.store import ANSWERS, MEGABYTE, Entry, Key
from proxy.errors import Refused
from proxy.host import Host, LedgerUnavailable
from proxy.metering import ANSWERS as PROPERLY_ENDED
from proxy.metering import COUNTS
from proxy.plan import Answer, Plan
from proxy.record import Record
from proxy.settling import settle

LARGEST = MEGABYTE  # bytes of an answer
HEADERS = frozenset({
    b"cache-control", b"content-encoding", b"content-length", b"content-type", b"openai-model", b"openai-version",
    b"x-accel-buffering",
})  # fmt: skip
TOLD = (*COUNTS, "tokens_source", "raw_usage", "response_model", "streamed")  # what a record repeats of the first one
NAME = b"x-thinkback-cache"


def search(plan: Plan) -> Search | None:
    """The way past the cache for what is about to be sent; None where it may not take it."""
    if not plan.connection.cache_seconds or not ANSWERS.room or not requests.may_be_cached(plan.call, plan.operation):
        return None
    key = requests.key_of(plan)
    return None if key is None else Search(plan, key)


class Search:
    """A request that may be answered from memory. `found` is the answer, if it is there."""

    def __init__(self, plan: Plan, key: Key) -> None:
        self.began = time.perf_counter()
        self.plan = plan
        self.key = key
        self.moment = ANSWERS.forgotten
        anew = {"no-cache", "max-age=0"} & requests.directives(plan.call)
        self.found = None if anew else ANSWERS.get(key)

    async def replay(self, host: Host) -> Answer | None:
        """The kept answer, if there is one, booked as a call that cost nothing. Raises Refused if it cannot be."""
        entry = self.found
        if entry is None:
            return None
        record = self._record(entry)
        try:
            await settle(_write(record, host))
        except LedgerUnavailable as error:
            raise Refused(
                "server_error", "Usage cannot be booked just now, so nothing was answered.", 503, 1
            ) from error
        host.observer.ended(record)
        age = int(ANSWERS.clock() - entry.since)
        headers = [*entry.headers, (NAME, b"hit"), (b"age", b"%d" % age)]
        return Answer(200, headers, ends.once(entry.body), record, self.plan.connection)

    def keep(self, answer: Answer) -> None:
        """Have an answer kept, once it has passed whole and well; not that of another connection."""
        if answer.status != 200 or answer.connection is not self.plan.connection:
            return
        headers = tuple(item for item in answer.headers if item[0] in HEADERS)
        answer.headers.append((NAME, b"miss"))
        answer.body = self._kept(answer.body, answer.record, headers)

    async def _kept(
        self, chunks: AsyncIterator[bytes], record: Record, headers: tuple[tuple[bytes, bytes], ...]
    ) -> AsyncIterator[bytes]:
        parts: list[bytes] = []
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size <= LARGEST:
                parts.append(chunk)
                if is_whole(record, parts):  # before the caller has it: who asks again at once shall find it
                    self._put(parts, record, headers)
            yield chunk

    def _put(self, parts: list[bytes], record: Record, headers: tuple[tuple[bytes, bytes], ...]) -> None:
        now = ANSWERS.clock()
        entry = Entry(b"".join(parts), headers, copy.copy(record), now, now + self.plan.connection.cache_seconds)
        ANSWERS.put(self.key, entry, self.moment)

    def _record(self, entry: Entry) -> Record:
        record = new_record(self.plan.call, 1, self.plan.connection, self.plan.operation)
        for name in TOLD:
            setattr(record, name, getattr(entry.record, name))
        record.route_reason = self.plan.reason
        record.status, record.http_status = "ok", 200
        record.cost_usd, record.cost_source, record.saved_usd = Decimal(0), "cache", entry.record.cost_usd
        record.finished_at = datetime.now(UTC)
        record.duration_ms = (time.perf_counter() - self.began) * 1000
        record.ttft_ms = record.duration_ms
        return record


def is_whole(record: Record, parts: list[bytes]) -> bool:
    """Whether an answer came to its proper end, and well."""
    if record.status != "ok" or not parts:
        return False
    return record.operation in PROPERLY_ENDED or parts[-1].rstrip().endswith(b"}")


async def _write(record: Record, host: Host) -> None:
    await host.ledger.open(record)
    await host.ledger.close(record)
