"""LibreChat's export of a conversation: messages with `parentMessageId`, in a list or nested in `children`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from thinkback.transfer.document import Chat, Thought, Words
from thinkback.transfer.foreign.answers import Answer
from thinkback.transfer.foreign.values import (
    MOST_NODES,
    Assets,
    Incoming,
    Node,
    Unfit,
    first_moment,
    in_tree,
    items,
    mapping,
    text,
)


def fits(raw: dict[str, Any]) -> bool:
    """Whether this is one."""
    return "conversationId" in raw and isinstance(raw.get("messages", raw.get("messagesTree")), list)


def read(raw: dict[str, Any], assets: Assets) -> Incoming:
    """The conversation as ours. Raises Unfit."""
    id = text(raw.get("conversationId"))
    if not id:
        raise Unfit("It has no id.")
    nodes = list(_nodes(items(raw.get("messages", raw.get("messagesTree")))))
    times = [node.value.get("createdAt") for node in nodes]
    began = first_moment(raw.get("createdAt"), *times, raw.get("exportAt"))
    made: dict[str, Answer] = {}
    for node, parent in in_tree(nodes):
        made[node.id] = _answer(node.value, made.get(parent or ""), began)
        made[node.id].number = len(made)
    shown = next(reversed(made.values()), None)
    chat = Chat(
        origin=f"librechat:{id}"[:200],
        created_at=began,
        updated_at=first_moment(raw.get("updatedAt"), *reversed(times), began.isoformat()),
        title=text(raw.get("title"))[:200],
        titled_by="person",
        system=text(mapping(raw.get("options")).get("promptPrefix"))[:100_000],
        shown=shown.number if shown else None,
        messages=[answer.turn() for answer in made.values()],
    )
    return Incoming(chat)


def _nodes(messages: list[Any]) -> Iterator[Node]:
    """Every message, those in `children` too."""
    waiting = [mapping(message) for message in reversed(messages)]
    for place in range(MOST_NODES + 1):
        if not waiting:
            return
        message = waiting.pop()
        yield Node(text(message.get("messageId")) or str(place), text(message.get("parentMessageId")) or None, message)
        waiting += [mapping(child) for child in reversed(items(message.get("children")))]


def _answer(message: dict[str, Any], parent: Answer | None, began: datetime) -> Answer:
    when = first_moment(message.get("createdAt"), parent and parent.created_at.isoformat(), began.isoformat())
    if message.get("isCreatedByUser") is True:
        return Answer("user", when, parent, text(message.get("text")))
    answer = Answer("assistant", when, parent, model=text(message.get("model"))[:200])
    for block in map(mapping, items(message.get("content"))):
        for kind, made in (("think", Thought), ("text", Words)):
            value = block.get(kind)
            said = text(value) or text(mapping(value).get("value"))
            if said:
                answer.add(made(said))
    if not answer.parts:
        answer.add(Words(text(message.get("text"))))
    return answer
