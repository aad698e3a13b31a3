"""A prompt of two megabytes holds nobody else up: the loop is never busy with it for long."""

from __future__ import annotations

import asyncio
import gc
import json
import time

import pytest

from tests.proxy.client import CHAT, GENERATE, MESSAGES, begin, fetch
from tests.proxy.host import FakeHost

MEGABYTES = 2_000_000
LONGEST = 0.1  # seconds of work in one go; by the processor's clock, so that others on the machine do not count
RESPONSES, EMBEDDINGS = "/api/proxy/openai/v1/responses", "/api/proxy/openai/v1/embeddings"
TEXT = ("The quick brown fox jumps over the lazy dog. " * 50_000)[:MEGABYTES]
PICTURE = "data:image/png;base64," + "iVBORw0KGgo" * (MEGABYTES // 11)


class Ticker:
    """Looks at the clock whenever the loop has time, and remembers the longest while in which it had none."""

    def __init__(self) -> None:
        self.worst = 0.0
        self.ticks = 0

    async def __aenter__(self) -> Ticker:
        gc.collect()
        gc.disable()  # of the whole test run's objects; a server has fewer
        self.task = asyncio.create_task(self._tick())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(0.01)
        self.task.cancel()
        gc.enable()

    async def _tick(self) -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0.001)
            now = time.thread_time()
            self.worst, last = max(self.worst, now - last), now
            self.ticks += 1


def parts_of(model: str, text: str) -> list[bytes]:
    """A request of that text, as it comes off a socket."""
    body = json.dumps({"model": model, "stream": True, "messages": [{"role": "user", "content": text}]}).encode()
    return [body[at : at + 65536] for at in range(0, len(body), 65536)]


@pytest.mark.parametrize("text", [TEXT, PICTURE], ids=["text", "picture"])
@pytest.mark.parametrize("path", [CHAT, MESSAGES, RESPONSES, EMBEDDINGS, GENERATE.format(model="m")])
async def test_a_large_prompt_passes_in_small_steps(host: FakeHost, path: str, text: str) -> None:
    async with Ticker() as ticker:
        assert (await fetch(host, path, parts_of("m", text))).status == 200
    assert ticker.ticks > 1 and ticker.worst < LONGEST


@pytest.mark.parametrize("text", [TEXT, PICTURE], ids=["text", "picture"])
async def test_one_that_must_be_estimated(host: FakeHost, text: str) -> None:
    exchange = begin(host, CHAT, parts_of("plan:chunks=50,gap=20", text))
    await exchange.first(3)
    async with Ticker() as ticker:
        exchange.leave()
        await exchange.task
    assert (host.ledger.only.status, host.ledger.only.tokens_source) == ("cancelled", "estimate")
    assert ticker.worst < LONGEST


async def test_one_that_may_be_in_the_cache(host: FakeHost) -> None:
    host.connect("openai", cache_seconds=60)
    async with Ticker() as ticker:
        for cache in ("miss", "hit"):
            assert (await fetch(host, CHAT, parts_of("m", TEXT))).headers["x-thinkback-cache"] == cache
    assert ticker.worst < LONGEST
