"""Messages that wait for the answer before them. Each is stored before its page is told, and becomes a message once."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.db import transaction

from thinkback.chat import drafts, turns
from thinkback.chat.frames import Send
from thinkback.chat.frames_beside import Named
from thinkback.chat.models import Conversation, Message, Queued
from thinkback.chat.turns import Turn, Unfit, own_conversation
from thinkback.chat.wellformed import wellformed

MOST = 50
OPEN = (Message.Status.STREAMING, Message.Status.WAITING)


def put(user_id: int, frame: Send) -> bool:
    """Keep a message for later; False where it can be sent at once, or was. Raises Unfit."""
    assert frame.conversation is not None
    with transaction.atomic():
        conversation = own_conversation(user_id, frame.conversation)
        if Message.objects.filter(conversation=conversation, client_id=frame.client_id).exists():
            return False
        queue = Queued.objects.filter(conversation=conversation)
        if queue.filter(client_id=frame.client_id).exists():
            return True
        if not is_busy(conversation) and not queue.exists():
            return False
        if not frame.text.strip() and not frame.attachments:
            raise Unfit("empty", "Write something first.")
        if queue.count() >= MOST:
            raise Unfit("full", f"At most {MOST} messages can wait.")
        Queued.objects.create(
            conversation=conversation,
            client_id=frame.client_id,
            text=wellformed(frame.text),
            attachments=[str(id) for id in frame.attachments],
            slug=frame.slug,
            model=frame.model,
            beside=msgspec.to_builtins(frame.models),
        )
        drafts.take(user_id, frame.conversation, frame.text, frame.attachments)
    return True


def send_next(user_id: int, conversation_id: UUID, boot_id: UUID | None, id: UUID | None, after: UUID | None) -> Turn:
    """Make a turn of the first that waits, or of this one: as a message it stands before it is gone from here.

    It comes `after` an answer, or at the end of what is shown. Raises Unfit.
    """
    with transaction.atomic():
        conversation = own_conversation(user_id, conversation_id)
        rows = Queued.objects.filter(conversation=conversation)
        row = rows.first() if id is None else rows.filter(id=id).first()
        if row is None:
            raise Unfit("not_found", "This message does not wait any more.")
        frame = Send(row.client_id, row.text, row.slug, row.model, conversation.id, _after(conversation, after))
        files, beside = [UUID(id) for id in row.attachments], msgspec.convert(row.beside, list[Named])
        turn = turns.begin(user_id, msgspec.structs.replace(frame, attachments=files, models=beside), boot_id)
        row.delete()
    return turn


def remove(user_id: int, id: UUID) -> UUID:
    """Take one out; its conversation. Raises Unfit."""
    with transaction.atomic():
        row = find(user_id, id)
        row.delete()
    return row.conversation_id


def find(user_id: int, id: UUID) -> Queued:
    """One of this user. Raises Unfit."""
    own = Queued.objects.filter(conversation__user_id=user_id, conversation__trashed_at=None)
    row = own.filter(id=id).first()
    if row is None:
        raise Unfit("not_found", "This message does not wait any more.")
    return row


def is_busy(conversation: Conversation) -> bool:
    """Whether an answer is being made, or waits for approval."""
    return Message.objects.filter(conversation=conversation, status__in=OPEN).exists()


def _after(conversation: Conversation, answer: UUID | None) -> UUID | None:
    """The answer, or the one beside it that was chosen meanwhile."""
    leaf = conversation.leaf
    if answer is None or leaf is None:
        return None
    beside = Message.objects.filter(id=answer, parent_id=leaf.parent_id).exists()
    return leaf.id if beside else answer
