"""What is asked of a model: a conversation, the tools that it may call, and how it shall answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from providers._events import Image, Reasoning, Text, ToolCall

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh"]


@dataclass(frozen=True, slots=True)
class ImageAddress:
    """A picture that the provider is to fetch by itself."""

    url: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file that the model reads, such as a PDF: its bytes, media type and name."""

    data: bytes = field(repr=False)
    media_type: str = "application/pdf"
    name: str = "document.pdf"


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered to the call of that id; `name` is the tool's, which some formats want again."""

    id: str
    name: str
    text: str
    failed: bool = False


Part = Text | Image | ImageAddress | Document | Reasoning | ToolCall | ToolResult


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation: a plain text, or its parts in their order.

    Calls and reasoning stand in the assistant's turns; results, images and documents in the user's.
    """

    role: Literal["user", "assistant"]
    content: str | tuple[Part, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its parts, without texts that are blank."""
        parts = (Text(self.content),) if isinstance(self.content, str) else self.content
        return tuple(part for part in parts if not isinstance(part, Text) or part.text.strip())

    def without(self, kind: type) -> Message:
        """The same without the parts of one kind."""
        return Message(self.role, tuple(part for part in self.parts if not isinstance(part, kind)))

    @property
    def text(self) -> str:
        """What it says in words alone."""
        if isinstance(self.content, str):
            return self.content
        return "\n\n".join(part.text for part in self.parts if isinstance(part, Text))


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call; `parameters` is the JSON Schema of its arguments."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})
    strict: bool | None = None


@dataclass(frozen=True, slots=True)
class NamedTool:
    """The choice that leaves the model no other."""

    name: str


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    """The answer shall be JSON: any object, or one that fits the schema."""

    schema: Mapping[str, Any] | None = None
    name: str = "answer"
    description: str = ""
    strict: bool | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a person or a program asks of a model. What is None, empty or () is left to the provider."""

    model: str
    messages: tuple[Message, ...]
    system: str = ""
    temperature: float | None = None
    max_tokens: int | None = None
    top_p: float | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    tools: tuple[Tool, ...] = ()
    tool_choice: Literal["auto", "none", "required"] | NamedTool | None = None
    parallel_tool_calls: bool | None = None
    response_format: JsonAnswer | None = None
    reasoning_effort: Effort | None = None
