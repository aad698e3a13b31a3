"""How long an upstream may keep silent, and how long a whole answer may take."""

from __future__ import annotations

import asyncio
import math

from providers import TimedOut

MOMENT = 0.001  # seconds; no timer is set for less


class Patience:
    """Cancels the waiting task when no word came in time. One timer per answer, none per chunk.

    Only the time between `wait` and `pause` counts, so a slow reader is not taken for a silent upstream. `deadline`, by
    the loop's clock, ends any waiting. The timer is set for `often` seconds at most, the least of what will be waited:
    it need not be set anew then.
    """

    def __init__(self, speaker: str, deadline: float, often: float = math.inf) -> None:
        self.loop = asyncio.get_running_loop()
        self.speaker = speaker
        self.deadline = deadline
        self.often = often
        self.limit = 0.0
        self.since: float | None = None  # set it anew for a word that came while the next one is waited for
        self.task: asyncio.Task[object] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.expired = False

    def wait(self, limit: float) -> None:
        """The calling task waits for the upstream from now on, at most `limit` seconds. Raises TimedOut."""
        now = self.since = self.loop.time()
        if now >= self.deadline:
            raise self._failure()
        self.task = asyncio.current_task(self.loop)
        if self.timer is None or limit < min(self.limit, self.often):
            self.stop()
            self.timer = self.loop.call_later(min(limit, self.often, self.deadline - now), self._look)
        self.limit = limit

    def pause(self) -> None:
        """A word came."""
        self.since = None

    def stop(self) -> None:
        """The waiting is over for good."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def judge(self, cancellation: asyncio.CancelledError) -> TimedOut:
        """What a cancellation comes to if it was ours; any other is raised again."""
        if self.expired and self.task is not None and self.task.uncancel() == 0:
            return self._failure()
        raise cancellation

    def _failure(self) -> TimedOut:
        if self.loop.time() >= self.deadline:
            return TimedOut(f"{self.speaker} did not finish its answer within the time allowed.")
        return TimedOut(f"{self.speaker} gave no word within {self.limit:g} seconds.")

    def _look(self) -> None:
        now, self.timer = self.loop.time(), None
        left = min(self.deadline, (now if self.since is None else self.since) + self.limit) - now
        if left > 0:
            self.timer = self.loop.call_later(max(min(left, self.often), MOMENT), self._look)
        elif self.since is not None and self.task is not None:  # else the next one to wait will hear of it
            self.expired = True
            self.task.cancel()
