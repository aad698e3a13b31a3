"""The delay of the event loop is noticed."""

from __future__ import annotations

import asyncio
import time

from thinkback.monitoring.loop_lag import LoopLag


async def test_a_blocked_loop_is_late() -> None:
    lag = LoopLag(pause=0.001)
    await lag.start()
    await asyncio.sleep(0)
    time.sleep(0.05)  # what nobody should do
    while not lag.late:
        await asyncio.sleep(0.001)
    await lag.stop()
    assert lag.worst >= 0.04


async def test_before_the_first_look_nothing_is_late() -> None:
    lag = LoopLag()
    assert lag.worst == 0.0
    await lag.stop()  # harmless although it never started
