"""Conversations as they leave and come in: one JSON format, versioned. Foreign exports are read into it too.

Identifiers of this site are not in it: messages are numbered from 1, each after its parent and versions in order of
age, so that a conversation that was imported elsewhere is exported there as the same bytes. `origin` tells for good
which conversation it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

FORMAT = "thinkback.conversations"
VERSION = 1

Short = Annotated[str, Meta(max_length=200)]
Positive = Annotated[int, Meta(ge=1)]
Count = Annotated[int, Meta(ge=0, le=10**15)]
Moment = Annotated[datetime, Meta(tz=True)]
Ended = Literal["done", "stopped", "interrupted", "error"]


class File(Struct, frozen=True, omit_defaults=True, tag="file"):
    """A file of a message: its place in the archive, empty where the archive lacks it."""

    name: Short
    path: Short = ""
    media_type: Annotated[str, Meta(max_length=100)] = ""


class Words(Struct, frozen=True, omit_defaults=True, tag="text"):
    """Text between calls of tools."""

    text: str


class Thought(Struct, frozen=True, omit_defaults=True, tag="reasoning"):
    """Reasoning, with what its model wants back of it."""

    text: str
    signature: str = ""
    hidden: str = ""


class Call(Struct, frozen=True, omit_defaults=True, tag="call"):
    """A call of a tool and what came of it."""

    name: str
    arguments: str = ""
    result: str = ""
    state: Literal["done", "failed", "denied", "stopped"] = "done"
    id: str = ""
    label: str = ""
    origin: str = ""
    signature: str = ""


class Source(Struct, frozen=True, omit_defaults=True, tag="source"):
    """A page that the answer rests on."""

    url: str
    title: str = ""


Part = Words | Thought | Call | File | Source


class Usage(Struct, frozen=True, omit_defaults=True):
    """What an answer took, over all calls of models: as it was counted where it was made."""

    input_tokens: Count | None = None
    cache_read_tokens: Count | None = None
    output_tokens: Count | None = None
    cost_usd: Annotated[str, Meta(max_length=40, pattern=r"^\d+(\.\d+)?$")] | None = None
    cost_source: Annotated[str, Meta(max_length=20)] | None = None
    duration_ms: float | None = None


class Failure(Struct, frozen=True, omit_defaults=True):
    """Why an answer failed."""

    type: Annotated[str, Meta(max_length=40)] = "internal"
    message: Annotated[str, Meta(max_length=1000)] = ""
    status: int | None = None


class Turn(Struct, frozen=True, omit_defaults=True):
    """A message. `parent` is the number of the one that it answers; `rounds` tell an answer that called tools."""

    number: Positive
    role: Literal["user", "assistant"]
    created_at: Moment
    parent: Positive | None = None
    text: str = ""
    reasoning: str = ""
    rounds: list[list[Part]] = []
    files: list[File] = []
    slug: Annotated[str, Meta(max_length=100)] = ""
    model: Short = ""
    status: Ended = "done"
    finish: Annotated[str, Meta(max_length=30)] = ""
    error: Failure | None = None
    comparison: Positive | None = None  # answers with the same number were asked for side by side
    usage: Usage | None = None
    finished_at: Moment | None = None


class Chat(Struct, frozen=True, omit_defaults=True):
    """A conversation with every branch. The branch that is shown ends at the message numbered `shown`."""

    origin: Annotated[str, Meta(min_length=1, max_length=200)]
    created_at: Moment
    updated_at: Moment
    title: Short = ""
    titled_by: Literal["words", "model", "person"] = "words"
    slug: Annotated[str, Meta(max_length=100)] = ""
    model: Short = ""
    system: Annotated[str, Meta(max_length=100_000)] = ""
    parameters: dict[str, bool | int | float | str | list[str] | None] = {}
    folder: Annotated[str, Meta(max_length=100)] = ""
    tags: list[Annotated[str, Meta(min_length=1, max_length=50)]] = []
    pinned_at: Moment | None = None
    archived_at: Moment | None = None
    shown: Positive | None = None
    messages: list[Turn] = []


class Document(Struct, frozen=True):
    """A file: one conversation or several."""

    format: str
    version: int
    conversations: list[Chat]


def written(*chats: Chat) -> bytes:
    """The file, laid out for people, ending in a line break."""
    encoded = msgspec.json.encode(Document(FORMAT, VERSION, list(chats)))
    return msgspec.json.format(encoded, indent=2) + b"\n"
