"""Counts in Redis, shared by every process. Import it only where Redis is used: its library is an extra.

Without an answer from Redis within 200 ms nobody is refused for it: this process counts by itself and asks again a
second later. That lets through more than the limits say, by as many times as there are processes, and no more.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from proxy.counts import Gate, Lease, State, Wish
from proxy.memory_counts import MemoryStore
from proxy.redis_scripts import GIVE_BACK, RENEW, TAKE, UNDO
from proxy.settling import settle

PATIENCE = 0.2  # seconds that a call waits for Redis
PAUSE = 1.0  # seconds without a question after one that failed
LEASE = 60.0  # seconds after which the streams of a process that died are free again
QUIET = 60.0  # seconds between two lines in the log
CONNECTIONS = 16
FAILURES = (RedisError, TimeoutError, OSError)
KINDS = ("requests", "tokens", "amounts", "streams")

log = logging.getLogger(__name__)


class RedisLease:
    """One call's place at each of its gates."""

    def __init__(self, store: RedisStore, name: str, wish: Wish) -> None:
        self.store = store
        self.name = name
        self.wish = wish

    async def give_back(self, tokens: int | None, at: str | None = None) -> None:
        """Free the stream and book the tokens, even if nobody waits for it. What fails expires by itself."""
        done = tuple(gate for gate in self.wish.gates if at in (None, gate.name))
        self.wish = replace(self.wish, gates=tuple(gate for gate in self.wish.gates if gate not in done))
        if not self.wish.gates:
            self.store.held.pop(self.name, None)
        if done:
            await settle(self.store.give_back(self.name, replace(self.wish, gates=done), tokens))

    async def undo(self) -> None:
        """Take everything back, at all gates in one step of Redis's."""
        wish, self.wish = self.wish, replace(self.wish, gates=())
        self.store.held.pop(self.name, None)
        if wish.gates:
            await settle(self.store.tell(UNDO, self.name, wish))


class RedisStore:
    """Counts at the Redis of `url`, which has `patience` seconds for an answer. `clock` stands in for its own."""

    def __init__(self, url: str, clock: Callable[[], float] | None = None, patience: float = PATIENCE) -> None:
        self.patience = patience
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=patience,
            socket_connect_timeout=patience,
            socket_timeout=patience,
            retry=Retry(NoBackoff(), 0),
        )
        self.redis = Redis.from_pool(pool)
        self.clock = clock
        self.scripts = {text: self.redis.register_script(text) for text in (TAKE, GIVE_BACK, UNDO, RENEW)}
        self.alone = MemoryStore()
        self.names = count(1)
        self.process = secrets.token_hex(8)
        self.held: dict[str, RedisLease] = {}  # streams, whose leases are renewed
        self.renewing: asyncio.Task[None] | None = None
        self.asks_again = 0.0  # times of this process's own clock
        self.speaks_again = 0.0

    async def take(self, wish: Wish) -> tuple[list[State], Lease | None]:
        """Check all limits, then take from all, in one step of Redis's; or by ourselves, where it does not answer."""
        if time.monotonic() < self.asks_again:
            return await self.alone.take(wish)
        lease = RedisLease(self, f"{self.process}-{next(self.names)}", wish)
        arguments: list[float | int | str] = [int(wish.stream), LEASE]
        for gate in wish.gates:
            limits = gate.limits
            arguments += (limits.requests_per_minute, limits.tokens_per_minute, limits.streams, wish.tokens_at(gate))
        try:
            answer = await self._run(TAKE, keys_of(wish), lease.name, arguments)
        except FAILURES as error:
            self._failed(error)
            return await self.alone.take(wish)
        except asyncio.CancelledError:  # whether it was taken, nobody knows
            await lease.give_back(0)
            raise
        states = read_states(wish, [float(number) for number in answer[1:]])
        if not answer[0]:
            return states, None
        if wish.stream:
            self._hold(lease)
        return states, lease

    async def give_back(self, name: str, wish: Wish, tokens: int | None) -> None:
        """Tell Redis that a call is over, at these gates."""
        reserved = [wish.tokens_at(gate) for gate in wish.gates]
        await self.tell(GIVE_BACK, name, wish, "" if tokens is None else tokens, *reserved)

    async def tell(self, text: str, name: str, wish: Wish, *arguments: float | int | str) -> None:
        """Run a script at these gates whose answer does not matter."""
        try:
            await self._run(text, keys_of(wish), name, arguments)
        except FAILURES as error:
            self._failed(error)

    async def close(self) -> None:
        """Close the connections. What is still held expires."""
        if self.renewing is not None:
            self.renewing.cancel()
            await asyncio.wait({self.renewing})
            self.renewing = None
        await self.redis.aclose()

    def _hold(self, lease: RedisLease) -> None:
        self.held[lease.name] = lease
        if self.renewing is None or self.renewing.done():
            self.renewing = asyncio.get_running_loop().create_task(self._renew(), name="stream leases")

    async def _renew(self) -> None:
        while self.held:
            await asyncio.sleep(LEASE / 3)
            await self.renew()

    async def renew(self) -> None:
        """Begin the leases of all open streams anew; also those that a Redis started afresh knows nothing of."""
        for name, lease in list(self.held.items()):
            if name not in self.held:
                continue
            try:
                await self._run(RENEW, keys_of(lease.wish)[KINDS.index("streams") :: len(KINDS)], name, [LEASE])
            except FAILURES as error:
                self._failed(error)
                return

    async def _run(self, text: str, keys: list[str], name: str, arguments: Iterable[float | int | str]) -> list[bytes]:
        now = "" if self.clock is None else f"{self.clock():.6f}"
        async with asyncio.timeout(self.patience):
            answer = await self.scripts[text](keys=keys, args=[now, name, *arguments])
        return answer if isinstance(answer, list) else []

    def _failed(self, error: Exception) -> None:
        now = time.monotonic()
        self.asks_again = now + PAUSE
        if now >= self.speaks_again:  # the error's own words may hold Redis's address and user
            self.speaks_again = now + QUIET
            log.warning("Redis does not answer (%s); this process counts limits by itself", type(error).__name__)


def keys_of(wish: Wish) -> list[str]:
    """The keys of a call's gates, four each. The braces keep a user's keys on one node of a cluster."""
    return [f"thinkback:limits:{{{wish.user_id}}}:{gate.name}:{kind}" for gate in wish.gates for kind in KINDS]


def read_states(wish: Wish, numbers: list[float]) -> list[State]:
    """The answer of the script, eight numbers for each gate."""
    return [
        state
        for place, gate in enumerate(wish.gates)
        for state in states_of(gate, wish, numbers[8 * place : 8 * place + 8])
    ]


def states_of(gate: Gate, wish: Wish, numbers: list[float]) -> tuple[State, State, State]:
    """How the three limits of one gate stand."""
    limits, (left, reset, wait, free, freed, delay, places, pause) = gate.limits, numbers
    return (
        State(gate, "requests_per_minute", limits.requests_per_minute, int(left), 1, reset, wait),
        State(gate, "tokens_per_minute", limits.tokens_per_minute, int(free), wish.tokens_at(gate), freed, delay),
        State(gate, "streams", limits.streams, int(places), wish.stream, 0.0, pause),
    )
