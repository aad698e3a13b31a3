"""What a page and the server say to each other over their line: JSON objects, told apart by `type`."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from thinkback.chat.frames_beside import Compare, ComparisonShown, Keep, Merge, ModelId, Name, Named, Slug

MAX_FRAME = 1_000_000  # characters of one frame from a page
MAX_TEXT = 400_000  # characters of one message

Tools = Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=100)]


class Controls(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page has changed and not yet saved: the system prompt, and how models are asked."""

    system: Annotated[str, Meta(max_length=100_000)] | None = None
    parameters: dict[str, Any] = {}  # `presets.parameters`


class Send(Struct, tag="send", frozen=True, forbid_unknown_fields=True):
    """A message, in a conversation or in a new one. `parent` is what the page shows last: a message or a comparison.

    `models` are asked the same beside the first one; the answers stand side by side.
    """

    client_id: UUID
    text: Annotated[str, Meta(max_length=MAX_TEXT)]
    slug: Slug
    model: ModelId
    conversation: UUID | None = None
    parent: UUID | None = None
    instead: UUID | None = None  # the message that was edited: this one is another version of it
    queue: bool = False  # while an answer is being made, it waits
    tools: Tools | None = None  # None: those that the conversation has
    attachments: Annotated[list[UUID], Meta(max_length=50)] = []  # that were uploaded before, in order
    controls: Controls | None = None
    models: Annotated[list[Named], Meta(max_length=3)] = []
    temporary: bool = False  # a new one: not kept


class Regenerate(Struct, tag="regenerate", frozen=True, forbid_unknown_fields=True):
    """Another answer in the place of this one, by the same model unless another is named."""

    message: UUID
    client_id: UUID | None = None
    manner: Literal["", "concise", "detailed"] = ""  # asked for beside the question, of this answer alone
    slug: Annotated[str, Meta(max_length=100)] = ""
    model: Name = ""
    tools: Tools | None = None


class Rewrite(Struct, tag="rewrite", frozen=True, forbid_unknown_fields=True):
    """An answer in the user's own words: another version beside it."""

    client_id: UUID
    message: UUID
    text: Annotated[str, Meta(max_length=MAX_TEXT)]


class Stop(Struct, tag="stop", frozen=True, forbid_unknown_fields=True):
    """End an answer, or all of a comparison; what has arrived stays."""

    message: UUID


class Continue(Struct, tag="continue", frozen=True, forbid_unknown_fields=True):
    """Go on with an answer that was broken off; what stands there stays."""

    message: UUID


class SendQueued(Struct, tag="send_queued", frozen=True, forbid_unknown_fields=True):
    """Send a message that waits; an answer that is being made is stopped for it."""

    id: UUID


class Unqueue(Struct, tag="unqueue", frozen=True, forbid_unknown_fields=True):
    """Take a message out of the line."""

    id: UUID


class Decide(Struct, tag="decide", frozen=True, forbid_unknown_fields=True):
    """Whether a tool may be run: this once, from now on in this conversation, or not. `call` is its place."""

    message: UUID
    call: Annotated[str, Meta(max_length=20)]
    choice: Literal["once", "always", "deny"]


class Subscribe(Struct, tag="subscribe", frozen=True, forbid_unknown_fields=True):
    """Follow a conversation. `have` names the finished messages that the page shows already.

    `last` is the last that it shows: it stays on that branch, also when another window has gone to a different one.
    """

    conversation: UUID
    last: UUID | None = None
    have: Annotated[list[UUID], Meta(max_length=5000)] = []


class SaveDraft(Struct, tag="draft", frozen=True, forbid_unknown_fields=True):
    """What stands in the message field of a chat, or of a new one; without a text, the page asks what there is.

    `version` is the one that it grew out of, and `page` a name that the page chose for itself.
    """

    conversation: UUID | None = None
    text: Annotated[str, Meta(max_length=MAX_TEXT)] | None = None
    attachments: Annotated[list[UUID], Meta(max_length=50)] | None = None  # in order; None: those that it has
    version: int = 0
    page: Annotated[str, Meta(max_length=40)] = ""


class Ping(Struct, tag="ping", frozen=True, forbid_unknown_fields=True):
    """The page is there."""


FromPage = (
    Send
    | Regenerate
    | Rewrite
    | Compare
    | Keep
    | Merge
    | Stop
    | Continue
    | SendQueued
    | Unqueue
    | Decide
    | Subscribe
    | SaveDraft
    | Ping
)
_decoder = msgspec.json.Decoder(FromPage)
_encoder = msgspec.json.Encoder(enc_hook=str.__str__)  # for Django's SafeString, which is a str


class Article(Struct, frozen=True):
    """A message as it stands on the page."""

    id: UUID
    html: str
    status: str


class TurnBegun(Struct, tag="turn", frozen=True):
    """New messages: whatever stood after `parent` gives way to them. `client_id` tells the sender that it is his.

    `aside` is the end of what another window had written after `parent`, which the sender did not know.
    """

    conversation: UUID
    articles: list[Article]
    parent: UUID | None = None
    client_id: UUID | None = None
    url: str = ""
    aside: UUID | None = None


class Branch(Struct, tag="branch", frozen=True):
    """The whole branch in order, with the articles that the page lacks or that are still being written.

    `aside` is the end of the branch that another window went to; this one is the page's own.
    """

    conversation: UUID
    ids: list[UUID]
    articles: list[Article]
    aside: UUID | None = None
    queue: str = ""  # the rows of `QueueChanged`


class BlockShown(Struct, tag="block", frozen=True):
    """One block of an answer. A block that the page has in this version, or a later one, is left as it is."""

    message: UUID
    part: str  # text, reasoning
    index: int
    version: int
    html: str


class AnswerShown(Struct, tag="shown", frozen=True):
    """An answer that goes on, anew: one of its tools was decided on, began or ended, or another round began."""

    message: UUID
    status: str
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


class ListChanged(Struct, tag="list", frozen=True):
    """Folders, or many rows of the list of conversations: it is to be fetched anew."""


class DraftChanged(Struct, tag="draft", frozen=True):
    """What stands in the message field of a chat, or of a new one, and which page wrote it."""

    conversation: UUID | None
    text: str
    version: int
    page: str
    files: list[dict[str, Any]] = []  # as /api/attachments describes them


class QueueChanged(Struct, tag="queue", frozen=True):
    """The messages that wait. `client_id` tells a sender that his is among them, `sent` which one is a turn now."""

    conversation: UUID
    html: str
    client_id: UUID | None = None
    sent: UUID | None = None


class VersionGone(Struct, tag="gone", frozen=True):
    """A version was deleted: pages ask anew for what they show."""

    conversation: UUID


class Problem(Struct, tag="problem", frozen=True):
    """A frame that could not be obeyed."""

    error: str
    message: str
    client_id: UUID | None = None


class Expired(Struct, tag="expired", frozen=True):
    """The session has ended."""


class Pong(Struct, tag="pong", frozen=True):
    """The server is there."""


FromServer = (
    TurnBegun
    | Branch
    | BlockShown
    | AnswerShown
    | AnswerEnded
    | ComparisonShown
    | ChatChanged
    | ListChanged
    | DraftChanged
    | QueueChanged
    | VersionGone
    | Problem
    | Expired
    | Pong
)


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
