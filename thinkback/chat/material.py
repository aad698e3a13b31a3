"""What is needed to draw messages, read from the database in one go, so that drawing itself can run elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from thinkback.attachments import enclosing
from thinkback.attachments.models import Attachment
from thinkback.chat import groups, preferences
from thinkback.chat.models import Conversation, Message
from thinkback.chat.tree import Tree, branch
from thinkback.connections.models import Connection
from thinkback.connections.shared import SHARED
from thinkback.routing import aliases
from thinkback.usage.reports import OperationTotals, totals_of

WINDOW = 30  # messages that come with a page; the earlier ones are asked for


@dataclass(frozen=True, slots=True)
class Material:
    """Messages with the tree that they stand in, the names of the user's connections, and what the answers cost."""

    conversation: Conversation
    messages: list[Message]
    tree: Tree
    names: dict[str, str]
    totals: dict[UUID, OperationTotals]
    enclosed: dict[UUID, list[Attachment]]
    group: list[Message] = field(default_factory=list)  # the answers side by side at the end of the branch
    opens_reasoning: bool = False  # while an answer is made

    def place_of(self, message: Message) -> UUID:
        """What the page calls it: answers side by side stand in one place, that of their comparison."""
        return message.comparison if self.is_grouped(message) and message.comparison is not None else message.id

    def is_grouped(self, message: Message) -> bool:
        """Whether it stands beside others."""
        return any(message.id == other.id for other in self.group)

    def newest(self, before: UUID | None = None) -> list[Message]:
        """What a page begins with: the end of the branch, or what stands before one of its messages."""
        ids = [message.id for message in self.messages]
        end = ids.index(before) if before in ids else len(ids)
        return self.messages[max(0, end - WINDOW) : end]

    def since(self, first: UUID | None) -> list[Message]:
        """The branch from the first message that a page shows; a page that shows none gets its end."""
        ids = [self.place_of(message) for message in self.messages]
        return self.messages[ids.index(first) :] if first in ids else self.newest()


async def is_own(user_id: int, conversation_id: UUID) -> bool:
    """Whether this is a conversation of this user, and not in the trash."""
    return await Conversation.objects.filter(id=conversation_id, user_id=user_id, trashed_at=None).aexists()


def of_branch(user_id: int, conversation_id: UUID, last: UUID | None = None) -> Material | None:
    """Everything that is shown of a conversation of this user; None if it is not his, or in the trash.

    A page that shows a `last` message keeps its branch.
    """
    conversation = Conversation.objects.filter(id=conversation_id, user_id=user_id, trashed_at=None).first()
    if conversation is None:
        return None
    tree = Tree.of(conversation.id)
    return _material(conversation, branch(conversation, tree, last), tree)


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
    names = {slug: str(shared.columns["name"]) for slug, shared in SHARED.known.items()}
    names |= dict(Connection.objects.filter(user_id=conversation.user_id).values_list("slug", "name"))
    names[aliases.SLUG] = "Alias"
    opens = bool(preferences.of(conversation.user_id)["opens_reasoning"])
    enclosed = enclosing.of(message.id for message in messages if message.role == "user")
    group = groups.shown_in(conversation)
    totals = totals_of(operations_of([*messages, *group]))
    return Material(conversation, messages, tree, names, totals, enclosed, group, opens)


def operations_of(messages: Iterable[Message]) -> dict[UUID, UUID]:
    """Those of every round → those of the answers that they are counted to."""
    found: dict[UUID, UUID] = {}
    for message in messages:
        if message.operation_id is not None:
            found[message.operation_id] = message.operation_id
            found |= {UUID(round["operation"]): message.operation_id for round in message.rounds}
    return found
