"""What limits are counted by, whoever counts: what a call takes, how a limit stands, and where counts are kept."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

from providers import frozen
from proxy.call import Limits

WINDOW = 60.0  # seconds
STREAM_WAIT = 1.0  # seconds; when a stream will end is not known

Kind = Literal["requests_per_minute", "tokens_per_minute", "streams"]


@frozen
class Gate:
    """One thing with limits of its own. `name` is unique on the site: `user:7`, `connection:3`, `token:5`."""

    name: str
    limits: Limits


@frozen
class Wish:
    """What one call would take at each of its gates, all of them of one user."""

    user_id: int
    gates: tuple[Gate, ...]
    stream: bool = False
    tokens: int = 0

    def tokens_at(self, gate: Gate) -> int:
        """What is reserved there. An estimate above a whole minute's tokens takes just these, or it could never run."""
        return min(self.tokens, gate.limits.tokens_per_minute)


class State(NamedTuple):
    """How one limit of one gate stands before a call that takes `amount` of it. Times are in seconds."""

    gate: Gate
    kind: Kind
    limit: int
    left: int
    amount: int
    reset: float  # until something of it is free again
    wait: float  # until the call fits; 0 if it does now


class Lease(Protocol):
    """What a call was given."""

    async def give_back(self, tokens: int | None, at: str | None = None) -> None:
        """The call is over and used so many tokens; None leaves the estimate standing. Never raises, never hangs.

        `at` names one gate that the call is done with, while it keeps its places at the others.
        """

    async def undo(self) -> None:
        """The call is refused after all: nothing of it counts, not even that it asked. Never raises, never hangs."""


class Store(Protocol):
    """Where counts are kept."""

    async def take(self, wish: Wish) -> tuple[list[State], Lease | None]:
        """Check all limits, then take from all: how they stood, and what was given. None: nothing was taken."""

    async def close(self) -> None:
        """Let go of what is open."""
