"""Failures cost no connection: after hundreds of them the next call finds the pool as it was."""

from __future__ import annotations

import asyncio

import pytest

from providers import Pool
from providers._transport import pool as _pool
from proxy.breaker import BREAKERS
from proxy.redaction import MAXIMUM
from tests.proxy.client import CHAT, begin, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import CLOSE, Reply, Upstream

JSON = {"content-type": "application/json"}
ERROR = b'{"error": {"message": "Slow down.", "type": "requests", "code": "rate_limit_exceeded"}}'
TIMES, TOGETHER = 200, 10


@pytest.fixture(autouse=True)
def few_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most ten are kept."""
    monkeypatch.setattr(_pool, "KEPT", TOGETHER)
    monkeypatch.setattr(_pool, "KEPT_IN_ALL", TOGETHER)


async def fail_often(host: FakeHost, upstream: Upstream, reply: Reply, status: int) -> None:
    """Two hundred failures, ten at a time; then what answers well is asked again."""
    upstream.reply = reply
    for _ in range(TIMES // TOGETHER):
        BREAKERS.forget()  # its own refusals would spare the pool
        answers = await asyncio.gather(*(fetch(host, body=chat()) for _ in range(TOGETHER)))
        assert {answer.status for answer in answers} == {status}
    BREAKERS.forget()
    await upstream.idle()
    pool = host.network.pool()
    assert pool.busy == 0 and pool.idle <= TOGETHER
    upstream.reply = None
    assert (await fetch(host, body=chat())).status == 200


@pytest.mark.parametrize("length", [len(ERROR), None], ids=["declared", "chunked"])
async def test_after_200_refusals_of_the_service(host: FakeHost, upstream: Upstream, length: int | None) -> None:
    await fail_often(host, upstream, Reply([ERROR], 429, JSON, length=length), 429)
    assert upstream.stats.requests == TIMES + 1
    assert upstream.stats.connections == TOGETHER, "each was read to its end, and carried the next"


async def test_after_200_errors_that_never_end(host: FakeHost, upstream: Upstream) -> None:
    """Of a long error only the beginning is read, so its connection is closed."""
    await fail_often(host, upstream, Reply([b"x" * MAXIMUM, b"x", 60.0, b"x"], 429, JSON), 429)
    assert host.network.pool() == Pool(busy=0, idle=1)


async def test_after_200_connections_that_broke(host: FakeHost, upstream: Upstream) -> None:
    await fail_often(host, upstream, Reply([b'{"error": ', CLOSE], 429, JSON, length=100), 502)
    assert host.network.pool() == Pool(busy=0, idle=1)


async def test_after_200_callers_who_left(host: FakeHost, upstream: Upstream) -> None:
    for _ in range(TIMES // TOGETHER):
        exchanges = [begin(host, CHAT, chat("plan:chunks=99,gap=100")) for _ in range(TOGETHER)]
        for exchange in exchanges:
            await exchange.first()
            exchange.leave()
        await asyncio.gather(*(exchange.task for exchange in exchanges))
    await upstream.idle()
    assert host.network.pool() == Pool(busy=0, idle=0)
    assert (await fetch(host, body=chat())).status == 200
