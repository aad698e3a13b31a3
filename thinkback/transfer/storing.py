"""From documents to the database.

An import adds and never changes: messages that a conversation lacks are put into its tree; its title, its folder and
every message that is there stay as they are. The shown branch moves on only where nothing was added here.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from proxy.call import new_id
from thinkback.attachments import enclosing, intake
from thinkback.attachments.files import StorageFailed
from thinkback.attachments.models import Attachment
from thinkback.attachments.reading.found import Unusable
from thinkback.chat import rounds
from thinkback.chat.models import Conversation, Folder, Message, Picture, Tag
from thinkback.chat.pictures import ENDINGS
from thinkback.presets import parameters
from thinkback.transfer import document
from thinkback.transfer.document import Chat, File, Turn
from thinkback.transfer.markdown import plain
from thinkback.transfer.models import Brought, Line

BATCH, BATCH_TEXT = 40, 64_000  # messages and characters that are written at once, so that nobody waits for the lock
PAUSE = 0.002  # seconds between two batches, in which others get it
MOST_PICTURE = 20 * 1024 * 1024  # bytes
MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
Fetch = Callable[[str, int], bytes | None]


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a conversation."""

    outcome: Line.Outcome
    reason: str = ""
    conversation: UUID | None = None


@dataclass(slots=True)
class _Writing:
    """What is being written into one conversation."""

    conversation: Conversation
    fetch: Fetch
    ids: dict[int, UUID] = field(default_factory=dict)  # numbers of the document → messages here
    comparisons: defaultdict[int, UUID] = field(default_factory=lambda: defaultdict(new_id))
    lost: int = 0  # files that could not be kept


def store(user_id: int, chat: Chat, fetch: Fetch) -> Stored:
    """Put a conversation of this user there, or what is new of it."""
    found = _existing(user_id, chat.origin)
    if found is not None and found.trashed_at is not None:
        return Stored(Line.Outcome.SKIPPED, "It is in the trash. Restore it there first.", found.id)
    if found is not None:
        return _grow(found, chat, fetch)
    if not chat.messages and not chat.origin.startswith("thinkback:"):
        return Stored(Line.Outcome.SKIPPED, "It has no messages.")
    return _make(user_id, chat, fetch)


def make_copy(user_id: int, chat: Chat, fetch: Fetch) -> Conversation:
    """A conversation of this user with all that is in the document, whatever else he has."""
    writing = _Writing(_row(user_id, chat), fetch)
    writing.conversation.origin = ""
    writing.conversation.save(force_insert=True)
    _fill(writing, chat.messages)
    _show(writing, chat)
    return writing.conversation


def _existing(user_id: int, origin: str) -> Conversation | None:
    own = Conversation.objects.filter(user_id=user_id)
    found = own.filter(origin=origin).first()
    source, _, id = origin.partition(":")
    if found is None and source == "thinkback":
        try:
            found = own.filter(id=UUID(id)).first()
        except ValueError:
            return None
    return found


def _make(user_id: int, chat: Chat, fetch: Fetch) -> Stored:
    writing = _Writing(_row(user_id, chat), fetch)
    try:
        with transaction.atomic():
            writing.conversation.save(force_insert=True)
            _label(writing.conversation, chat)
    except IntegrityError:  # another import of the same was quicker
        return store(user_id, chat, fetch)
    try:
        _fill(writing, chat.messages)
    except Exception:
        writing.conversation.delete()  # half a conversation is none
        raise
    _show(writing, chat)
    return Stored(Line.Outcome.IMPORTED, _lost(writing), writing.conversation.id)


def _row(user_id: int, chat: Chat) -> Conversation:
    try:
        chosen = parameters.changed({}, chat.parameters)
    except parameters.Unfit:
        chosen = {}
    names = ("title", "titled_by", "slug", "model", "system", "created_at", "updated_at", "pinned_at", "archived_at")
    values: dict[str, Any] = {name: getattr(chat, name) for name in names}
    return Conversation(user_id=user_id, origin=chat.origin, parameters=chosen, seen_at=timezone.now(), **values)


def _label(conversation: Conversation, chat: Chat) -> None:
    """Its folder and tags, by the names that the user has for them."""
    user = conversation.user_id
    if chat.folder:
        known = Folder.objects.filter(user_id=user, name__iexact=chat.folder).first()
        conversation.folder = known or Folder.objects.create(user_id=user, name=chat.folder)
        conversation.save(update_fields=["folder"])
    for name in chat.tags:
        tag = Tag.objects.filter(user_id=user, name__iexact=name).first()
        conversation.tags.add(tag or Tag.objects.create(user_id=user, name=name))


def _grow(found: Conversation, chat: Chat, fetch: Fetch) -> Stored:
    """Add the messages that are not there yet."""
    writing = _Writing(found, fetch)
    left = _known(found)
    new = [turn for turn in chat.messages if not _is_there(turn, writing, left)]
    if not new:
        return Stored(Line.Outcome.SKIPPED, "It is here already.", found.id)
    _fill(writing, new)
    added_here = any(left.values())
    if not added_here:
        _show(writing, chat)
    later = max(found.updated_at, chat.updated_at)
    Conversation.objects.filter(id=found.id).update(updated_at=later, seen_at=timezone.now())
    count = f"{len(new)} new message{'' if len(new) == 1 else 's'}"
    stays = "; the branch that you went on with stays the one that is shown" if added_here else ""
    return Stored(Line.Outcome.UPDATED, " ".join(filter(None, (f"{count}{stays}.", _lost(writing)))), found.id)


Key = tuple[UUID | None, str, str, str]


