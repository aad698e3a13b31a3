"""Where the proxy books its attempts (`proxy.host.Ledger`): committed before sending, closed before the end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import structlog
from asgiref.sync import sync_to_async

from proxy.host import LedgerUnavailable
from proxy.record import Record
from thinkback.usage import boots, prices, recovery, rows
from thinkback.usage.batches import WriteFailed
from thinkback.usage.overdue import Late, Overdue
from thinkback.usage.writer import WRITER, Writer

OPEN_PATIENCE = 1.8  # seconds; the promise is 2
CLOSE_PATIENCE = 2.0  # how long the end of an answer may wait for the database
STOP_PATIENCE = 2.0
ROUND = 12  # heartbeats between two looks for runs that died meanwhile

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """How the ledger keeps up: rows that wait for a commit, commits so far, ends of records that are tried again."""

    waiting: int
    commits: int
    overdue: int


class Ledger:
    """The records of this process's run."""

    def __init__(self, writer: Writer = WRITER) -> None:
        self._writer = writer
        self._overdue = Overdue(writer)
        self._life: boots.Life | None = None
        self._heart: asyncio.Task[None] | None = None
        self._boot = ""  # the run's id in hexadecimal
        self._closing: set[asyncio.Future[None]] = set()

    async def start(self) -> None:
        """Enter this run, recover what dead ones left, and begin to write."""
        self._life = boots.Life()
        await sync_to_async(self._life.begin)()
        await sync_to_async(recovery.recover)()
        self._boot = self._life.id.hex
        self._writer.start()
        self._overdue.start()
        self._heart = asyncio.get_running_loop().create_task(self._beat())

    async def stop(self) -> None:
        """Write everything that is known; what is still open now will never be closed, so it is `interrupted`."""
        if self._life is None or self._heart is None:
            return
        self._heart.cancel()
        await asyncio.gather(self._heart, *self._closing, return_exceptions=True)
        await self._overdue.stop()
        await self._writer.stop(STOP_PATIENCE)
        await sync_to_async(recovery.leave)(self._life)
        self._life = self._heart = None

    @property
    def boot_id(self) -> UUID | None:
        """This run, as it is entered in the books; None before `start` and after `stop`."""
        return None if self._life is None else self._life.id

    def ready(self) -> bool:
        """Whether calls can be booked, as far as this process knows."""
        return self._life is not None and self._writer.running() and not self._overdue

    def state(self) -> State:
        """How it keeps up."""
        return State(self._writer.waiting(), self._writer.commits, len(self._overdue))

    async def open(self, record: Record) -> None:
        """Commit a started record. Raises LedgerUnavailable within 2 s when it cannot be written."""
        if self._life is None:
            raise LedgerUnavailable
        if record.status != "started":
            return  # a refusal is over when it begins: its close is all there is to write
        written = False
        try:
            await self._writer.put(rows.OPEN, rows.opening(record, self._boot), patience=OPEN_PATIENCE)
            written = True
            prices.expect(record)
        except WriteFailed as error:
            log.error("usage_ledger_unavailable", reason=str(error))
            raise LedgerUnavailable from error
        finally:
            # given up or cancelled while the commit was under way: should the row be there, nobody will close it
            if not written:
                self._overdue.add(Late(rows.FORSAKE, rows.forsaking(record)))

    async def close(self, record: Record) -> None:
        """Put a price on a record and commit its end. Never raises: what cannot be written now is tried again.

        The work goes on when the caller is cancelled meanwhile. Of two closes of a record the
        one that ended later counts.
        """
        try:
            if prices.put_at_once(record):
                await self._end(record)
            else:
                pricing = asyncio.get_running_loop().create_task(self._price(record))
                self._closing.add(pricing)
                pricing.add_done_callback(self._closing.discard)
                await asyncio.shield(pricing)
        except Exception as error:  # noqa: BLE001 - the answer was given: no fault of the bookkeeping may spoil it
            log.error("usage_record_lost", reason=f"it could not be made into a row: {type(error).__name__}")

    async def _price(self, record: Record) -> None:
        await prices.put(record)
        await self._end(record)

    def _end(self, record: Record) -> asyncio.Future[None]:
        """Begin to write the end of a record. The result is there once it is written or overdue; cancelled, it stops
        nothing.
        """
        if self._life is None:
            raise LedgerUnavailable
        params = rows.closing(record)
        late = Late(rows.CLOSE, params, partial(rows.whole, record, self._boot, params))
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            done = self._writer.put(*late, patience=CLOSE_PATIENCE)
        except WriteFailed as error:
            self._put_off(late, error)
            told.set_result(None)
        else:
            self._closing.add(done)
            done.add_done_callback(partial(self._ended, late, told))
        return told

    def _ended(self, late: Late, told: asyncio.Future[None], done: asyncio.Future[None]) -> None:
        self._closing.discard(done)
        error = WriteFailed("nobody waited for it") if done.cancelled() else done.exception()
        if error is not None:
            self._put_off(late, error)
        if not told.done():
            told.set_result(None)

    def _put_off(self, late: Late, error: BaseException) -> None:
        log.warning("usage_record_overdue", reason=str(error))
        self._overdue.add(late)

    async def _beat(self) -> None:
        """Tell the other machines that this run lives, and now and then look after the dead."""
        beats = 0
        while self._life is not None:
            await asyncio.sleep(boots.BEAT)
            beats += 1
            try:
                await self._writer.write(boots.HEARTBEAT, [datetime.now(UTC), self._life.id])
                if beats % ROUND == 0:
                    await sync_to_async(recovery.recover)()
            except Exception as error:  # noqa: BLE001 - a heart must not stop for one bad minute of the database
                log.warning("usage_heartbeat_failed", reason=type(error).__name__)


LEDGER = Ledger()
