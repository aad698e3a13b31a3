"""What an answer from memory takes: one request of the limits, and nothing of the provider."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proxy.breaker import BREAKERS, FEWEST
from proxy.caching import ANSWERS
from proxy.call import Fallback, Limits
from proxy.limits import LIMITER
from proxy.memory_counts import MemoryStore
from tests.proxy.client import Reply, chat, fetch, under_way
from tests.proxy.host import FakeHost
from tests.proxy.test_observing import Watcher
from tests.upstream import Reply as Said
from tests.upstream import Upstream

BODY = chat("plan:chunks=4", max_tokens=40_000)


@pytest.fixture(autouse=True)
def turned_on(host: FakeHost) -> None:
    host.connect("openai", cache_seconds=60.0)


def told(reply: Reply) -> str:
    """Whether it was a hit."""
    return reply.headers.get("x-thinkback-cache", str(reply.status))


def used(host: FakeHost, name: str = "") -> tuple[int, int, int]:
    """Requests, tokens and streams that a gate counts now; Alice's own, unless another is named."""
    store = LIMITER.store
    assert isinstance(store, MemoryStore)
    account = store.accounts[name or f"user:{host.alice.user_id}"]
    return account.requests.used, account.tokens.used, account.streams


async def test_it_counts_as_a_request_alone(host: FakeHost) -> None:
    host.limit(requests_per_minute=3, tokens_per_minute=100_000, streams=5)
    assert [told(await fetch(host, body=BODY)) for _ in range(4)] == ["miss", "hit", "hit", "429"]
    requests, tokens, streams = used(host)
    assert (requests, streams) == (3, 0) and tokens < 100


async def test_it_needs_no_room_for_tokens(host: FakeHost, upstream: Upstream) -> None:
    host.limit(tokens_per_minute=50_000)
    assert told(await fetch(host, body=BODY)) == "miss"
    async with under_way(host, body=chat("plan:chunks=9,gap=60000", max_tokens=40_000)):
        taken = used(host)
        hit = await fetch(host, body=BODY)
        assert (told(hit), hit.headers["ratelimit-limit"]) == ("hit", "50000")
        assert used(host) == (taken[0] + 1, taken[1], taken[2])
        other = await fetch(host, body=chat("plan:chunks=5", max_tokens=40_000))
        assert (other.status, 0 < int(other.headers["retry-after"]) <= 60) == (429, True)
        assert "More than 50000 tokens a minute." in other.body.decode()
        assert used(host)[0] == taken[0] + 1, "what is refused takes nothing, not even a request"
    assert len(upstream.requests) == 2


async def test_it_needs_no_place_for_a_stream(host: FakeHost) -> None:
    host.limit(streams=1)
    assert told(await fetch(host, body=BODY)) == "miss"
    async with under_way(host, body=chat("plan:chunks=9,gap=60000")):
        assert told(await fetch(host, body=BODY)) == "hit"
        assert told(await fetch(host, body=chat("plan:chunks=5"))) == "429"


async def test_a_refused_one_may_still_fall_back(host: FakeHost) -> None:
    host.connect("openai", "openai-2")
    limits = Limits(tokens_per_minute=50_000)
    host.connect("openai", cache_seconds=60.0, limits=limits, fallbacks=(Fallback("openai-2"),))
    gate = f"connection:{host.connections['openai'].id}"
    async with under_way(host, body=chat("plan:chunks=9,gap=60000", max_tokens=40_000)):
        reply = await fetch(host, body=BODY)
        assert (reply.status, reply.headers["x-thinkback-provider"]) == (200, "openai-2")
        assert "x-thinkback-cache" not in reply.headers
        assert (used(host, gate)[0], used(host)[0]) == (1, 2)


async def test_it_needs_no_closed_breaker(host: FakeHost, upstream: Upstream) -> None:
    assert told(await fetch(host, body=BODY)) == "miss"
    for _ in range(2 * FEWEST):
        await fetch(host, body=chat("plan:status=503"))
    before = len(upstream.requests)
    assert (await fetch(host, body=chat())).status == 503
    assert told(await fetch(host, body=BODY)) == "hit"
    assert len(upstream.requests) == before


async def test_it_is_no_probe_of_a_service_left_alone(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(await fetch(host, body=BODY)) == "miss"
    (breaker,) = BREAKERS.known.items.values()
    counted = breaker.calls.counts(BREAKERS.clock())
    for _ in range(FEWEST):
        assert told(await fetch(host, body=BODY)) == "hit"
    assert breaker.calls.counts(BREAKERS.clock()) == counted
    breaker.open_until = BREAKERS.clock() - 1
    assert told(await fetch(host, body=BODY)) == "hit"
    assert breaker.open_until is not None and breaker.probe is None


async def test_it_is_told_once_and_as_such(host: FakeHost) -> None:
    host.observer = watcher = Watcher()
    for _ in range(2):
        await fetch(host, body=BODY)
    assert (len(watcher.begun), watcher.over) == (1, [("ok", None, 1)] * 2)


async def test_what_another_answered_is_not_kept(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", "openai-2", cache_seconds=60.0)
    host.connections["openai"] = replace(host.connections["openai"], has_key=False, fallbacks=(Fallback("openai-2"),))
    upstream.reply = Said([b"{}"], headers={"content-type": "application/json"})
    for _ in range(2):
        assert "x-thinkback-cache" not in (await fetch(host, body=chat(stream=False))).headers
    assert (len(upstream.requests), ANSWERS.size) == (2, 0)
