"""The server is killed in the midst of 200 streams; afterwards the ledger tells exactly what happened.

KILLS sets how often (2), SEED the moments. A moment is told by what was done, not by the clock: a slow machine has done
nothing yet at a second that a fast one spends in the midst.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.durability.streams import Stream, run
from tests.world import World, small_world

STREAMS = 200
KILLS = int(os.environ.get("KILLS", "2"))
PATIENCE_SECONDS = 60
LIMITS = "requests_per_minute=1000000,tokens_per_minute=1000000000,streams=1000"


async def ended(streams: list[Stream], count: int) -> None:
    """Returns when `count` of the streams have ended for their reader."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while sum(stream.ended for stream in streams) < count:
            await asyncio.sleep(0.005)


async def kill_in_the_midst(world: World, number: int, chance: random.Random) -> list[Stream]:
    """200 streams of different lengths; the kill comes when some of them have ended, up to 0.2 s later."""
    streams = [
        Stream(f"plan:chunks={5 + i % 60},gap=10,size={6 + number * STREAMS + i}", 5 + i % 60) for i in range(STREAMS)
    ]
    work = [asyncio.create_task(run(world, stream)) for stream in streams]
    await ended(streams, chance.randint(1, STREAMS // 2))
    await asyncio.sleep(chance.uniform(0, 0.2))
    await asyncio.to_thread(world.server.kill)
    await asyncio.wait(work)
    return streams


def check(stream: Stream, rows: list[dict[str, Any]]) -> None:
    """A stream whose end arrived has one closed record with the right tokens."""
    assert len(rows) == 1, f"{stream.model} has {len(rows)} records"
    assert rows[0]["status"] == "ok", rows[0]
    assert (rows[0]["input_tokens"], rows[0]["output_tokens"]) == (11, stream.chunks)


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_is_counted_twice(tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    chance = random.Random(seed)
    with small_world(tmp_path / "data", THINKBACK_LIMITS=LIMITS) as world:
        world.add("openai")
        streams: list[Stream] = []
        for number in range(KILLS):
            streams += asyncio.run(kill_in_the_midst(world, number, chance))
            world.server.start()
        records = [row for row in world.records() if row["operation"] == "chat"]
        asked = world.seen()
    by_model: dict[str, list[dict[str, Any]]] = {}
    for row in records:
        by_model.setdefault(row["model"], []).append(row)
    whole = [stream for stream in streams if stream.ended]
    about = f"seed {seed}: {len(whole)} of {len(streams)} ended, {Counter(row['status'] for row in records)}"
    print(about)  # noqa: T201 - shown with -s, and when it fails
    for stream in whole:
        check(stream, by_model.get(stream.model, []))
    assert {model for model in asked if model} <= set(by_model), about
    assert max(Counter(asked).values()) == 1 and all(len(rows) == 1 for rows in by_model.values()), about
    assert not [row for row in records if row["status"] == "started"], about
