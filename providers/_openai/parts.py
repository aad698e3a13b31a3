"""The parts of a message in the words of OpenAI's chat completions.

https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any

from providers._abilities import PARTS, Ability
from providers._events import Image, Text, ToolCall
from providers._prompt import Document, ImageAddress, Message, Part, Prompt, ToolResult

TEXTUAL = frozenset({"application/json", "application/xml", "application/yaml", "application/javascript"})


def parts_of(prompt: Prompt) -> Iterator[Part]:
    """The parts of all turns."""
    return (part for message in prompt.messages for part in message.parts)


def with_drawings(messages: Iterable[Message]) -> Iterator[Message]:
    """The turns with what a model drew at the head of the user's next one: its own turns hold words and calls alone."""
    drawn: list[Part] = []
    for message in messages:
        if message.role == "assistant":
            drawn += [part for part in message.parts if isinstance(part, Image | ImageAddress)]
            yield message
        else:
            yield Message("user", (*drawn, *message.parts)) if drawn else message
            drawn = []


def is_text(document: Document) -> bool:
    """Whether a file holds plain text, which can be given to every model as such."""
    return document.media_type.startswith("text/") or document.media_type in TEXTUAL


def data_url(data: bytes, media_type: str) -> str:
    """The bytes as an address that holds them (RFC 2397)."""
    return f"data:{media_type};base64,{b64encode(data).decode()}"


def content(parts: Iterable[Part], able: frozenset[Ability]) -> str | list[dict[str, Any]]:
    """What a user's turn holds: plain text where it is nothing else, without what the service does not take."""
    spoken = [readable(part) for part in parts if PARTS.get(type(part)) in {None, *able} or in_words(part)]
    pieces = [piece(part) for part in spoken]
    if all(one["type"] == "text" for one in pieces):
        return "\n\n".join(one["text"] for one in pieces)
    return pieces


def in_words(part: Part) -> bool:
    """Whether a file can be told in words."""
    return isinstance(part, Document) and is_text(part)


def readable(part: Part) -> Part:
    """A file of text as text, under its name; any other part as it is."""
    if isinstance(part, Document) and is_text(part):
        return Text(f"{part.name}:\n\n{part.data.decode('utf-8', 'replace')}")
    return part


def piece(part: Part) -> dict[str, Any]:
    """One part of a user's turn."""
    match part:
        case Image():
            return {"type": "image_url", "image_url": {"url": data_url(part.data, part.media_type)}}
        case ImageAddress():
            return {"type": "image_url", "image_url": {"url": part.url}}
        case Document():
            held = {"filename": part.name, "file_data": data_url(part.data, part.media_type)}
            return {"type": "file", "file": held}
        case ToolCall():
            return {"type": "text", "text": f"Called {part.name}: {part.arguments}"}
        case ToolResult():
            return {"type": "text", "text": f"{part.name} answered: {part.text}"}
        case _:
            return {"type": "text", "text": part.text}


def all_in_words(message: Message) -> str:
    """A whole turn in words, calls and their results included, for who takes nothing else."""
    if isinstance(message.content, str):
        return message.content
    said = (readable(part) for part in message.parts)
    return "\n\n".join(piece(part)["text"] for part in said if isinstance(part, Text | ToolCall | ToolResult))
