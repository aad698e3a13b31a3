"""What happens while an answer is under way: its reader leaves, its provider is changed, its server ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from proxy.call import Limits
from proxy.counts import Gate, Wish
from proxy.limits import USUAL_OUTPUT
from proxy.redis_counts import RedisStore
from tests import services
from tests.world import World, fake_provider, small_world

SOON = 5.0  # seconds; hundreds of times what it takes


@contextmanager
def stream(world: World, chunks: int = 50, gap: int = 20) -> Iterator[Iterator[str]]:
    """The lines of an answer, of which the first has come."""
    messages = [{"role": "user", "content": "Hi"}]
    body = {"model": f"plan:chunks={chunks},gap={gap}", "stream": True, "messages": messages}
    url, headers = f"{world.url}/api/proxy/openai/v1/chat/completions", {"authorization": f"Bearer {world.token}"}
    with httpx.stream("POST", url, json=body, headers=headers, timeout=60) as answer:
        assert answer.status_code == 200
        lines = answer.iter_lines()
        while "00000" not in next(lines):
            pass
        yield lines


def booked(world: World) -> dict[str, Any]:
    """The one chat in the books."""
    (row,) = (row for row in world.records() if row["operation"] == "chat")
    return row


def test_a_reader_who_leaves(tmp_path: Path) -> None:
    with small_world(tmp_path / "data") as world:
        world.add("openai")
        with stream(world, chunks=500):
            assert world.stats()["active"] == 1
        left = time.monotonic()
        services.wait_until(lambda: world.stats()["aborted"] == 1)
        assert time.monotonic() - left < SOON
        services.wait_until(lambda: booked(world)["status"] != "started")
        row = booked(world)
        assert (row["status"], row["tokens_source"]) == ("cancelled", "estimate")
        assert row["input_tokens"] > 0 and row["output_tokens"] > 0


def test_a_provider_that_is_changed(tmp_path: Path) -> None:
    """Another key and another address count from the next call on; whatever is under way is left in peace."""
    with fake_provider() as other, small_world(tmp_path / "data", other) as world:
        world.add("openai")
        with stream(world) as lines:
            changes = {"base_url": other, "api_key": "sk-canary-another-0123456789abcdef"}
            world.api("PATCH", "/api/providers/openai", changes)
            with stream(world, chunks=2) as others:
                assert [line for line in others if line][-1] == "data: [DONE]"
            said = [line for line in lines if line]
        assert said[-1] == "data: [DONE]" and "00049" in said[-3]
        assert (world.stats()["requests"], World(world.server, other).stats()["requests"]) == (1, 1)
        assert [row["status"] for row in world.records() if row["operation"] == "chat"] == ["ok", "ok"]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_server_that_ends(tmp_path: Path, end: str) -> None:
    with small_world(tmp_path / "data") as world:
        world.add("openai")
        with stream(world, chunks=100_000, gap=50):
            assert booked(world)["status"] == "started", "it was booked before it was sent"
            getattr(world.server, end)()
        world.server.start()
        row = booked(world)
        assert row["status"] == "interrupted"
        assert (row["output_tokens"] is not None) is (end == "stop"), "who is told to end has time to estimate"


@pytest.mark.redis
def test_a_server_that_is_killed_holds_nothing_for_ever(redis_url: str, tmp_path: Path) -> None:
    """Another server sees what its call had taken; a minute later that is free again, and no more than that."""
    limits = Limits(requests_per_minute=100, tokens_per_minute=10_000, streams=1)
    written = ",".join(f"{name}={getattr(limits, name)}" for name in limits.__slots__)
    with small_world(tmp_path / "data", REDIS_URL=redis_url, THINKBACK_LIMITS=written) as world:
        world.add("openai")
        with stream(world, chunks=10_000):
            world.server.kill()

    async def left(after: float) -> dict[str, int]:
        """What one who wants nothing but a look sees, so many seconds later."""
        store = RedisStore(redis_url, lambda: time.time() + after, patience=20.0)
        try:
            states, _ = await store.take(Wish(1, (Gate("user:1", limits),), False, 0))
            return {state.kind: state.left for state in states}
        finally:
            await store.close()

    held = asyncio.run(left(0))
    assert held["streams"] == 0 and 0 < held["tokens_per_minute"] < limits.tokens_per_minute - USUAL_OUTPUT
    later = asyncio.run(left(61))
    assert (later["streams"], later["tokens_per_minute"]) == (limits.streams, limits.tokens_per_minute)
