"""Attachments as models are told of them: pictures to those that see, files as text under their names.

A prompt holds `Enclosed` parts until it is known who is asked; `opened` puts what that one can read in their place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from asgiref.sync import sync_to_async

from providers import Document, Image, Message, Part, Prompt, Text
from thinkback.attachments import files
from thinkback.attachments.models import Attachment, Enclosure

PICTURES_MOST = 15_000_000  # bytes of all pictures of a prompt: the largest request that every service takes
NATIVE_MOST = 8_000_000  # bytes of a PDF that is given as it is


@dataclass(frozen=True, slots=True)
class Enclosed(Document):
    """An attachment that is not read from the storage yet."""

    kind: str = ""
    path: str = ""
    size: int = 0
    text: str = ""
    pages: int = 0
    pages_read: int = 0
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Senses:
    """What the model that is asked can take, as far as anybody knows."""

    sees: bool = True
    reads_pdf: bool = False


def parts_of(message_ids: Iterable[UUID]) -> dict[UUID, tuple[Enclosed, ...]]:
    """The attachments of messages, in order, as parts of a prompt."""
    rows = Enclosure.objects.filter(message_id__in=list(message_ids)).select_related("attachment")
    found: defaultdict[UUID, list[Enclosed]] = defaultdict(list)
    for row in rows.order_by("message_id", "position"):
        found[row.message_id].append(_part(row.attachment))
    return {id: tuple(parts) for id, parts in found.items()}


def said(parts: tuple[Enclosed, ...], text: str) -> Message:
    """A person's message with its attachments before its words."""
    return Message("user", (*parts, Text(text)) if text.strip() else parts)


def encloses(prompt: Prompt) -> bool:
    """Whether anything is to be opened."""
    return any(_has_any(message) for message in prompt.messages)


def _has_any(message: Message) -> bool:
    return not isinstance(message.content, str) and any(isinstance(part, Enclosed) for part in message.content)


async def opened(prompt: Prompt, senses: Senses) -> Prompt:
    """The prompt with what this model can read in the place of attachments. Raises files.StorageFailed."""
    opened: Prompt = await sync_to_async(_opened, thread_sensitive=False, executor=files.READERS)(prompt, senses)
    return opened


def _opened(prompt: Prompt, senses: Senses) -> Prompt:
    room = PICTURES_MOST
    turns: list[Message] = []
    for message in reversed(prompt.messages):  # where there is no room for all, the latest are shown
        parts: list[Part] = []
        if not _has_any(message):
            turns.append(message)
            continue
        for part in reversed(message.parts):
            if isinstance(part, Enclosed):
                room -= part.size if part.kind == Attachment.Kind.IMAGE else 0
                part = _told(part, senses, has_room=room >= 0)
            parts.append(part)
        turns.append(Message(message.role, tuple(reversed(parts))))
    return replace(prompt, messages=tuple(reversed(turns)))


def _told(part: Enclosed, senses: Senses, *, has_room: bool) -> Part:
    try:
        if part.kind == Attachment.Kind.IMAGE:
            return _picture(part, senses, has_room=has_room)
        if not part.text.strip() and part.pages and senses.reads_pdf and part.size <= NATIVE_MOST:
            return Document(files.read(part.path), part.media_type, part.name)
    except files.Gone:
        return Text(f"[The file “{part.name}” was attached here, and is gone.]")
    return Text(_in_words(part))


def _picture(part: Enclosed, senses: Senses, *, has_room: bool) -> Part:
    if not senses.sees:
        return Text(f"[The picture “{part.name}” is attached here. You cannot see pictures.]")
    if not has_room:
        return Text(f"[The picture “{part.name}” was attached here. It is left out: there are too many.]")
    return Image(files.read(part.path), part.media_type)


def _in_words(part: Enclosed) -> str:
    """Its text between fences that nothing in it can close."""
    if not part.text.strip():
        return f"[The file “{part.name}” is attached here. There is no text in it that could be read.]"
    notes = [f"{part.pages} pages, of which the first {part.pages_read} follow"] if part.pages_read < part.pages else []
    notes += ["its beginning"] if part.shortened else []
    fence = "`" * max(3, _longest_run(part.text) + 1)
    about = f" ({', '.join(notes)})" if notes else ""
    return f"File “{part.name}”{about}:\n\n{fence}\n{part.text}\n{fence}"


def _longest_run(text: str) -> int:
    longest = 0
    while "`" * (longest + 1) in text:
        longest += 1
    return longest


def _part(row: Attachment) -> Enclosed:
    return Enclosed(
        b"",
        row.media_type,
        row.name,
        kind=row.kind,
        path=row.path,
        size=row.size,
        text=row.text,
        pages=row.pages,
        pages_read=row.pages_read,
        shortened=row.shortened,
    )
