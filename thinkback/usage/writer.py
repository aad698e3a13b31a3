"""The one thread that writes usage: group commit without a timer.

What comes in one turn of the event loop is handed over together; while one commit is under way the next writes
gather, and as soon as it ends they are committed together. So a lonely write waits for nobody, and a hundred at once
cost one commit.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import structlog
from django.db import connection

from thinkback.usage.batches import Outcome, Statement, Unavailable, Write, WriteFailed, adapt, commit
from thinkback.usage.deadlines import Deadlines

ROOM = 20_000  # writes that may wait; beyond it there is no hope of catching up
BATCH = 500  # rows of one transaction, so that nobody else waits longer than about 10 ms for the lock
PATIENCE = 5.0  # seconds
LOOK = 1.0  # second between two looks of a sleeping thread, should the loop that was to ring have ended

log = structlog.get_logger(__name__)


class Writer:
    """Commits statements of many tasks in one thread, over one database connection."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._queue: deque[Write] = deque()
        self._bell: SimpleQueue[None] = SimpleQueue()  # what the thread sleeps on
        self._awake = False  # or about to be: no need to ring
        self._open = False  # for new writes
        self._deadlines: Deadlines | None = None  # of the loop that wrote last
        self._thread: threading.Thread | None = None
        self._stop_at: float | None = None  # time.monotonic(); None = running
        self.commits = 0  # transactions so far

    def start(self) -> None:
        """Start the thread; a second call is harmless."""
        if self._thread is None:
            self._stop_at = None
            self._open = True
            self._thread = threading.Thread(target=self._run, name="usage-writer", daemon=True)
            self._thread.start()

    async def stop(self, patience: float = PATIENCE) -> None:
        """Write what is waiting, for at most `patience` seconds, and end the thread."""
        thread, self._thread, self._open = self._thread, None, False
        if thread is None:
            return
        self._stop_at = time.monotonic() + patience
        self._bell.put(None)
        await asyncio.to_thread(thread.join, patience + 1)

    async def write(self, sql: str, params: Sequence[Any], patience: float = PATIENCE) -> None:
        """Return when the statement (%s placeholders; UUID, datetime, dict and list are adapted) is committed.

        Raises WriteFailed after `patience` seconds at the latest; a write given up or cancelled before its
        transaction began is dropped.
        """
        await self.put(_statement(sql), adapt(params), patience=patience)

    def put(
        self,
        statement: Statement,
        params: Sequence[Any],
        rest: Callable[[], Sequence[Any]] | None = None,
        patience: float = PATIENCE,
    ) -> asyncio.Future[None]:
        """The same for values in the database's own types: at once, and the result is to be waited for.

        Raises WriteFailed where it cannot even wait. Equal statements that wait together become one `executemany`.
        `rest` makes the values of the statement's own `rest`. Cancelling the result drops the write.
        """
        if not self._open:
            raise WriteFailed("the writer does not run")
        if len(self._queue) >= self._room:
            raise WriteFailed("too many writes are waiting")
        loop = asyncio.get_running_loop()
        write = Write(statement, params, loop.create_future(), rest)
        if self._deadlines is None or self._deadlines.loop is not loop:
            self._deadlines = Deadlines(loop)
        self._deadlines.add(write, patience)
        self._queue.append(write)
        if not self._awake:
            self._awake = True
            loop.call_soon(self._bell.put, None)  # after this turn, so that all of its writes go together
        return write.done

    def waiting(self) -> int:
        """How many writes wait for the next commit."""
        return len(self._queue)

    def running(self) -> bool:
        """Whether the thread takes writes."""
        return self._open

    def _run(self) -> None:
        try:
            while batch := self._take():
                self._finish(batch)
        finally:
            self._open = False
            connection.close()

    def _take(self) -> list[Write]:
        """The next batch, waiting for one; empty when it is time to end."""
        while not self._queue and self._stop_at is None:
            self._awake = False
            if not self._queue:  # who came before that line found nobody asleep, and did not ring
                with suppress(Empty):
                    self._bell.get(timeout=LOOK)
            self._awake = True
        return [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]

    def _finish(self, batch: list[Write]) -> None:
        """Commit a batch, however often it must be tried, for as long as somebody waits for it."""
        while batch := [write for write in batch if not write.done.done()]:
            try:
                outcomes = commit(batch)
            except Unavailable as error:
                if self._stop_at is not None and time.monotonic() > self._stop_at:
                    return _tell([(write, error) for write in batch])
                time.sleep(0.01)
            else:
                self.commits += 1
                return _tell(outcomes)


def _tell(outcomes: list[Outcome]) -> None:
    """Wake those who wait, with one call per event loop."""
    loops: defaultdict[asyncio.AbstractEventLoop, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        loops[outcome[0].done.get_loop()].append(outcome)
    for loop, those in loops.items():
        try:
            loop.call_soon_threadsafe(_settle, those)
        except RuntimeError:  # that loop is closed: nobody waits there any more
            log.warning("usage_writer_loop_closed", writes=len(those))


def _settle(outcomes: list[Outcome]) -> None:
    for write, error in outcomes:
        if write.done.done():
            continue
        if error is None:
            write.done.set_result(None)
        else:
            failure = WriteFailed(f"not written: {type(error).__name__}")
            failure.__cause__ = error
            write.done.set_exception(failure)


_statements: dict[str, Statement] = {}


def _statement(sql: str) -> Statement:
    """The same one for the same words, so that equal statements can be told by it."""
    return _statements.setdefault(sql, Statement(sql))


WRITER = Writer()
