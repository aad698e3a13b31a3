"""The messages of a conversation as a tree: the branch that is shown, and the versions beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from thinkback.chat.models import Conversation, Message


@dataclass(frozen=True, slots=True)
class Tree:
    """Who follows whom. Identifiers are time-ordered, so children are in order of age."""

    parents: dict[UUID, UUID | None]
    children: dict[UUID | None, list[UUID]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, conversation_id: UUID) -> Tree:
        """The tree of a conversation, without its texts."""
        rows = Message.objects.filter(conversation_id=conversation_id).order_by("id").values_list("id", "parent_id")
        tree = cls(dict(rows))
        for id, parent in tree.parents.items():
            tree.children[parent].append(id)
        return tree

    def path_to(self, leaf: UUID | None) -> list[UUID]:
        """From the first message to this one."""
        return list(self._upwards(leaf))[::-1]

    def versions(self, id: UUID) -> list[UUID]:
        """This message and those that were made in its place, oldest first."""
        return self.children[self.parents[id]]

    def end_of(self, id: UUID) -> UUID:
        """The end of the newest branch through this message."""
        while below := self.children.get(id):
            id = below[-1]
        return id

    def _upwards(self, id: UUID | None) -> Iterator[UUID]:
        while id is not None and id in self.parents:
            yield id
            id = self.parents[id]


def branch(conversation: Conversation, tree: Tree, last: UUID | None = None) -> list[Message]:
    """The messages that are shown, first to last; to a page that shows this `last` one, those of its own branch."""
    shown = tree.path_to(conversation.leaf_id)
    if last in tree.parents and last not in shown:
        assert last is not None
        shown = tree.path_to(tree.end_of(last))
    return _found(shown)


def path_to(conversation_id: UUID, id: UUID | None) -> list[Message]:
    """The messages from the first to this one, whichever branch is shown."""
    return _found(Tree.of(conversation_id).path_to(id))


def _found(ids: list[UUID]) -> list[Message]:
    found = Message.objects.in_bulk(ids)
    return [found[id] for id in ids if id in found]
