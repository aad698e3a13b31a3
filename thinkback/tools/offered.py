"""A tool as the chat offers it to a model, and how it says that it failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from providers import Tool

Run = Callable[[Mapping[str, Any]], Awaitable[str]]


class ToolFailed(Exception):
    """A tool could not do what it was asked; the message is for the model and for the reader."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A tool with what runs it. `label` is for the reader, `origin` the server that it is of (empty: built in).

    A harmless one reads and changes nothing outside of this process. `run` raises ToolFailed.
    """

    tool: Tool
    label: str
    run: Run
    origin: str = ""
    harmless: bool = False
    place: str = ""  # whose permission it needs, where a name alone may stand for another tool one day

    @property
    def grant(self) -> str:
        """What is remembered when it is allowed for good."""
        return f"{self.place}/{self.label}/{self.name}" if self.place else self.name

    @property
    def name(self) -> str:
        """What the model calls it by."""
        return self.tool.name


def texts(properties: Mapping[str, str], *required: str) -> dict[str, Any]:
    """The JSON Schema of arguments that are all texts, each with its description."""
    described = {name: {"type": "string", "description": words} for name, words in properties.items()}
    return {"type": "object", "properties": described, "required": list(required), "additionalProperties": False}


def text_of(arguments: Mapping[str, Any], name: str) -> str:
    """A text among the arguments, empty where it is not given. Raises ToolFailed for anything else."""
    value = arguments.get(name)
    if value is not None and not isinstance(value, str):
        raise ToolFailed(f"`{name}` must be a text.")
    return (value or "").strip()
