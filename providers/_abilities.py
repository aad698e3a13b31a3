"""What a prompt asks of a service beyond plain words, by the names that OpenAI's parameters have, or near them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from providers._events import Image
from providers._prompt import Document, ImageAddress, Part, Prompt

Ability = Literal[
    "tools", "tool_choice", "parallel_tool_calls", "images", "image_urls", "documents", "json_object", "json_schema",
    "reasoning_effort", "top_p", "stop", "seed", "presence_penalty", "frequency_penalty",
]  # fmt: skip
SETTINGS: tuple[Ability, ...] = (
    "tool_choice", "parallel_tool_calls", "reasoning_effort", "top_p", "seed", "presence_penalty", "frequency_penalty",
)  # fmt: skip

UNASKED: dict[str, object] = {"tool_choice": "auto", "parallel_tool_calls": True}  # what a model does anyway

PARTS: dict[type[Part], Ability] = {Image: "images", ImageAddress: "image_urls", Document: "documents"}


def needed(prompt: Prompt) -> tuple[Ability, ...]:
    """The abilities that this prompt needs, each once."""
    return tuple(dict.fromkeys(_needed(prompt)))


def _needed(prompt: Prompt) -> Iterator[Ability]:
    if prompt.tools:
        yield "tools"
    if prompt.stop:
        yield "stop"
    if prompt.response_format is not None:
        yield "json_object" if prompt.response_format.schema is None else "json_schema"
    yield from (name for name in SETTINGS if getattr(prompt, name) not in (None, UNASKED.get(name)))
    for part in (part for message in prompt.messages for part in message.parts):
        if ability := PARTS.get(type(part)):
            yield ability
