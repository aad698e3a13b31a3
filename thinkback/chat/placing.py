"""Where a new message stands in the tree. Nothing is overwritten: what stands in its way becomes another version."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from thinkback.chat import groups
from thinkback.chat.frames import Send
from thinkback.chat.models import Conversation, Message
from thinkback.chat.tree import Tree


class Place(NamedTuple):
    """After which message it stands, and the end of the branch that went on from there without this page's knowing."""

    parent: UUID | None
    aside: UUID | None = None
    kept: UUID | None = None  # the one of several answers side by side that it goes on from


def place_of(conversation: Conversation, frame: Send) -> Place | None:
    """Where the message of a page stands; None when what it refers to is gone."""
    tree = Tree.of(conversation.id)
    if frame.instead is not None:
        is_own = Message.objects.filter(id=frame.instead, conversation=conversation, role="user").exists()
        return Place(tree.parents[frame.instead]) if is_own else None
    kept = groups.settle(conversation, frame.parent)
    parent = kept or frame.parent
    if parent is None:
        return Place(conversation.leaf_id)
    if parent not in tree.parents:
        return None
    others = tree.children.get(parent, [])
    if not others:
        return Place(parent, kept=kept)
    shown = conversation.leaf_id
    return Place(parent, shown if parent in tree.path_to(shown)[:-1] else tree.end_of(others[-1]), kept)
