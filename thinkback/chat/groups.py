"""Answers of several models to one question. They stand side by side until one of them is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from proxy.call import new_id
from thinkback.chat.frames_beside import Named
from thinkback.chat.models import Conversation, Message

MOST = 4  # answers side by side; what was written from them stands below, and is not counted
OPEN = (Message.Status.STREAMING, Message.Status.WAITING)


def members(comparison: UUID) -> list[Message]:
    """The answers side by side in order, and last what was written from them."""
    found = list(Message.objects.filter(comparison=comparison).order_by("place", "id"))
    return sorted(found, key=lambda message: bool(message.merges))


def shown_in(conversation: Conversation) -> list[Message]:
    """The answers side by side at the end of the branch that is shown; none where it ends in a single one."""
    leaf = conversation.leaf
    return members(leaf.comparison) if leaf is not None and leaf.comparison is not None else []


def is_open(group: Iterable[Message]) -> bool:
    """Whether any of the answers is still being made."""
    return any(message.status in OPEN for message in group)


def goes_on(group: Sequence[Message]) -> Message:
    """From which answer the next message goes on while none was kept: the merged one, else the first that is whole."""
    by_worth = sorted(group, key=lambda message: (message.status != "done", not message.text, not message.merges))
    return by_worth[0]


def beside(answer: Message, models: Sequence[Named], boot_id: UUID | None) -> list[Message]:
    """Empty answers of other models beside this one."""
    if not models:
        return []
    if answer.comparison is None:
        answer.comparison, answer.place = new_id(), 0
        answer.save(update_fields=["comparison", "place"])
    free = 1 + max(message.place for message in members(answer.comparison))
    return [open_beside(answer, named, free + number, boot_id) for number, named in enumerate(models)]


def open_beside(answer: Message, named: Named, place: int, boot_id: UUID | None) -> Message:
    """An empty answer to the same question, in the same comparison."""
    latest = max([answer.id, *Message.objects.filter(comparison=answer.comparison).values_list("id", flat=True)])
    return Message.objects.create(
        id=_id_after(latest),
        conversation=answer.conversation,
        parent_id=answer.parent_id,
        role="assistant",
        status=Message.Status.STREAMING,
        slug=named.slug,
        model=named.model,
        comparison=answer.comparison,
        place=place,
        operation_id=new_id(),
        boot_id=boot_id,
        created_at=timezone.now(),
    )


def _id_after(earlier: UUID) -> UUID:
    """A new identifier that stands after this one in every order; two of one millisecond may not."""
    while (id := new_id()) <= earlier:
        pass
    return id


def replace(old: Message, new: Message) -> None:
    """The new answer stands where the old one stood, which is a version from now on."""
    new.comparison, new.place, new.merges = old.comparison, old.place, old.merges
    new.save(update_fields=["comparison", "place", "merges"])
    Message.objects.filter(id=old.id).update(comparison=None)


def settle(conversation: Conversation, id: UUID | None) -> UUID | None:
    """Where the page shows answers side by side last (by their comparison or by one of them; None: it says nothing),
    the one that the next message goes on from; the others become its versions.
    """
    end = conversation.leaf_id if id is None else id
    own = Message.objects.filter(conversation=conversation, comparison__isnull=False)
    shown = own.filter(Q(id=end) | Q(comparison=end)).first()
    if shown is None or shown.comparison is None:
        return None
    group = members(shown.comparison)
    part(group)
    return shown.id if shown.id == id else goes_on(group).id


def part(group: Iterable[Message]) -> None:
    """They stand side by side no longer."""
    Message.objects.filter(id__in=[message.id for message in group]).update(comparison=None)
