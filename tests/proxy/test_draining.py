"""A connection may read a stream on after its reader left: for its usage, for a while, and for nobody's delay."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from proxy import draining, pipeline, settling
from proxy.call import Call
from proxy.draining import DRAINING
from proxy.limits import LIMITER
from proxy.memory_counts import MemoryStore
from tests.proxy.client import CHAT, GENERATE, MESSAGES, chat, under_way
from tests.proxy.host import FakeHost
from tests.upstream import Upstream

SLOW = "plan:chunks=20,gap=25"
ENDLESS = "plan:chunks=5000,gap=20"


@pytest.fixture(autouse=True)
async def draining_host(host: FakeHost) -> AsyncIterator[FakeHost]:
    """The site, whose connections read on for a while."""
    for kind in ("openai", "anthropic", "google"):
        host.connect(kind, drain_seconds=5.0)
    yield host
    await DRAINING.stop()


async def drained() -> None:
    """Wait until nothing is read on any more."""
    async with asyncio.timeout(10):
        while DRAINING.tasks:
            await asyncio.sleep(0.005)


def streams(host: FakeHost) -> int:
    store = LIMITER.store
    assert isinstance(store, MemoryStore)
    return store.accounts[f"user:{host.alice.user_id}"].streams


@pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE.format(model=SLOW.replace(":", "-"))])
@pytest.mark.parametrize("chunks", [1, 5])
async def test_the_providers_own_usage_is_booked(host: FakeHost, upstream: Upstream, path: str, chunks: int) -> None:
    async with under_way(host, path, chat(SLOW)) as exchange:
        await exchange.first(chunks)
        exchange.leave()
        await exchange.task
        assert host.ledger.only.status == "started", "whoever leaves does not wait"
        assert streams(host) == 1, "it still counts as a stream"
        await drained()
    row = host.ledger.only
    assert (row.status, row.tokens_source, row.input_tokens) == ("cancelled", "provider", 11)
    assert row.output_tokens == 20 and upstream.stats.aborted == 0
    assert (host.ledger.closes, streams(host)) == (1, 0)


async def test_a_slow_reader_who_leaves(host: FakeHost, upstream: Upstream) -> None:
    async with under_way(host, body=chat("plan:chunks=20")) as exchange:
        exchange.gate.clear()
        exchange.leave()
        exchange.gate.set()
        await exchange.task
        await drained()
    row = host.ledger.only
    assert row.tokens_source == "provider" and row.output_tokens == 20


async def test_only_for_so_long(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", drain_seconds=0.2)
    async with under_way(host, body=chat(ENDLESS)) as exchange:
        exchange.leave()
        await exchange.task
        began = time.perf_counter()
        await drained()
        assert 0.1 < time.perf_counter() - began < 8
        await upstream.idle()
    assert upstream.stats.aborted == 1
    assert (host.ledger.only.status, host.ledger.only.tokens_source) == ("cancelled", "estimate")


async def test_only_so_much(host: FakeHost, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "MOST", 10_000)
    async with under_way(host, body=chat("plan:chunks=50000,size=1000,gap=1")) as exchange:
        exchange.leave()
        await exchange.task
        await drained()
        await upstream.idle()
    assert upstream.stats.aborted == 1 and upstream.stats.bytes_sent < 10_000_000


async def test_what_breaks_meanwhile_is_booked_as_left(host: FakeHost) -> None:
    async with under_way(host, body=chat("plan:chunks=9,gap=20,cut=6")) as exchange:
        exchange.leave()
        await exchange.task
        await drained()
    assert (host.ledger.only.status, host.ledger.only.tokens_source) == ("cancelled", "estimate")


async def test_a_shutdown_ends_it_at_once(host: FakeHost, upstream: Upstream) -> None:
    async with under_way(host, body=chat(ENDLESS)) as exchange:
        exchange.leave()
        await exchange.task
        await asyncio.sleep(0.05)
        began = time.perf_counter()
        await DRAINING.stop()
        await settling.drained()
        assert time.perf_counter() - began < 8
    assert host.ledger.only.status == "cancelled" and streams(host) == 0
    await upstream.idle()
    assert upstream.stats.aborted == 1


async def test_one_who_leaves_before_the_answer_cancels_it(host: FakeHost, upstream: Upstream) -> None:
    task = asyncio.create_task(whole(host))
    while not upstream.stats.active:
        await asyncio.sleep(0.002)
    task.cancel()
    await asyncio.wait({task})
    assert not DRAINING.tasks and host.ledger.only.status == "cancelled"


async def whole(host: FakeHost) -> None:
    """Read a whole answer that never comes."""
    call = Call(host.alice, "openai", "chat", "POST", "v1/chat/completions", body=chat("plan:first=60000"))
    async with pipeline.answer(call, host) as answer:
        [chunk async for chunk in answer.body]


async def test_a_whole_answer_is_as_ever(host: FakeHost) -> None:
    call = Call(host.alice, "openai", "chat", "POST", "v1/chat/completions", body=chat(SLOW))
    async with pipeline.answer(call, host) as answer:
        said = b"".join([chunk async for chunk in answer.body])
    assert b"00019" in said and host.ledger.only.status == "ok" and not DRAINING.tasks
