"""ChatGPT's export: conversations whose messages hang in a `mapping`, with the tools' steps as messages of their own.

A run of such steps is one answer here, until the tree branches; what ChatGPT hides is left out and its place closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from thinkback.transfer.document import Chat, File, Part, Turn
from thinkback.transfer.foreign.answers import Answer
from thinkback.transfer.foreign.chatgpt_parts import files_of, instructions_of, is_hidden, parts_of, said_of
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
    moment,
    text,
    with_missing,
)


def fits(raw: dict[str, Any]) -> bool:
    """Whether this is one."""
    return isinstance(raw.get("mapping"), dict)


def read(raw: dict[str, Any], assets: Assets) -> Incoming:
    """The conversation as ours. Raises Unfit."""
    id = text(raw.get("conversation_id")) or text(raw.get("id"))
    if not id:
        raise Unfit("It has no id.")
    began = first_moment(raw.get("create_time"), raw.get("update_time"))
    tree = _Tree(assets, began, text(raw.get("default_model_slug"))[:200])
    for node, parent in in_tree(_nodes(raw["mapping"])):
        tree.add(node, parent)
    turns = tree.turns()
    lost = len(raw["mapping"]) - len(tree.stands_for)
    if lost and not turns:
        raise Unfit("Its messages hang in a circle.")
    chat = Chat(
        origin=f"chatgpt:{id}"[:200],
        created_at=began,
        updated_at=first_moment(raw.get("update_time"), *(turn.created_at for turn in turns[-1:]), began),
        title=text(raw.get("title"))[:200],
        titled_by="person",
        system=tree.system[:100_000],
        pinned_at=moment(raw.get("pinned_time")),
        archived_at=first_moment(raw.get("update_time"), began) if raw.get("is_archived") is True else None,
        shown=tree.number_of(text(raw.get("current_node"))),
        messages=turns,
    )
    notes = [f"{lost} messages hang in a circle and were left out."] if lost else []
    return Incoming(chat, [*missing(tree.files), *notes])


def _nodes(found: dict[str, Any]) -> list[Node]:
    """The nodes by their parents' word, and versions in the order in which the parent names them."""
    places = {child: place for node in found.values() for place, child in enumerate(_children(node))}
    known = [Node(id, _parent(node), mapping(mapping(node).get("message"))) for id, node in found.items()]
    return sorted(known, key=lambda node: places.get(node.id, 0))


def _children(node: object) -> list[str]:
    return [child for child in items(mapping(node).get("children")) if isinstance(child, str)]


def _parent(node: object) -> str | None:
    parent = mapping(node).get("parent")
    return parent if isinstance(parent, str) else None


@dataclass(slots=True)
class _Tree:
    """What is kept of the nodes: which answer or question each one has become part of."""

    assets: Assets
    began: datetime
    model: str
    system: str = ""
    files: list[File] = field(default_factory=list)
    kept: list[tuple[Node, str | None]] = field(default_factory=list)  # with the kept node that it follows
    stands_for: dict[str, str | None] = field(default_factory=dict)  # each node → itself, or the kept one before it
    followed: dict[str | None, int] = field(default_factory=dict)
    made: list[Answer] = field(default_factory=list)
    places: dict[str, Answer] = field(default_factory=dict)

    def add(self, node: Node, parent: str | None) -> None:
        """Look at one node; its parent was before it."""
        before = None if parent is None else self.stands_for[parent]
        self.system = self.system or instructions_of(node.value)
        if is_hidden(node.value):
            self.stands_for[node.id] = before
            return
        self.stands_for[node.id] = node.id
        self.followed[before] = self.followed.get(before, 0) + 1
        self.kept.append((node, before))

    def turns(self) -> list[Turn]:
        """The messages."""
        for node, before in self.kept:
            self.places[node.id] = self._answer(node, before)
        for number, answer in enumerate(self.made, 1):
            answer.number = number
        return [answer.turn() for answer in self.made]

    def number_of(self, node: str) -> int | None:
        """The message that a node has become part of, or the last one before it."""
        stands_for = self.stands_for.get(node)
        return None if stands_for is None else self.places[stands_for].number

    def _answer(self, node: Node, before: str | None) -> Answer:
        message = node.value
        earlier = None if before is None else self.places[before]
        is_user = mapping(message.get("author")).get("role") == "user"
        goes_on = earlier is not None and earlier.role == "assistant" and not is_user and self.followed[before] == 1
        if goes_on and earlier is not None:
            answer = earlier
        else:
            answer = Answer("user" if is_user else "assistant", self._time(message, earlier), earlier)
            self.made.append(answer)
        if is_user:
            answer.files = files_of(message, self.assets)
            self.files += answer.files
            answer.text = with_missing(said_of(message), answer.files)
        else:
            self._go_on(answer, message)
        return answer

    def _go_on(self, answer: Answer, message: dict[str, Any]) -> None:
        named = text(mapping(message.get("metadata")).get("model_slug")) or self.model
        answer.model = answer.model or named[:200]
        answer.finished_at = moment(message.get("create_time")) or answer.finished_at
        parts: list[Part] = parts_of(message, self.assets)
        self.files += [part for part in parts if isinstance(part, File)]
        for part in parts:
            answer.add(part)

    def _time(self, message: dict[str, Any], earlier: Answer | None) -> datetime:
        return first_moment(message.get("create_time"), earlier and earlier.created_at.isoformat(), self.began)
