"""How long a connection may keep silent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

MOMENT = 0.001  # seconds; no timer is set for less


class Clock:
    """Calls `late` when what is waited for did not come in time. One timer per connection, not one per wait.

    Only the time between `start` and `stop` counts. A timer that is no longer needed runs on and is set anew when it
    ends, because setting and cancelling one for every chunk costs more than the chunk.
    """

    __slots__ = ("due", "late", "limit", "loop", "since", "timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, late: Callable[[], None]) -> None:
        self.loop = loop
        self.late = late
        self.limit = 0.0
        self.since: float | None = None  # by the loop's clock; None: nobody waits
        self.due = 0.0
        self.timer: asyncio.TimerHandle | None = None

    def start(self, limit: float | None) -> None:
        """Wait from now on, at most `limit` seconds; None is for ever."""
        if limit is None:
            self.since = None
            return
        now = self.since = self.loop.time()
        self.limit = limit
        if self.timer is None or now + limit < self.due:
            self._set(now + limit)

    def again(self) -> None:
        """Something moved: who waits begins to wait anew."""
        if self.since is not None:
            self.since = self.loop.time()

    def stop(self) -> None:
        """Nobody waits any more."""
        self.since = None

    def cancel(self) -> None:
        """Nobody will wait again."""
        self.since = None
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def _set(self, due: float) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.due = due
        self.timer = self.loop.call_at(due, self._look)

    def _look(self) -> None:
        self.timer = None
        if self.since is None:
            return
        now = self.loop.time()
        if now < self.since + self.limit - MOMENT:
            self._set(self.since + self.limit)
        else:
            self.since = None
            self.late()
