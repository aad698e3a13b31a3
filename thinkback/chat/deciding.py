"""A reader decides on the tools that an answer waits for. What he decides is stored before anything is run."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from thinkback.chat import calling
from thinkback.chat.frames import Decide
from thinkback.chat.models import Conversation, Message
from thinkback.chat.rounds import DENIED, Call, Round, read, to_store
from thinkback.chat.turns import Turn, Unfit, prompt_of


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of it: the answer that goes on, with its rounds so far, unless others are still to be decided on."""

    message: Message
    rounds: list[Round]
    turn: Turn | None = None


def decide(user_id: int, frame: Decide, boot_id: UUID | None) -> Decided:
    """Store a decision; one that came too late changes nothing. Raises Unfit."""
    with transaction.atomic():
        message = find(user_id, frame.message)
        rounds = read(message.rounds)
        waiting = [call for round in rounds[-1:] for call in round.calls if call.state == "waiting"]
        call = next((call for call in waiting if call.key == frame.call), None)
        if message.status != Message.Status.WAITING or call is None:
            return Decided(message, rounds)
        _apply(message.conversation, waiting, call, frame.choice)
        goes_on = all(call.state != "waiting" for call in waiting)
        if goes_on:
            message.status, message.boot_id = Message.Status.STREAMING, boot_id
        message.rounds = to_store(rounds)
        message.save(update_fields=["rounds", "status", "boot_id"])
    if not goes_on:
        return Decided(message, rounds)
    return Decided(
        message, rounds, Turn(message.conversation, message, (message,), prompt_of(message.conversation, message))
    )


def stop(user_id: int, message_id: UUID) -> Message | None:
    """End an answer that waits; None for one that does not."""
    with transaction.atomic():
        message = find(user_id, message_id)
        if message.status != Message.Status.WAITING:
            return None
        rounds = read(message.rounds)
        calling.break_off(rounds[-1].calls)
        message.rounds, message.status = to_store(rounds), Message.Status.STOPPED
        message.finished_at = timezone.now()
        message.save(update_fields=["rounds", "status", "finished_at"])
    return message


def find(user_id: int, message_id: UUID) -> Message:
    """A message of this user, in a conversation that is not in the trash. Raises Unfit."""
    own = Message.objects.select_for_update().filter(conversation__user_id=user_id, conversation__trashed_at=None)
    message = own.filter(id=message_id).first()
    if message is None:
        raise Unfit("not_found", _("This answer is not there any more. Load the page again."))
    return message


def _apply(conversation: Conversation, waiting: list[Call], call: Call, choice: str) -> None:
    if choice == "deny":
        call.end("denied", DENIED)
        return
    call.state = "allowed"
    if choice == "always":
        for other in waiting:
            if other.grant == call.grant:
                other.state = "allowed"
        conversation.allowed_tools = sorted({*conversation.allowed_tools, call.grant})
        conversation.save(update_fields=["allowed_tools"])
