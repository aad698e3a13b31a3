"""Clients that leave, slow readers and a provider that comes and goes: nothing leaks, no record stays open.

SOAK sets the minutes (0.2). From five minutes on memory must be flat as well, within a tenth after warming up.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import statistics
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.durability.visitors import Visitors
from tests.world import World, fake_provider, small_world

MINUTES = float(os.environ.get("SOAK", "0.2"))
VISITORS = 40
FEW = 8  # tasks, or files: what a server opens for good when it first needs it, such as a thread's database
LIMITS = "requests_per_minute=1000000,tokens_per_minute=1000000000,streams=1000"


@contextmanager
def flapping_provider() -> Iterator[str]:
    """A fake provider that is killed and started again, every few seconds, on the same port; its address."""
    over = threading.Event()
    with fake_provider() as first:
        port = first.rpartition(":")[2]

    def come_and_go() -> None:
        while not over.is_set():
            with fake_provider(port):
                over.wait(4)
            over.wait(1)

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        yield first
    finally:
        over.set()
        thread.join()


def metrics(world: World) -> dict[str, float]:
    """What `/metrics` says now."""
    with urllib.request.urlopen(world.url + "/metrics", timeout=20) as answer:
        text = answer.read().decode()
    return {name: float(value) for name, value in re.findall(r"^(thinkback_\S+) (\S+)$", text, re.MULTILINE)}


def files(world: World) -> int:
    """Open files and sockets of the server."""
    assert world.server.process is not None
    return len(os.listdir(f"/proc/{world.server.process.pid}/fd"))


async def soak(world: World, visitors: Visitors) -> list[int]:
    """Minutes of visits; the server's resident bytes, looked at once a second."""
    work = asyncio.create_task(visitors.come(VISITORS))
    sizes: list[int] = []
    end = time.monotonic() + MINUTES * 60
    while time.monotonic() < end:
        await asyncio.sleep(1)
        sizes.append(world.server.memory())
    visitors.going = False
    await work
    return sizes


def settled(world: World, tasks: float, held: int) -> tuple[dict[str, float], int]:
    """The metrics and the open files, without idle connections, once they are back; or as they are after 30 s."""
    for _ in range(60):
        now = metrics(world)
        left = files(world) - int(now['thinkback_upstream_connections{state="idle"}'])
        busy = now["thinkback_open_calls"] + now['thinkback_upstream_connections{state="busy"}']
        waiting = now["thinkback_ledger_overdue"] + now["thinkback_ledger_queue"]
        if not busy and not waiting and now["thinkback_tasks"] <= tasks and left <= held:
            break
        time.sleep(0.5)
    return now, left


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_nothing_leaks(tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    with flapping_provider() as flapping:
        with small_world(tmp_path / "data", flapping, THINKBACK_LIMITS=LIMITS) as world:
            slugs = (world.add("openai"), world.add("openai", base_url=flapping, slug="flapping"))
            world.api("GET", "/api/usage/summary")  # what is loaded once is loaded
            tasks, held = metrics(world)["thinkback_tasks"] + FEW, files(world) + FEW
            visitors = Visitors(world, slugs, random.Random(seed))
            sizes = asyncio.run(soak(world, visitors))
            after, left = settled(world, tasks, held)
            by_status = {row["key"]: row["requests"] for row in summary(world)}
    about = f"seed {seed}: {dict(visitors.seen)}, records {by_status}, MB {[size >> 20 for size in sizes[::30]]}"
    print(about)  # noqa: T201 - shown with -s, and when it fails
    assert visitors.seen["hung"] == 0, about
    assert "started" not in by_status, about
    assert after["thinkback_open_calls"] == after['thinkback_upstream_connections{state="busy"}'] == 0, about
    assert after["thinkback_tasks"] <= tasks, about
    assert left <= held, about
    assert after["thinkback_ledger_overdue"] == after["thinkback_ledger_queue"] == 0, about
    if MINUTES >= 5:
        fifth = len(sizes) // 5
        warm, late = statistics.median(sizes[fifth : 2 * fifth]), statistics.median(sizes[-fifth:])
        assert late <= warm * 1.1, f"{warm / 1e6:.0f} MB grew to {late / 1e6:.0f} MB; {about}"


def summary(world: World) -> list[dict[str, Any]]:
    """Usage by status."""
    found: list[dict[str, Any]] = world.api("GET", "/api/usage/summary?group_by=status")["results"]
    return found
