"""Open WebUI's export: a tree by `parentId` in each chat's `history`, or its messages in a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from thinkback.transfer.document import Chat, File, Words
from thinkback.transfer.foreign.answers import Answer
from thinkback.transfer.foreign.values import (
    Assets,
    Incoming,
    Node,
    Unfit,
    first_moment,
    in_tree,
    items,
    mapping,
    missing,
    text,
    with_missing,
)


def fits(raw: dict[str, Any]) -> bool:
    """Whether this is one."""
    chat = mapping(raw.get("chat"))
    return isinstance(chat.get("history"), dict) or isinstance(chat.get("messages"), list)


def read(raw: dict[str, Any], assets: Assets) -> Incoming:
    """The conversation as ours. Raises Unfit."""
    chat, id = mapping(raw.get("chat")), text(raw.get("id"))
    if not id:
        raise Unfit("It has no id.")
    history = mapping(chat.get("history"))
    began = first_moment(raw.get("created_at"), chat.get("timestamp"), raw.get("updated_at"))
    made: dict[str, Answer] = {}
    for node, parent in in_tree(_nodes(mapping(history.get("messages")), items(chat.get("messages")))):
        made[node.id] = _answer(node.value, made.get(parent or ""), began)
        made[node.id].number = len(made)
    shown = made.get(text(history.get("currentId"))) or next(reversed(made.values()), None)
    updated = first_moment(raw.get("updated_at"), began.isoformat())
    told = Chat(
        origin=f"open-webui:{id}"[:200],
        created_at=began,
        updated_at=updated,
        title=(text(raw.get("title")) or text(chat.get("title")))[:200],
        titled_by="person",
        system=text(mapping(chat.get("params")).get("system"))[:100_000],
        tags=sorted({text(tag)[:50] for tag in items(mapping(raw.get("meta")).get("tags")) if text(tag).strip()}),
        pinned_at=updated if raw.get("pinned") is True else None,
        archived_at=updated if raw.get("archived") is True else None,
        shown=shown.number if shown else None,
        messages=[answer.turn() for answer in made.values()],
    )
    return Incoming(told, missing(file for answer in made.values() for file in answer.files))


def _nodes(found: dict[str, Any], row: list[Any]) -> Iterator[Node]:
    for id, message in found.items():
        yield Node(id, text(mapping(message).get("parentId")) or None, mapping(message))
    before = None
    for place, message in enumerate([] if found else row):
        id = text(mapping(message).get("id")) or str(place)
        yield Node(id, before, mapping(message))
        before = id


def _answer(message: dict[str, Any], parent: Answer | None, began: datetime) -> Answer:
    when = first_moment(message.get("timestamp"), parent and parent.created_at.isoformat(), began.isoformat())
    if message.get("role") == "user":
        files = [File(_name(mapping(one))) for one in items(message.get("files"))]
        return Answer("user", when, parent, with_missing(text(message.get("content")), files), files=files)
    answer = Answer("assistant", when, parent, model=text(message.get("model"))[:200])
    answer.add(Words(text(message.get("content"))))
    return answer


def _name(file: dict[str, Any]) -> str:
    return (text(file.get("name")) or text(file.get("type")) or "file")[:200]
