"""What is needed to draw messages, read from the database in one go, so that drawing itself can run elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from thinkback.chat.models import Conversation, Message
from thinkback.chat.tree import Tree, branch
from thinkback.connections.models import Connection
from thinkback.usage.reports import OperationTotals, totals_of

WINDOW = 40  # messages that come with a page; the earlier ones are asked for


@dataclass(frozen=True, slots=True)
class Material:
    """Messages with the tree that they stand in, the names of the user's connections, and what the answers cost."""

    conversation: Conversation
    messages: list[Message]
    tree: Tree
    names: dict[str, str]
    totals: dict[UUID, OperationTotals]

    def newest(self, before: UUID | None = None) -> list[Message]:
        """What a page begins with: the end of the branch, or what stands before one of its messages."""
        ids = [message.id for message in self.messages]
        end = ids.index(before) if before in ids else len(ids)
        return self.messages[max(0, end - WINDOW) : end]

    def since(self, first: UUID | None) -> list[Message]:
        """The branch from the first message that a page shows; a page that shows none gets its end."""
        ids = [message.id for message in self.messages]
        return self.messages[ids.index(first) :] if first in ids else self.newest()


async def is_own(user_id: int, conversation_id: UUID) -> bool:
    """Whether this is a conversation of this user, and not in the trash."""
    return await Conversation.objects.filter(id=conversation_id, user_id=user_id, trashed_at=None).aexists()


def of_branch(user_id: int, conversation_id: UUID) -> Material | None:
    """Everything that is shown of a conversation of this user; None if it is not his, or in the trash."""
    conversation = Conversation.objects.filter(id=conversation_id, user_id=user_id, trashed_at=None).first()
    if conversation is None:
        return None
    tree = Tree.of(conversation.id)
    return _material(conversation, branch(conversation, tree), tree)


def of_messages(conversation_id: UUID, ids: Iterable[UUID]) -> Material | None:
    """Some messages of a conversation, in the order asked for; None when it is gone."""
    conversation = Conversation.objects.filter(id=conversation_id).first()
    if conversation is None:
        return None
    wanted = list(ids)  # two made in the same millisecond are in no order of their own
    found = Message.objects.filter(conversation=conversation).in_bulk(wanted)
    messages = [found[id] for id in wanted if id in found]
    return _material(conversation, messages, Tree.of(conversation.id))


def _material(conversation: Conversation, messages: list[Message], tree: Tree) -> Material:
    names = dict(Connection.objects.filter(user_id=conversation.user_id).values_list("slug", "name"))
    operations = [message.operation_id for message in messages if message.operation_id is not None]
    return Material(conversation, messages, tree, names, totals_of(operations))
