"""Beginning, widening and ending a comparison of answers; having one written from them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from proxy.call import new_id
from thinkback.chat import groups, turns
from thinkback.chat.frames_beside import Compare, Keep, Merge, Named
from thinkback.chat.models import Conversation, Message
from thinkback.chat.tree import Tree
from thinkback.chat.turns import Turn, Unfit

GONE = "This comparison is not there any more. Load the page again."


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer that was kept, the branch that goes on from it, and those that stood beside it."""

    conversation: Conversation
    shown: list[UUID]
    parent_id: UUID | None
    left: list[UUID]


@dataclass(frozen=True, slots=True)
class Widened:
    """A comparison with one answer more, or of answers that were there. `is_new`: its answers stood alone before."""

    conversation: Conversation
    comparison: UUID
    is_new: bool
    turn: Turn | None


def compare(user_id: int, frame: Compare, boot_id: UUID | None) -> Widened:
    """Put another model's answer beside one, or its versions. Raises Unfit."""
    with transaction.atomic():
        old = _own(user_id, frame.message)
        is_new = old.comparison is None
        turns.check_free_beside(old)
        fresh = _beside(old, frame, boot_id) if frame.model else None
        if old.comparison is None:
            _show_versions(old)
        conversation = old.conversation
        conversation.leaf = old
        conversation.save(update_fields=["leaf"])
    assert old.comparison is not None
    turn = None if fresh is None else turns.turn_of(conversation, fresh)
    return Widened(conversation, old.comparison, is_new, turn)


def keep(user_id: int, frame: Keep) -> Kept:
    """End a comparison: the conversation goes on from this answer. Raises Unfit."""
    with transaction.atomic():
        kept = _own(user_id, frame.message)
        if kept.comparison is None:
            raise Unfit("not_found", GONE)
        group = groups.members(kept.comparison)
        groups.part(group)
        tree = Tree.of(kept.conversation_id)
        conversation = kept.conversation
        conversation.leaf_id = tree.end_of(kept.id)
        conversation.slug, conversation.model = kept.slug, kept.model
        conversation.save(update_fields=["leaf", "slug", "model"])
    path = tree.path_to(conversation.leaf_id)
    left = [message.id for message in group if message.id != kept.id]
    return Kept(conversation, path[path.index(kept.id) :], kept.parent_id, left)


def merge(user_id: int, frame: Merge, boot_id: UUID | None) -> Turn:
    """An empty answer that is to be written from those of a comparison. Raises Unfit."""
    with transaction.atomic():
        group = [message for message in groups.members(frame.comparison) if message.conversation.user_id == user_id]
        if not group:
            raise Unfit("not_found", GONE)
        if groups.is_open(group):
            raise Unfit("busy", "Wait until all answers have ended, or stop them, then merge.")
        said = [message for message in group if message.text.strip() and not message.merges]
        if len(said) < 2:
            raise Unfit("too_few", "There are fewer than two answers to merge.")
        groups.part(message for message in group if message.merges)  # an earlier one becomes a version
        answer = groups.open_beside(group[0], Named(frame.slug, frame.model), len(group), boot_id)
        answer.merges = [str(message.id) for message in said]
        answer.save(update_fields=["merges"])
    return turns.turn_of(answer.conversation, answer)


def _beside(old: Message, frame: Compare, boot_id: UUID | None) -> Message:
    group = [] if old.comparison is None else groups.members(old.comparison)
    if sum(not message.merges for message in group) >= groups.MOST:
        raise Unfit("too_many", f"At most {groups.MOST} answers stand side by side.")
    return groups.beside(old, [Named(frame.slug or old.slug, frame.model)], boot_id)[0]


def _show_versions(old: Message) -> None:
    siblings = Message.objects.filter(parent_id=old.parent_id, role="assistant").exclude(id=old.id).order_by("-id")
    chosen = [*siblings[: groups.MOST - 1]][::-1]
    if not chosen:
        raise Unfit("too_few", "There is only one version of this answer.")
    chosen.append(old)
    comparison = new_id()
    for place, message in enumerate(sorted(chosen, key=lambda message: message.id)):
        Message.objects.filter(id=message.id).update(comparison=comparison, place=place)
    old.comparison = comparison


def _own(user_id: int, id: UUID) -> Message:
    own = Message.objects.select_related("conversation").filter(
        conversation__user_id=user_id, conversation__trashed_at=None, role="assistant", parent__isnull=False
    )
    message = own.filter(id=id).first()
    if message is None:
        raise Unfit("not_found", "This answer is not there any more. Load the page again.")
    return message
