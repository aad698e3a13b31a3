"""The words that every adapter translates to and from: a prompt going out, events coming back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation, in plain text."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a person asks of a model. `temperature` and `max_tokens` are left to the provider when None."""

    model: str
    messages: tuple[Message, ...]
    system: str = ""
    temperature: float | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of the model's reasoning, where the provider shows it."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model asks for a tool; `arguments` is JSON text, whole."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Finish:
    """Why the answer ended, in the provider's own word (`stop`, `end_turn`, `MAX_TOKENS`, …)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider reported them; None where it said nothing, never 0 in its place.

    `input_tokens` counts all input, cache reads and writes included; `output_tokens` all output, reasoning included.
    The others are parts of these two. `cost_usd` only where the provider itself states a cost.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: Decimal | None = None
    service_tier: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


Event = Text | Reasoning | ToolCall | Usage | Finish
