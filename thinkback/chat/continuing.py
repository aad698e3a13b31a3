"""Going on with an answer that was broken off: in the same message, after what stands there, which never changes."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from thinkback.chat import calling
from thinkback.chat.deciding import Decided, find
from thinkback.chat.frames import Continue
from thinkback.chat.models import Message
from thinkback.chat.rounds import Round, Thought, Words, read, to_store
from thinkback.chat.turns import Turn, Unfit, check_free_beside, prompt_of

BROKEN_OFF = (Message.Status.STOPPED, Message.Status.INTERRUPTED, Message.Status.ERROR)


def can_continue(message: Message) -> bool:
    """Whether there is something to go on from, and more to come."""
    cut = message.status in BROKEN_OFF or (message.status == Message.Status.DONE and message.finish == "length")
    return message.role == "assistant" and cut and bool(message.text.strip() or message.rounds)


def go_on(user_id: int, frame: Continue, boot_id: UUID | None) -> Decided:
    """Open the answer again. Raises Unfit."""
    with transaction.atomic():
        message = find(user_id, frame.message)
        if message.status == Message.Status.STREAMING:  # asked for twice
            return Decided(message, [])
        check_free_beside(message)
        if not can_continue(message):
            raise Unfit("not_found", _("There is nothing to continue in this answer."))
        if message.children.exists():
            raise Unfit("not_last", _("Other messages stand below this answer. Only the last one can be continued."))
        rounds = rounds_of(message)
        calling.break_off(rounds[-1].calls)
        message.rounds, message.error, message.finish, message.finished_at = to_store(rounds), None, "", None
        message.status, message.boot_id = Message.Status.STREAMING, boot_id
        message.save(update_fields=["rounds", "error", "finish", "finished_at", "status", "boot_id"])
        conversation = message.conversation
        conversation.leaf, conversation.updated_at = message, timezone.now()
        conversation.save(update_fields=["leaf", "updated_at"])
    return Decided(message, rounds, Turn(conversation, message, (message,), prompt_of(conversation, message)))


def rounds_of(message: Message) -> list[Round]:
    """The rounds of a message, also of one that is stored without."""
    if message.rounds:
        return read(message.rounds)
    thought = [Thought(message.reasoning)] if message.reasoning else []
    return [Round(message.operation_id or message.id, [*thought, Words(message.text)], message.thought)]
