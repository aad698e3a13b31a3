"""From the database to documents. Reads only; whose conversation it is was asked before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import cast
from uuid import UUID

from django.db.models.functions import Lower

from thinkback.attachments import enclosing
from thinkback.attachments import files as storage
from thinkback.attachments.models import Attachment
from thinkback.chat import rounds
from thinkback.chat.material import operations_of
from thinkback.chat.models import Conversation, Message, Picture
from thinkback.chat.tree import Tree
from thinkback.transfer import document
from thinkback.transfer.document import Chat, Ended, Failure, File, Part, Turn, Usage
from thinkback.transfer.models import Brought
from thinkback.usage.reports import OperationTotals, totals_of

ENDED: dict[str, Ended] = {"streaming": "interrupted", "waiting": "stopped"}  # what is not over is told as broken off


@dataclass(frozen=True, slots=True)
class Export:
    """A conversation as a document, and the files that it names: their places in the archive → those in the storage."""

    chat: Chat
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What stands beside the messages of one conversation."""

    numbers: Mapping[UUID, int]
    totals: Mapping[UUID, OperationTotals]
    brought: Mapping[UUID, Brought]
    pictures: Mapping[UUID, File]
    enclosed: Mapping[UUID, list[File]]
    comparisons: dict[UUID, int] = field(default_factory=dict)


def origin_of(conversation: Conversation) -> str:
    """Which conversation this is, wherever it goes."""
    return conversation.origin or f"thinkback:{conversation.id}"


def export(conversation: Conversation) -> Export:
    """A conversation with all its branches."""
    numbers = {id: number for number, id in enumerate(in_order(Tree.of(conversation.id)), 1)}
    messages = Message.objects.filter(conversation=conversation).in_bulk()
    files: dict[str, str] = {}
    facts = _Facts(
        numbers,
        totals_of(operations_of(messages.values())),
        {row.message_id: row for row in Brought.objects.filter(message__conversation=conversation)},
        dict(_pictures(conversation, files)),
        {id: [_enclosed(one, files) for one in found] for id, found in enclosing.of(numbers).items()},
    )
    turns = [_turn(messages[id], facts) for id in numbers if id in messages]
    return Export(_chat(conversation, turns, numbers.get(cast(UUID, conversation.leaf_id))), files)


def in_order(tree: Tree) -> Iterator[UUID]:
    """Every message after its parent, versions of the same place oldest first, each with all that follows it."""
    waiting = tree.children.get(None, [])[::-1]
    while waiting:
        id = waiting.pop()
        yield id
        waiting += tree.children.get(id, [])[::-1]


def _chat(conversation: Conversation, turns: list[Turn], shown: int | None) -> Chat:
    return Chat(
        origin=origin_of(conversation),
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
        title=conversation.title,
        titled_by=conversation.titled_by,  # type: ignore[arg-type]  # one of its choices
        slug=conversation.slug,
        model=conversation.model,
        system=conversation.system,
        parameters=conversation.parameters,
        folder=conversation.folder.name if conversation.folder else "",
        tags=list(conversation.tags.order_by(Lower("name")).values_list("name", flat=True)),
        pinned_at=conversation.pinned_at,
        archived_at=conversation.archived_at,
        shown=shown,
        messages=turns,
    )


def _turn(message: Message, facts: _Facts) -> Turn:
    error = message.error and Failure(
        str(message.error.get("type", "internal"))[:40],
        str(message.error.get("message") or "")[:1000],
        message.error.get("status"),
    )
    group = message.comparison
    comparison = None if group is None else facts.comparisons.setdefault(group, len(facts.comparisons) + 1)
    return Turn(
        number=facts.numbers[message.id],
        role=message.role,  # type: ignore[arg-type]  # one of the two
        created_at=message.created_at,
        parent=facts.numbers.get(cast(UUID, message.parent_id)),
        text=message.text,
        reasoning=message.reasoning,
        rounds=[[_part(part, facts.pictures) for part in round.said] for round in rounds.read(message.rounds)],
        files=facts.enclosed.get(message.id, []),
        slug=message.slug,
        model=message.model,
        status=ENDED.get(message.status, message.status),  # type: ignore[arg-type]
        finish=message.finish,
        error=error or None,
        comparison=comparison,
        usage=_usage(message, facts),
        finished_at=message.finished_at,
    )


def _part(part: rounds.Stored, pictures: Mapping[UUID, File]) -> Part:
    match part:
        case rounds.Words():
            return document.Words(part.text)
        case rounds.Thought():
            return document.Thought(part.text, part.signature, part.hidden)
        case rounds.Source():
            return document.Source(part.url, part.title)
        case rounds.Drawn():
            return pictures.get(part.id, File("picture", media_type=part.media_type))
        case rounds.Call():
            return _call(part)


def _call(call: rounds.Call) -> document.Call:
    state = call.state if call.state in ("done", "failed", "denied") else "stopped"
    told = (call.id, call.label, call.origin, call.signature)
    return document.Call(call.name, call.arguments, call.result, state, *told)


def _usage(message: Message, facts: _Facts) -> Usage | None:
    if message.id in facts.brought:
        return facts.brought[message.id].told
    totals = facts.totals.get(message.operation_id) if message.operation_id else None
    if totals is None:
        return None
    cost = None if totals.cost_usd is None else f"{totals.cost_usd.normalize():f}"
    counts = (totals.input_tokens, totals.cache_read_tokens, totals.output_tokens)
    return Usage(*counts, cost, totals.cost_source, totals.duration_ms)


def _pictures(conversation: Conversation, files: dict[str, str]) -> Iterator[tuple[UUID, File]]:
    for picture in Picture.objects.filter(message__conversation=conversation).order_by("id"):
        yield picture.id, File("picture", _place(picture.file.name or "", files), picture.media_type)


def _enclosed(attachment: Attachment, files: dict[str, str]) -> File:
    return File(attachment.name, _place(attachment.path, files), attachment.media_type)


def _place(stored: str, files: dict[str, str]) -> str:
    """Where a file goes, named after what it holds; nowhere if it is gone."""
    try:
        held = storage.read(stored)
    except storage.StorageFailed:
        return ""
    digest = hashlib.sha256(held).hexdigest()
    place = f"files/{digest}{PurePath(stored).suffix[:10]}"
    files[place] = stored
    return place
