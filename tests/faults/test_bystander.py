"""Bob's streams while every fault happens to Alice: the same bytes, at the same pace."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import pytest

from tests.faults.cells import FAULTS, Fault, meet
from tests.faults.steady import STREAMS
from tests.live import ROOT
from tests.world import World

GAP = 50  # milliseconds between two chunks
ALONE, BESIDE = 40, 160  # chunks of a stream
FEW = 4  # faults at a time
TIMES, ALWAYS = 20, 5.0  # how much longer a pause may be than without the faults; seconds that a busy machine may take


async def streams(bob: World, chunks: int) -> dict[str, Any]:
    """What Bob's client saw of its streams."""
    command = [sys.executable, "-m", "tests.faults.steady", bob.url, str(chunks), str(GAP)]
    pipe = asyncio.subprocess.PIPE
    client = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    said, _ = await client.communicate(bob.token.encode() + b"\n")
    assert client.returncode == 0
    return dict(json.loads(said))


async def every_fault(world: World) -> int:
    """Alice meets them all, a few at a time; how many calls that took."""
    few = asyncio.Semaphore(FEW)

    async def one(fault: Fault) -> int:
        async with few:
            return len(await meet(world, fault))

    return sum(await asyncio.gather(*map(one, FAULTS.values())))


@pytest.mark.slow
async def test_bob_notices_nothing(world: World, bob: World) -> None:
    alone = await streams(bob, ALONE)
    trouble = asyncio.create_task(every_fault(world))
    beside = []
    while not trouble.done():
        beside.append(await streams(bob, BESIDE))
    calls = await trouble
    print(f"alone {alone}; beside {calls} calls that fail {beside}")  # noqa: T201 - shown with -s, and when it fails
    assert [seen["equal"] for seen in (alone, *beside)] == [STREAMS] * (1 + len(beside))
    assert max(seen["gap"] for seen in beside) < max(ALWAYS, TIMES * alone["gap"])
    assert {row["status"] for row in bob.records()} == {"ok"}
