"""Counts in this process's memory: moving windows, exact, at a constant price for each call."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from proxy.counts import STREAM_WAIT, WINDOW, Gate, State, Wish

SOONEST = 0.001  # seconds; a wait of 0 would mean that the call fits
SWEEP = 1000  # gates that are remembered before the idle ones are looked for


@dataclass(slots=True, eq=False)
class Entry:
    """So much was taken then; the amount may be corrected later."""

    time: float
    amount: int


class Window:
    """What was taken within the last minute."""

    __slots__ = ("entries", "used")

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque()
        self.used = 0

    def forget(self, now: float) -> None:
        """Drop what is older than a minute."""
        while self.entries and self.entries[0].time <= now - WINDOW:
            self.used -= self.entries.popleft().amount

    def add(self, now: float, amount: int) -> Entry:
        """Take so much."""
        entry = Entry(now, amount)
        self.entries.append(entry)
        self.used += amount
        return entry

    def correct(self, entry: Entry, amount: int, now: float) -> None:
        """It was another amount. What an entry that left the window did not cover counts from now on."""
        self.forget(now)
        if entry.time > now - WINDOW:
            self.used += amount - entry.amount
            entry.amount = amount
        elif amount > entry.amount:
            self.add(now, amount - entry.amount)

    def remove(self, entry: Entry, now: float) -> None:
        """It was never taken."""
        self.forget(now)
        if entry.time > now - WINDOW:
            self.used -= entry.amount
            self.entries.remove(entry)

    def standing(self, limit: int, amount: int, now: float) -> tuple[int, float, float]:
        """What is left, the seconds until something is free again, and those until so much fits; 0 if it does."""
        self.forget(now)
        reset = self.entries[0].time + WINDOW - now if self.entries else WINDOW
        left = limit - self.used
        return left, reset, 0.0 if left >= amount else self._wait(left, amount, now)

    def _wait(self, free: int, amount: int, now: float) -> float:
        for entry in self.entries:
            free += entry.amount
            if free >= amount:
                return max(entry.time + WINDOW - now, SOONEST)
        return WINDOW


@dataclass(slots=True, eq=False)
class Account:
    """What went through one gate lately, and the streams that are open now."""

    requests: Window = field(default_factory=Window)
    tokens: Window = field(default_factory=Window)
    streams: int = 0

    def states(self, gate: Gate, wish: Wish, now: float) -> tuple[State, State, State]:
        """How its three limits stand."""
        limits, amount = gate.limits, wish.tokens_at(gate)
        most, ceiling, width = limits.requests_per_minute, limits.tokens_per_minute, limits.streams
        left, reset, wait = self.requests.standing(most, 1, now)
        requests = State(gate, "requests_per_minute", most, left, 1, reset, wait)
        left, reset, wait = self.tokens.standing(ceiling, amount, now)
        tokens = State(gate, "tokens_per_minute", ceiling, left, amount, reset, wait)
        wait = STREAM_WAIT if wish.stream and self.streams >= width else 0.0
        return requests, tokens, State(gate, "streams", width, width - self.streams, wish.stream, 0.0, wait)

    def idle(self, now: float) -> bool:
        """Whether it holds nothing any more."""
        self.requests.forget(now)
        self.tokens.forget(now)
        return not (self.requests.entries or self.tokens.entries or self.streams)


Place = tuple[Account, Entry, Entry]  # the request and the tokens that a call has there


class MemoryLease:
    """One call's place at each of its gates."""

    __slots__ = ("clock", "places", "stream")

    def __init__(self, clock: Callable[[], float], places: dict[str, Place], stream: bool) -> None:
        self.clock = clock
        self.places = places
        self.stream = stream

    async def give_back(self, tokens: int | None, at: str | None = None) -> None:
        """Free the stream, and book the tokens; a second time changes nothing."""
        if at is None:
            places, self.places = list(self.places.values()), {}
        else:
            places = [self.places.pop(at)] if at in self.places else []
        now = self.clock()
        for account, _, entry in places:
            account.streams -= self.stream
            if tokens is not None:
                account.tokens.correct(entry, tokens, now)

    async def undo(self) -> None:
        """Take everything back, at all gates in one step."""
        places, self.places = self.places, {}
        now = self.clock()
        for account, request, tokens in places.values():
            account.streams -= self.stream
            account.requests.remove(request, now)
            account.tokens.remove(tokens, now)


class MemoryStore:
    """Counts of one process. Nothing in it waits, so no other call comes between checking and taking."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.accounts: dict[str, Account] = {}
        self.sweep_at = SWEEP

    async def take(self, wish: Wish) -> tuple[list[State], MemoryLease | None]:
        """Check all limits, then take from all."""
        now = self.clock()
        states: list[State] = []
        found: list[tuple[str, Account, int]] = []
        full = False
        for gate in wish.gates:
            account = self._account(gate.name, now)
            requests, tokens, streams = account.states(gate, wish, now)
            full = full or bool(requests.wait or tokens.wait or streams.wait)
            states += (requests, tokens, streams)
            found.append((gate.name, account, tokens.amount))
        if full:
            return states, None
        places = {}
        for name, account, amount in found:
            account.streams += wish.stream
            places[name] = account, account.requests.add(now, 1), account.tokens.add(now, amount)
        return states, MemoryLease(self.clock, places, wish.stream)

    async def close(self) -> None:
        """There is nothing to close."""

    def _account(self, name: str, now: float) -> Account:
        account = self.accounts.get(name)
        if account is None:
            if len(self.accounts) >= self.sweep_at:
                self.accounts = {key: kept for key, kept in self.accounts.items() if not kept.idle(now)}
                self.sweep_at = max(SWEEP, 2 * len(self.accounts))
            account = self.accounts[name] = Account()
        return account
