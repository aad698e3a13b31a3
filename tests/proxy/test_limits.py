"""How often, how much and how many at a time: exact, told in the way that SDKs wait for, in both storages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from proxy import settling
from proxy.counts import Gate, Store
from proxy.errors import Refused
from proxy.limits import Admission, Limiter
from proxy.memory_counts import MemoryStore
from proxy.redis_counts import RedisStore
from tests.proxy.wishes import Clock, gate, wish


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
async def store(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Store]:
    """One storage after the other."""
    if request.param == "memory":
        yield MemoryStore(clock)
        return
    made = RedisStore(request.getfixturevalue("redis_url"), clock, patience=20.0)
    yield made
    await settling.drained()
    await made.close()
    assert made.asks_again == 0.0, "Redis failed"


@pytest.fixture
def limiter(store: Store) -> Limiter:
    return Limiter(store)


async def refused(limiter: Limiter, *gates: Gate, stream: bool = False, tokens: int = 0) -> Refused:
    """The refusal that there must be."""
    with pytest.raises(Refused) as error:
        await limiter.admit(wish(*gates, stream=stream, tokens=tokens))
    assert (error.value.status, error.value.type) == (429, "rate_limit")
    return error.value


def headers(answer: Admission | Refused) -> list[int]:
    """RateLimit-Limit, -Remaining and -Reset."""
    return [int(value) for _, value in answer.headers]


async def test_the_window_moves(limiter: Limiter, clock: Clock) -> None:
    three = gate(requests_per_minute=3)
    began = clock.now
    for second in (0, 10, 20):
        clock.now = began + second
        await limiter.admit(wish(three))
    clock.now = began + 30
    assert (await refused(limiter, three)).retry_after == 30
    clock.now = began + 60
    await limiter.admit(wish(three))
    assert (await refused(limiter, three)).retry_after == 10


async def test_what_is_refused_costs_nothing(limiter: Limiter) -> None:
    small = gate(requests_per_minute=3, streams=1, tokens_per_minute=100)
    async with aclosing(await limiter.admit(wish(small, stream=True, tokens=60))):
        for _ in range(5):
            await refused(limiter, small, stream=True)
            await refused(limiter, small, tokens=60)
    await limiter.admit(wish(small, stream=True, tokens=100))
    await limiter.admit(wish(small))  # the third of three


async def test_one_gate_refuses_for_all(limiter: Limiter) -> None:
    user, token = gate("user:1"), gate("token:5", streams=1)
    async with aclosing(await limiter.admit(wish(user, token, stream=True))):
        assert "with this token" in (await refused(limiter, user, token, stream=True)).message
        answer = await limiter.admit(wish(gate("user:1", requests_per_minute=3)))
        assert headers(answer)[:2] == [3, 1], "the user's gate counted what the token's refused"


async def test_the_third_gate_refuses_for_all(limiter: Limiter) -> None:
    user, provider = (
        gate(name, requests_per_minute=2, tokens_per_minute=100, streams=1) for name in ("user:1", "connection:3")
    )
    full = [gate(f"token:{kind}", **{kind: 1}) for kind in ("requests_per_minute", "tokens_per_minute", "streams")]
    await limiter.admit(wish(*full, stream=True, tokens=1))
    for token in full:
        await refused(limiter, user, provider, token, stream=True, tokens=60)
    assert headers(await limiter.admit(wish(user, provider, gate("token:5"), stream=True, tokens=100)))[1] == 0
    assert headers(await limiter.admit(wish(user)))[1] == 0, "the second of two"


async def test_what_is_undone_never_was(limiter: Limiter, clock: Clock) -> None:
    user, token = (
        gate(name, requests_per_minute=3, tokens_per_minute=100, streams=1) for name in ("user:1", "token:5")
    )
    await limiter.admit(wish(user, token, tokens=10))
    held = await limiter.admit(wish(user, token, stream=True, tokens=70))
    clock.now += 10
    for _ in range(2):
        await held.undo()
    await held.lease.give_back(5000)  # over is over
    answer = await limiter.admit(wish(user, token, stream=True, tokens=60))
    assert headers(answer) == [100, 30, 50], "nothing of it is left"
    await limiter.admit(wish(user, token))
    assert headers(await refused(limiter, token)) == [3, 0, 50]


async def test_what_is_undone_late_leaves_the_others_alone(limiter: Limiter, clock: Clock) -> None:
    hundred = gate(tokens_per_minute=100)
    held = await limiter.admit(wish(hundred, tokens=70))
    clock.now += 61
    await limiter.admit(wish(hundred, tokens=60))
    await held.undo()
    assert headers(await refused(limiter, hundred, tokens=50)) == [100, 40, 60]


async def test_fifty_at_once(limiter: Limiter) -> None:
    ten = gate(tokens_per_minute=1000, streams=30)
    calls = [limiter.admit(wish(ten, stream=True, tokens=100)) for _ in range(50)]
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(end, Admission) for end in ends) == 10
    assert sum(isinstance(end, Refused) for end in ends) == 40


async def test_streams_are_given_back(limiter: Limiter) -> None:
    one = gate(streams=1)
    for _ in range(3):
        async with aclosing(await limiter.admit(wish(one, stream=True))):
            assert (await refused(limiter, one, stream=True)).retry_after == 1
            await limiter.admit(wish(one))  # what is no stream needs no place
    with pytest.raises(ZeroDivisionError):
        async with aclosing(await limiter.admit(wish(one, stream=True))):
            raise ZeroDivisionError
    await limiter.admit(wish(one, stream=True))


async def test_tokens_are_reserved_and_settled(limiter: Limiter, clock: Clock) -> None:
    hundred = gate(tokens_per_minute=100)
    first = await limiter.admit(wish(hundred, tokens=80))
    assert headers(first) == [100, 20, 60]
    clock.now += 10
    assert (await refused(limiter, hundred, tokens=30)).retry_after == 50
    await first.lease.give_back(30)
    second = await limiter.admit(wish(hundred, tokens=60))
    assert headers(second) == [100, 10, 50]
    await second.lease.give_back(None)  # nobody told: the estimate stands
    assert (await refused(limiter, hundred, tokens=20)).retry_after == 50
    clock.now += 50
    assert headers(await limiter.admit(wish(hundred, tokens=40))) == [100, 0, 10]


async def test_giving_back_twice_is_giving_back_once(limiter: Limiter) -> None:
    small = gate(tokens_per_minute=100, streams=2)
    held = [await limiter.admit(wish(small, stream=True, tokens=40)) for _ in range(2)]
    for _ in range(2):
        await held[0].lease.give_back(20)
    await limiter.admit(wish(small, stream=True, tokens=40))
    await refused(limiter, small, stream=True)
    assert (await refused(limiter, small, tokens=1)).headers


async def test_more_than_was_reserved_counts_too(limiter: Limiter, clock: Clock) -> None:
    hundred = gate(tokens_per_minute=100)
    held = await limiter.admit(wish(hundred, tokens=10))
    clock.now += 10
    await held.lease.give_back(500)
    assert headers(await refused(limiter, hundred, tokens=1)) == [100, 0, 50]
    clock.now += 50
    await limiter.admit(wish(hundred, tokens=100))


async def test_a_call_longer_than_a_minute_counts_at_its_end(limiter: Limiter, clock: Clock) -> None:
    hundred = gate(tokens_per_minute=100)
    held = await limiter.admit(wish(hundred, tokens=10))
    clock.now += 90
    await held.lease.give_back(70)
    assert headers(await limiter.admit(wish(hundred, tokens=20))) == [100, 20, 60]


async def test_one_call_may_take_a_whole_minute(limiter: Limiter) -> None:
    hundred = gate(tokens_per_minute=100)
    held = await limiter.admit(wish(hundred, tokens=5000))
    await refused(limiter, hundred, tokens=5000)
    await held.lease.give_back(0)
    await limiter.admit(wish(hundred, tokens=5000))


async def test_one_users_trouble_is_one_users(limiter: Limiter) -> None:
    await limiter.admit(wish(gate("user:1", requests_per_minute=1)))
    await refused(limiter, gate("user:1", requests_per_minute=1))
    await limiter.admit(wish(gate("user:2", requests_per_minute=1)))


async def test_the_tightest_limit_is_told(limiter: Limiter) -> None:
    user, provider = gate("user:1", requests_per_minute=10), gate("connection:3", tokens_per_minute=100)
    assert headers(await limiter.admit(wish(user, provider, tokens=5))) == [10, 9, 60]
    assert headers(await limiter.admit(wish(user, provider, tokens=70))) == [100, 25, 60]
    error = await refused(limiter, user, provider, tokens=30)
    assert headers(error) == [100, 25, 60] and "with this provider" in error.message


async def test_a_lower_limit_counts_at_once(limiter: Limiter, clock: Clock) -> None:
    for _ in range(4):
        await limiter.admit(wish(gate(requests_per_minute=5)))
        clock.now += 10
    error = await refused(limiter, gate(requests_per_minute=2))
    assert error.retry_after == 40  # until the third is gone
    assert headers(error) == [2, 0, 20]
