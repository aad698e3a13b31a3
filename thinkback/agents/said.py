"""What an agent says in one turn, whatever its wire format, and what it is told."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Began:
    """The agent is at work; `session` is its own name for the conversation, by which it goes on another time."""

    session: str


@dataclass(frozen=True, slots=True)
class Spoke:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Thought:
    """A piece of its reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class Did:
    """It used a tool, or something else happened that its reader should know: one line."""

    note: str


@dataclass(frozen=True, slots=True)
class Reported:
    """The turn went well. What the agent makes of its cost, in US dollars; None where it has no idea."""

    cost_usd: Decimal | None
    steps: int


@dataclass(frozen=True, slots=True)
class Broke:
    """The turn failed; `status` is that of the model's service, where it was its failure."""

    message: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """The agent does not know the session that it was to go on with."""


Said = Began | Spoke | Thought | Did | Reported | Broke | Lost


@dataclass(frozen=True, slots=True)
class Turn:
    """What an agent is asked to do, and how."""

    session: str  # the agent's own name for it; empty where it is to find one
    goes_on: bool  # whether that session was begun before
    words: str
    model: str
    may: str  # read, edit, all
    api: str  # address of the provider that its calls go through, at this very server
    wire_format: str  # of that provider: anthropic, openai
    token: str


class Listener(Protocol):
    """Reads what one process writes, line by line."""

    def feed(self, line: bytes) -> list[Said]:
        """What a line of its output says. What is not known is passed over."""

    def close(self, code: int, complaint: str) -> list[Said]:
        """What its end says: exit code, and the last that it wrote to stderr."""


class Format(Protocol):
    """How one kind of agent is started and understood: pure functions."""

    speaks: tuple[str, ...]  # the wire formats in which it calls models

    def command(self, program: Path, turn: Turn) -> list[str]:
        """The command line. Nothing that a user wrote is among it."""

    def variables(self, turn: Turn) -> dict[str, str]:
        """Environment variables of its own."""

    def stdin(self, turn: Turn) -> bytes:
        """What it is told."""

    def listener(self) -> Listener:
        """Understands what it says."""

    def new_session(self) -> str:
        """A name for a new session, where it is for us to choose; else empty."""


def line_of(value: object, most: int = 200) -> str:
    """Something in one line of bounded length, in code marks."""
    text = " ".join(str(value).replace("`", "'").split())
    return f"`{text if len(text) <= most else text[:most] + '…'}`" if text else ""
