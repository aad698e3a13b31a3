"""Claude.ai's export: messages in a row, or in a tree where it tells whom each one answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from thinkback.transfer.document import Call, Chat, File, Part, Thought, Words
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
    return isinstance(raw.get("chat_messages"), list)


def read(raw: dict[str, Any], assets: Assets) -> Incoming:
    """The conversation as ours. Raises Unfit."""
    id = text(raw.get("uuid"))
    if not id:
        raise Unfit("It has no id.")
    began = first_moment(raw.get("created_at"), raw.get("updated_at"))
    made: dict[str, Answer] = {}
    for node, parent in in_tree(_nodes(items(raw["chat_messages"]))):
        made[node.id] = answer = _answer(node.value, made.get(parent or ""), text(raw.get("model")))
        answer.number = len(made)
        answer.created_at = first_moment(node.value.get("created_at"), began.isoformat())
    shown = made.get(text(raw.get("current_leaf_message_uuid"))) or next(reversed(made.values()), None)
    chat = Chat(
        origin=f"claude:{id}"[:200],
        created_at=began,
        updated_at=first_moment(raw.get("updated_at"), began.isoformat()),
        title=text(raw.get("name"))[:200],
        titled_by="person",
        shown=shown.number if shown else None,
        messages=[answer.turn() for answer in made.values()],
    )
    return Incoming(chat, missing(file for answer in made.values() for file in answer.files))


def _nodes(messages: list[Any]) -> Iterator[Node]:
    before = None
    for place, message in enumerate(map(mapping, messages)):
        id = text(message.get("uuid")) or str(place)
        yield Node(id, text(message.get("parent_message_uuid")) or before, message)
        before = id


def _answer(message: dict[str, Any], parent: Answer | None, model: str) -> Answer:
    is_user = message.get("sender") == "human"
    answer = Answer("user" if is_user else "assistant", first_moment(), parent, model="" if is_user else model[:200])
    for block in map(mapping, items(message.get("content"))):
        for part in _part(block):
            answer.add(part)
    if not any(isinstance(part, Words) for part in answer.parts) and text(message.get("text")):
        answer.add(Words(text(message["text"])))
    if is_user:
        answer.files = [
            File((text(mapping(one).get("file_name")) or "file")[:200]) for one in items(message.get("files"))
        ]
        words = "\n\n".join(part.text for part in answer.parts if isinstance(part, Words))
        answer.text, answer.parts = with_missing(words + "".join(_enclosed(message)), answer.files), []
    return answer


def _enclosed(message: dict[str, Any]) -> Iterator[str]:
    """The files whose text came with the message."""
    for given in map(mapping, items(message.get("attachments"))):
        said = text(given.get("extracted_content"))
        if said:
            yield f"\n\n{text(given.get('file_name')) or 'Pasted text'}:\n\n{said}"


def _part(block: dict[str, Any]) -> Iterator[Part]:
    match block.get("type"):
        case "text":
            if text(block.get("text")):
                yield Words(text(block["text"]))
        case "thinking":
            if text(block.get("thinking")):
                yield Thought(text(block["thinking"]))
        case "tool_use":
            yield Call(
                text(block.get("name"))[:200] or "tool", text(json.dumps(block.get("input"), ensure_ascii=False))
            )
        case "tool_result":
            failed = block.get("is_error") is True
            yield Call(text(block.get("name"))[:200] or "tool", "", _result(block), "failed" if failed else "done")


def _result(block: dict[str, Any]) -> str:
    content = block.get("content")
    if isinstance(content, str):
        return text(content)
    return "\n\n".join(text(mapping(one).get("text")) for one in items(content) if text(mapping(one).get("text")))
