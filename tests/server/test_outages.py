"""A database or a Redis that hangs: quick refusals instead of hanging calls, and streams under way go on."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests import services
from tests.world import World, small_world

QUICK = 2.0  # seconds; what is promised
SLACK = 8.0  # for a machine with other things to do; one that hangs takes for ever


@contextmanager
def stream(world: World, chunks: int) -> Iterator[Iterator[str]]:
    """The lines of an answer that takes a while, of which the first has come."""
    messages = [{"role": "user", "content": "Hi"}]
    body = {"model": f"plan:chunks={chunks},gap=100", "stream": True, "messages": messages}
    url, headers = f"{world.url}/api/proxy/openai/v1/chat/completions", {"authorization": f"Bearer {world.token}"}
    with httpx.stream("POST", url, json=body, headers=headers, timeout=60) as answer:
        assert answer.status_code == 200
        lines = answer.iter_lines()
        assert "data:" in next(lines)
        yield lines


def ask(world: World, token: str = "") -> tuple[httpx.Response, float]:
    """A short call, and the seconds until its answer."""
    body = {"model": "plan:chunks=1", "messages": [{"role": "user", "content": "Hi"}]}
    headers = {"authorization": f"Bearer {token or world.token}"}
    began = time.monotonic()
    url = f"{world.url}/api/proxy/openai/v1/chat/completions"
    answer = httpx.post(url, json=body, headers=headers, timeout=60)
    return answer, time.monotonic() - began


def booked(world: World) -> Counter[str]:
    """How the calls ended, by the books."""
    return Counter(row["status"] for row in world.records() if row["operation"] == "chat")


def whole(lines: Iterator[str], chunks: int) -> bool:
    """Whether the rest of a stream comes to its proper end."""
    said = [line for line in lines if line]
    assert said[-1] == "data: [DONE]", said[-3:]
    texts = [json.loads(line[6:])["choices"][0]["delta"].get("content") for line in said[:-1]]
    return len([text for text in texts if text]) == chunks


@pytest.mark.postgres
def test_a_database_that_hangs(tmp_path: Path) -> None:
    with services.postgres_service() as postgres, small_world(tmp_path / "data", DATABASE_URL=postgres.url) as world:
        world.add("openai")
        other = world.server.command("create_token", "alice", "--name", "another").strip()
        before = world.stats()["requests"]
        with stream(world, chunks=60) as lines:
            with postgres.frozen():
                for token in (world.token, other, "tb_" + "x" * 40, world.token):
                    answer, took = ask(world, token)
                    assert (answer.status_code, answer.headers["x-thinkback-error"]) == (503, "server_error")
                    assert int(answer.headers["retry-after"]) >= 1
                    assert took < QUICK + SLACK
                assert world.stats()["requests"] == before + 1, "nothing was sent that could not be booked"
                assert httpx.get(world.url + "/healthz").status_code == 200
            assert whole(lines, 60)
        assert ask(world)[0].status_code == 200
        services.wait_until(lambda: booked(world)["started"] == 0)
        assert booked(world)["ok"] == 2


@pytest.mark.redis
def test_a_redis_that_hangs(tmp_path: Path) -> None:
    with services.redis_service() as redis, small_world(tmp_path / "data", REDIS_URL=redis.url) as world:
        world.add("openai")
        with stream(world, chunks=20) as lines:
            with redis.frozen():
                for _ in range(3):
                    answer, took = ask(world)
                    assert answer.status_code == 200, "this process counts by itself"
                    assert took < QUICK + SLACK
            assert whole(lines, 20)
        assert booked(world) == {"ok": 4}