def _known(found: Conversation) -> dict[Key, list[UUID]]:
    """The messages that are there, by what makes two the same: place, side, time and words."""
    known: defaultdict[Key, list[UUID]] = defaultdict(list)
    names = ("id", "parent_id", "role", "created_at", "text")
    for id, parent, role, made, text in found.messages.order_by("id").values_list(*names):
        known[parent, role, made.isoformat(), text].append(id)
    return known


def _is_there(turn: Turn, writing: _Writing, left: dict[Key, list[UUID]]) -> bool:
    parent = None if turn.parent is None else writing.ids.get(turn.parent)
    if turn.parent is not None and parent is None:
        return False  # it hangs on a new one
    same = left.get((parent, turn.role, turn.created_at.astimezone(UTC).isoformat(), turn.text))
    if same:
        writing.ids[turn.number] = same.pop(0)
    return bool(same) or turn.number in writing.ids


def _fill(writing: _Writing, turns: Iterable[Turn]) -> None:
    """Write messages, few at a time."""
    new = list(turns)
    writing.ids |= zip((turn.number for turn in new), sorted(new_id() for _ in new), strict=True)
    for batch in _batches(new):
        rows = [_message(turn, writing) for turn in batch]
        given = [(row.id, _take(turn.files, writing)) for turn, row in zip(batch, rows, strict=True) if turn.files]
        drawn = [picture for turn, row in zip(batch, rows, strict=True) for picture in _draw(turn, row, writing)]
        usages = [(turn.number, turn.usage) for turn in batch if turn.usage is not None]
        brought = [
            Brought(message_id=writing.ids[number], usage=msgspec.to_builtins(usage)) for number, usage in usages
        ]
        with transaction.atomic():
            Message.objects.bulk_create(rows)
            Picture.objects.bulk_create(drawn)
            Brought.objects.bulk_create(brought)
            for id, attachments in given:
                enclosing.enclose(id, attachments)
        time.sleep(PAUSE)


def _batches(turns: list[Turn]) -> Iterator[list[Turn]]:
    batch: list[Turn] = []
    size = 0
    for turn in turns:
        if batch and (len(batch) == BATCH or size + len(turn.text) > BATCH_TEXT):
            yield batch
            batch, size = [], 0
        batch.append(turn)
        size += len(turn.text) + len(turn.reasoning)
    if batch:
        yield batch


def _message(turn: Turn, writing: _Writing) -> Message:
    names = ("role", "text", "reasoning", "slug", "model", "status", "finish", "created_at", "finished_at")
    return Message(
        id=writing.ids[turn.number],
        conversation=writing.conversation,
        parent_id=None if turn.parent is None else writing.ids[turn.parent],
        error=None if turn.error is None else {"retry_after": None, **msgspec.structs.asdict(turn.error)},
        comparison=None if turn.comparison is None else writing.comparisons[turn.comparison],
        **{name: getattr(turn, name) for name in names},
    )


def _take(given: list[File], writing: _Writing) -> list[Attachment]:
    """Take in the files of a message, as if its owner gave them now."""
    user = writing.conversation.user
    taken = []
    for file in given:
        data = writing.fetch(file.path, settings.ATTACHMENTS.file_bytes) if file.path else None
        try:
            if data is not None:
                taken.append(intake.take(user, file.name, [data]))
        except (Unusable, StorageFailed):
            data = None
        writing.lost += data is None and bool(file.path)
    return taken


def _draw(turn: Turn, row: Message, writing: _Writing) -> list[Picture]:
    """Give the message its rounds; the pictures in them, with their files written."""
    drawn: list[Picture] = []
    made = []
    for place, parts in enumerate(turn.rounds):
        said = [one for at, part in enumerate(parts) if (one := _part(part, f"{place}.{at}", row, writing, drawn))]
        made.append(rounds.Round(new_id(), said))
    row.rounds = rounds.to_store(made)
    return drawn


def _part(part: document.Part, key: str, row: Message, writing: _Writing, drawn: list[Picture]) -> rounds.Stored | None:
    match part:
        case document.Words():
            return rounds.Words(part.text)
        case document.Thought():
            return rounds.Thought(part.text, part.signature, part.hidden)
        case document.Source():
            return rounds.Source(part.url, part.title) if part.url.startswith(("https://", "http://")) else None
        case document.Call():
            told = (part.name, part.arguments, part.signature, part.label, part.origin, "", part.state, part.result)
            return rounds.Call(key, part.id or f"call_{key}", *told)
        case File():
            picture = _picture(part, row, writing)
            if picture is None:
                return rounds.Words(f"\n\n*[{plain(part.name)}]*\n\n")
            drawn.append(picture)
            return rounds.Drawn(picture.id, picture.media_type)


def _picture(file: File, row: Message, writing: _Writing) -> Picture | None:
    """A picture of an answer, if it is one by what it holds."""
    data = writing.fetch(file.path, MOST_PICTURE) if file.path else None
    media_type = None if data is None else next((kind for magic, kind in MAGIC.items() if data.startswith(magic)), None)
    if data is not None and data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        media_type = "image/webp"
    if data is None or media_type is None:
        writing.lost += bool(file.path)
        return None
    id = new_id()
    picture = Picture(id=id, message=row, media_type=media_type)
    picture.file.save(f"{id}.{ENDINGS[media_type]}", ContentFile(data), save=False)
    return picture


def _show(writing: _Writing, chat: Chat) -> None:
    last = chat.shown or (chat.messages[-1].number if chat.messages else None)
    leaf = None if last is None else writing.ids.get(last)
    Conversation.objects.filter(id=writing.conversation.id).update(leaf_id=leaf)


def _lost(writing: _Writing) -> str:
    if not writing.lost:
        return ""
    return f"{writing.lost} file{'' if writing.lost == 1 else 's'} could not be kept."
