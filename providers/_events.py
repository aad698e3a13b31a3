"""What comes back from a model, in the words that every adapter translates to. `_prompt.py` has what goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from providers._frozen import frozen


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of the model's reasoning, where the provider shows it.

    `signature` is the provider's proof of all reasoning so far in this block, which is to be given back with it: it
    ends the block, with or without a text of its own, even where nothing of the block was shown. `hidden` is a whole
    block that the provider sealed, in its own words (Anthropic's redacted thinking); it has neither of the others.
    """

    text: str
    signature: str = ""
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model asks for a tool; `arguments` is JSON text, whole; a `signature` is to be given back with the call."""

    id: str
    name: str
    arguments: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, sent or drawn: its bytes and their media type."""

    data: bytes = field(repr=False)
    media_type: str = "image/png"


@dataclass(frozen=True, slots=True)
class Citation:
    """A page that the answer rests on, where the provider searched the web."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Finish:
    """Why the answer ended, in the provider's own word (`stop`, `end_turn`, `MAX_TOKENS`, …)."""

    reason: str


@frozen
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


Event = Text | Reasoning | ToolCall | Image | Citation | Usage | Finish
