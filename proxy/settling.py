"""Work that runs to its end although the one who began it was cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

RUNNING: set[asyncio.Task[None]] = set()  # the event loop itself holds tasks only weakly


async def settle(work: Coroutine[None, None, None]) -> None:
    """Wait for the work; when the waiting is cancelled, the work goes on by itself."""
    task = asyncio.get_running_loop().create_task(work)
    RUNNING.add(task)
    task.add_done_callback(RUNNING.discard)
    await asyncio.shield(task)


async def drained() -> None:
    """Wait until nothing is left to settle; for an orderly shutdown."""
    while RUNNING:
        await asyncio.wait(set(RUNNING))
