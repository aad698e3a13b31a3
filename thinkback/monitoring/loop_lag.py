"""How late the event loop is: what keeps it busy makes every stream wait that long."""

from __future__ import annotations

import asyncio
from collections import deque

PAUSE = 0.5  # seconds between two looks
LOOKS = 30  # that are remembered: a quarter of a minute, as often as most servers come to read


class LoopLag:
    """A service that sleeps and looks how much too late it wakes."""

    def __init__(self, pause: float = PAUSE) -> None:
        self.pause = pause
        self.late: deque[float] = deque(maxlen=LOOKS)  # seconds
        self._task: asyncio.Task[None] | None = None

    @property
    def worst(self) -> float:
        """The greatest delay lately, in seconds."""
        return max(self.late, default=0.0)

    @property
    def tasks(self) -> int:
        """The tasks of the loop that it looks at."""
        return 0 if self._task is None else len(asyncio.all_tasks(self._task.get_loop()))

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.get_running_loop().create_task(self._look())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self.pause
            await asyncio.sleep(self.pause)
            self.late.append(max(loop.time() - due, 0.0))


LAG = LoopLag()
