"""What a page and the server say to each other over /ws/chat: JSON objects, told apart by `type`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

MAX_FRAME = 1_000_000  # characters of one frame from a page
MAX_TEXT = 400_000  # characters of one message

Name = Annotated[str, Meta(max_length=200)]


class Send(Struct, tag="send", frozen=True, forbid_unknown_fields=True):
    """A message, in a conversation or in a new one. `parent` is the last message that the page shows."""

    client_id: UUID
    text: Annotated[str, Meta(max_length=MAX_TEXT)]
    slug: Annotated[str, Meta(min_length=1, max_length=100)]
    model: Annotated[str, Meta(min_length=1, max_length=200)]
    conversation: UUID | None = None
    parent: UUID | None = None


class Regenerate(Struct, tag="regenerate", frozen=True, forbid_unknown_fields=True):
    """Another answer in the place of this one, by the same model unless another is named."""

    message: UUID
    slug: Annotated[str, Meta(max_length=100)] = ""
    model: Name = ""


class Stop(Struct, tag="stop", frozen=True, forbid_unknown_fields=True):
    """End an answer; what has arrived stays."""

    message: UUID


class Subscribe(Struct, tag="subscribe", frozen=True, forbid_unknown_fields=True):
    """Follow a conversation. `have` names the finished messages that the page shows already."""

    conversation: UUID
    have: Annotated[list[UUID], Meta(max_length=5000)] = []


class Ping(Struct, tag="ping", frozen=True, forbid_unknown_fields=True):
    """The page is there."""


FromPage = Send | Regenerate | Stop | Subscribe | Ping
_decoder = msgspec.json.Decoder(FromPage)
_encoder = msgspec.json.Encoder(enc_hook=str.__str__)  # for Django's SafeString, which is a str


class Article(Struct, frozen=True):
    """A message as it stands on the page."""

    id: UUID
    html: str
    status: str


class TurnBegun(Struct, tag="turn", frozen=True):
    """New messages: whatever stood after `parent` gives way to them. `client_id` tells the sender that it is his."""

    conversation: UUID
    articles: list[Article]
    parent: UUID | None = None
    client_id: UUID | None = None
    url: str = ""


class Branch(Struct, tag="branch", frozen=True):
    """The whole branch in order, with the articles that the page lacks or that are still being written."""

    conversation: UUID
    ids: list[UUID]
    articles: list[Article]


class BlockShown(Struct, tag="block", frozen=True):
    """One block of an answer. A block that the page has in this version, or a later one, is left as it is."""

    message: UUID
    part: str  # text, reasoning
    index: int
    version: int
    html: str


class AnswerEnded(Struct, tag="done", frozen=True):
    """The whole answer in its final form, with its footer, or with the card of its error."""

    message: UUID
    status: str
    html: str
    words: int


class ChatChanged(Struct, tag="chat", frozen=True):
    """A row of the list of conversations; without `html` it is gone."""

    conversation: UUID
    title: str
    html: str


class Problem(Struct, tag="problem", frozen=True):
    """A frame that could not be obeyed."""

    error: str
    message: str
    client_id: UUID | None = None


class Expired(Struct, tag="expired", frozen=True):
    """The session has ended."""


class Pong(Struct, tag="pong", frozen=True):
    """The server is there."""


FromServer = TurnBegun | Branch | BlockShown | AnswerEnded | ChatChanged | Problem | Expired | Pong


class BadFrame(ValueError):
    """Text from a page that is no frame."""


def parse(text: str) -> FromPage:
    """A frame from a page. Raises BadFrame."""
    if len(text) > MAX_FRAME:
        raise BadFrame("too large")
    try:
        frame: FromPage = _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
        raise BadFrame(str(error)) from error
    return frame


def encode(frame: FromServer) -> str:
    """A frame as it is sent."""
    return _encoder.encode(frame).decode()
