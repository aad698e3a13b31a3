"""Counts that several processes share, and what happens when Redis does not."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from proxy import redis_counts, settling
from proxy.errors import Refused
from proxy.limits import Limiter
from proxy.redis_counts import LEASE, PATIENCE, RedisStore
from tests import services
from tests.proxy.wishes import Clock, gate, wish

pytestmark = pytest.mark.redis
ONE = gate(streams=1)


@contextlib.asynccontextmanager
async def shared(url: str, clock: Clock | None = None, patience: float = 20.0) -> AsyncIterator[RedisStore]:
    """One process's view of a Redis."""
    made = RedisStore(url, clock, patience)
    try:
        yield made
    finally:
        await settling.drained()
        await made.close()


async def test_two_processes_share_ten(redis_url: str) -> None:
    ten = gate(requests_per_minute=10)
    async with shared(redis_url) as one, shared(redis_url) as other:
        calls = [Limiter(store).admit(wish(ten)) for store in (one, other) for _ in range(20)]
        ends = await asyncio.gather(*calls, return_exceptions=True)
        assert sum(not isinstance(end, BaseException) for end in ends) == 10
        assert {type(end) for end in ends if isinstance(end, BaseException)} == {Refused}
        assert 55 < max(end.retry_after or 0 for end in ends if isinstance(end, Refused)) <= 60


async def test_the_streams_of_a_dead_process_are_free_again(redis_url: str) -> None:
    clock = Clock()
    async with shared(redis_url, clock) as dead, shared(redis_url, clock) as other:
        await Limiter(dead).admit(wish(ONE, stream=True))
        clock.now += LEASE - 1
        with pytest.raises(Refused):
            await Limiter(other).admit(wish(ONE, stream=True))
        clock.now += 2
        await Limiter(other).admit(wish(ONE, stream=True))


async def test_a_long_stream_keeps_its_place(redis_url: str) -> None:
    clock = Clock()
    async with shared(redis_url, clock) as one, shared(redis_url, clock) as other:
        async with aclosing(await Limiter(one).admit(wish(ONE, stream=True))):
            for _ in range(3):
                clock.now += LEASE / 2
                await one.renew()
            with pytest.raises(Refused):
                await Limiter(other).admit(wish(ONE, stream=True))
        await one.renew()  # what is over is not renewed
        await Limiter(other).admit(wish(ONE, stream=True))


async def test_a_redis_started_afresh_hears_of_open_streams(redis_url: str) -> None:
    async with shared(redis_url) as one:
        await Limiter(one).admit(wish(ONE, stream=True))
        await one.redis.flushall()
        await one.renew()
        with pytest.raises(Refused):
            await Limiter(one).admit(wish(ONE, stream=True))


async def test_nothing_is_kept_for_ever(redis_url: str) -> None:
    async with shared(redis_url) as one:
        held = await Limiter(one).admit(wish(ONE, stream=True, tokens=10))
        await held.lease.give_back(5000)
        lives = [await one.redis.pttl(name) for name in await one.redis.keys()]
        assert len(lives) == 3
        assert all(0 < life <= 120_000 for life in lives)


async def test_one_who_gives_up_waiting_leaves_nothing(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with shared(redis_url) as one:
        run = one._run

        async def answered_late(text: str, *arguments: object) -> list[bytes]:
            answer = await run(text, *arguments)  # type: ignore[arg-type]
            if text == redis_counts.TAKE:
                await asyncio.sleep(60)
            return answer

        monkeypatch.setattr(one, "_run", answered_late)
        waiting = asyncio.create_task(one.take(wish(ONE, stream=True, tokens=10)))
        while not await one.redis.exists(redis_counts.keys_of(wish(ONE))[3]):
            await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait({waiting})
        monkeypatch.undo()
        await settling.drained()
        assert (await Limiter(one).admit(wish(ONE, stream=True))).lease


async def test_without_redis_this_process_counts(caplog: pytest.LogCaptureFixture) -> None:
    two = gate(requests_per_minute=2)
    secret = "canary-password"
    async with shared(f"redis://user:{secret}@127.0.0.1:{services.free_port()}/0") as alone:
        with caplog.at_level(logging.WARNING):
            limiter = Limiter(alone)
            await limiter.admit(wish(two))
            alone.asks_again = 0.0
            await limiter.admit(wish(two))
            with pytest.raises(Refused):
                await limiter.admit(wish(two))
        assert [record.name for record in caplog.records] == ["proxy.redis_counts"], "one line a minute"
        assert secret not in caplog.text


async def test_a_redis_that_hangs_holds_nobody_up() -> None:
    silent = socket.create_server(("127.0.0.1", 0))  # connections wait in its queue for good
    async with shared(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", patience=PATIENCE) as store:
        began = time.perf_counter()
        ends = [Limiter(store).admit(wish(ONE, stream=stream)) for stream in [False] * 40 + [True]]
        held = await asyncio.gather(*ends)
        assert time.perf_counter() - began < 40 * PATIENCE, "all of them waited at the same time"
        assert store.alone.accounts[ONE.name].requests.used == 41
        with pytest.raises(Refused):
            await Limiter(store).admit(wish(ONE, stream=True))
        await held[-1].lease.give_back(0)
        assert store.alone.accounts[ONE.name].streams == 0
    silent.close()


async def test_redis_is_asked_again(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_counts, "PAUSE", 0.05)
    async with shared(redis_url) as one:
        await one.redis.set(redis_counts.keys_of(wish(ONE))[0], "not what the script expects")
        await Limiter(one).admit(wish(ONE))
        await one.redis.flushall()
        await asyncio.sleep(0.06)
        await Limiter(one).admit(wish(ONE))
        assert await one.redis.zcard(redis_counts.keys_of(wish(ONE))[0]) == 1
