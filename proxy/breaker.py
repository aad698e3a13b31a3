"""Leaves a failing service alone for a while: per user, connection and key, never for anybody else.

closed --[half of at least ten calls failed]--> open --[15 s]--> half open: one probe --> closed, or open again
"""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import blake2b
from secrets import token_bytes

from providers import HostRefused, PinMismatch, ProviderError
from proxy.call import Call, Connection
from proxy.errors import Resting
from proxy.recent import Recent
from proxy.window import Window

FEWEST, RATE = 10, 0.5  # calls of the last minute, and the part of them that failed
OPEN = 15.0  # seconds that a service is left alone
PATIENCE = 30.0  # seconds after which a probe without a result gives its place to the next
COUNTED = frozenset({"server_error", "network_error", "timeout"})
SALT = token_bytes(16)

Key = tuple[int, int, str, bytes]


class Permit:
    """One call that was let through; settled with None (the caller left, the record failed), it counts as nothing."""

    def __init__(self, breaker: Breaker, clock: Callable[[], float]) -> None:
        self.breaker = breaker
        self.clock = clock
        self.since = clock()
        self.settled = False

    def settle(self, failed: bool | None) -> None:
        """Tell how the service fared; the first word counts, None says nothing about it."""
        if not self.settled:
            self.settled = True
            self.breaker.settle(self, failed, self.clock())

    def close(self) -> None:
        """The call is over: unless it is settled already, it counts as nothing."""
        self.settle(None)

    @property
    def holds(self) -> bool:
        """Whether the call may make another attempt: not once the service is left alone."""
        return self.breaker.open_until is None


class Breaker:
    """The state for one key of one user's connection."""

    def __init__(self) -> None:
        self.calls = Window()
        self.open_until: float | None = None  # None: closed
        self.probe: Permit | None = None

    def wait(self, now: float) -> float | None:
        """The seconds until it is worth asking again; None when a call may go now."""
        if self.open_until is None:
            return None
        if now < self.open_until:
            return self.open_until - now
        if self.probe is not None and now < self.probe.since + PATIENCE:
            return self.probe.since + PATIENCE - now
        return None

    def admit(self, clock: Callable[[], float]) -> Permit:
        """Let a call through, after `wait` said that one may go."""
        permit = Permit(self, clock)
        if self.open_until is not None:
            self.probe = permit
        return permit

    def settle(self, permit: Permit, failed: bool | None, now: float) -> None:
        """Take note of one call."""
        if permit is self.probe:
            self.probe = None
            if failed is not None:
                self.open_until = now + OPEN if failed else None
                self.calls = Window()
        elif self.open_until is None and failed is not None:
            self.calls.add(now, total=1, marked=int(failed))
            if failed:
                total, bad = self.calls.counts(now)
                if total >= FEWEST and bad >= RATE * total:
                    self.open_until = now + OPEN


class Breakers:
    """All of them, as many as were used lately. `clock` gives seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.known: Recent[Key, Breaker] = Recent(Breaker)

    def admit(self, call: Call, connection: Connection) -> Permit:
        """Let a call through. Raises NotHere (503) while its service is left alone.

        Who tests a connection wants to know how it is now: that is always let through, and counts for nothing.
        """
        if call.source == "test":
            return self.bypass()
        breaker = self.known.get(key_of(call, connection))
        seconds = breaker.wait(self.clock())
        if seconds is not None:
            message = f"{connection.name} failed again and again, so it is left alone for a moment. Try again soon."
            raise Resting("server_error", message, 503, seconds)
        return breaker.admit(self.clock)

    def rests(self, user_id: int, connection: Connection) -> bool:
        """Whether calls of this user with the connection's own key are turned back just now."""
        breaker = self.known.items.get((user_id, connection.id, connection.target.base_url, b""))
        return breaker is not None and breaker.wait(self.clock()) is not None

    def bypass(self) -> Permit:
        """For a call that says nothing about its service."""
        return Permit(Breaker(), self.clock)

    def forget(self) -> None:
        """Start afresh."""
        self.known.items.clear()


def key_of(call: Call, connection: Connection) -> Key:
    """Whose trouble it is. A browser-held key is told apart by a digest that means nothing outside this process."""
    held = call.provider_key
    digest = b"" if held is None else blake2b(held.encode("utf-8", "replace"), key=SALT, digest_size=16).digest()
    return call.caller.user_id, connection.id, connection.target.base_url, digest


def counts(failure: ProviderError) -> bool:
    """Whether a failure speaks against the service; what a caller did wrong, or too often, does not."""
    return failure.type in COUNTED and not isinstance(failure, HostRefused | PinMismatch)


BREAKERS = Breakers()
