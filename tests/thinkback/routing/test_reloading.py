"""A live server whose configuration file is changed under fifty streams: a wrong one is refused, a right one counts
from the next call on, and every stream goes on byte for byte.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import services
from tests.world import CANARY, World, small_world

STREAMS = 50
PLAN = "plan:chunks=90,gap=100"  # nine seconds, of which two loads take two or three
BODY = {"model": PLAN, "stream": True, "stream_options": {"include_usage": True}}
ASKED = {**BODY, "messages": [{"role": "user", "content": "Hi"}]}
QUICK = {"model": "quick", "messages": [{"role": "user", "content": "Hi"}]}
FIRST = """
shared:
  - {kind: openai, slug: house, name: House, base_url: "%s", key: "%s"}
aliases:
  quick: house/plan:chunks=2
"""
WRONG = "aliases:\n  quick: house/plan:chunks=2\n  broken: 3\n"
LAST = "aliases:\n  other: openai/plan:chunks=2\n"
READ = "The configuration was read again"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "thinkback.yaml"
    file.write_text("")
    return file


@pytest.fixture
def world(tmp_path: Path, file: Path) -> Iterator[World]:
    """The server, with a provider of Alice's own and one that is shared."""
    limits = "requests_per_minute=6000,tokens_per_minute=90000000,streams=200"
    with small_world(tmp_path / "data", THINKBACK_CONFIG=str(file), THINKBACK_LIMITS=limits) as world:
        world.add("openai")
        file.write_text(FIRST % (world.upstream, CANARY))
        world.server.wait_for_log(READ)
        yield world


def quick(world: World) -> httpx.Response:
    """One short call of the alias."""
    headers = {"authorization": f"Bearer {world.token}"}
    return httpx.post(f"{world.url}/api/v1/chat/completions", json=QUICK, headers=headers, timeout=30)


async def stream(client: httpx.AsyncClient, url: str, begun: asyncio.Semaphore) -> bytes:
    """The whole of one stream; tells when it has begun."""
    parts = []
    async with client.stream("POST", url, json=ASKED) as answer:
        assert answer.status_code == 200
        async for part in answer.aiter_raw():
            if not parts:
                begun.release()
            parts.append(part)
    return b"".join(parts)


def change(world: World, file: Path) -> None:
    """A wrong file, then a right one, with a call after each."""
    file.write_text(WRONG)
    world.server.wait_for_log("The configuration stays as it was")
    assert re.search(r"thinkback\.yaml, line 3: an alias is", world.server.log)
    kept = quick(world)
    assert (kept.status_code, kept.headers["x-thinkback-provider"]) == (200, "house"), "the old one is in force"
    assert kept.headers["x-thinkback-route"] == "alias quick: the only one"
    file.write_text(LAST)
    services.wait_until(lambda: world.server.log.count(READ) == 2)
    assert quick(world).status_code == 404, "the new one is"
    assert world.stats()["active"] == STREAMS + 1, "the streams ended before they could have been disturbed"


async def test_streams_under_way_notice_nothing(world: World, file: Path) -> None:
    begun = asyncio.Semaphore(0)
    limits = httpx.Limits(max_connections=2 * STREAMS)
    headers = {"authorization": f"Bearer {world.token}"}
    async with httpx.AsyncClient(timeout=60, limits=limits, headers=headers) as client:
        slugs = ["openai", "house"] * (STREAMS // 2)
        urls = [f"{world.url}/api/proxy/{slug}/v1/chat/completions" for slug in slugs]
        tasks = [asyncio.create_task(stream(client, url, begun)) for url in urls]
        tasks.append(asyncio.create_task(stream(client, f"{world.upstream}/v1/chat/completions", begun)))
        for _ in tasks:
            await begun.acquire()
        await asyncio.to_thread(change, world, file)
        *said, direct = await asyncio.gather(*tasks)
    assert direct.endswith(b"data: [DONE]\n\n") and b"00089" in direct
    assert set(said) == {direct}
    assert CANARY not in world.server.log
    rows = [row for row in world.records() if row["model"] == PLAN]
    assert {(row["slug"], row["status"]) for row in rows} == {("openai", "ok"), ("house", "ok")} and len(
        rows
    ) == STREAMS
