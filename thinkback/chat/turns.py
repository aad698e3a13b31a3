"""Beginning an answer: the user's message and the empty answer are stored before anything is asked of a model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from providers import Message as Said
from providers import Prompt
from proxy.call import new_id
from thinkback.attachments import enclosing, telling
from thinkback.attachments.models import Attachment
from thinkback.chat import drafts, groups, pictures, synthesis
from thinkback.chat.frames import Controls, Regenerate, Send
from thinkback.chat.models import Conversation, Message
from thinkback.chat.placing import place_of
from thinkback.chat.rounds import exchanged, in_turns, read
from thinkback.chat.shortening import fitting_of
from thinkback.chat.titles import title_of
from thinkback.chat.tree import path_to
from thinkback.chat.wellformed import wellformed
from thinkback.presets import parameters
from thinkback.routing import aliases

MANNERS = {  # said behind the question, of one answer alone: no message has it
    "concise": "Answer more concisely than you usually would: only what matters most.",
    "detailed": "Answer in more detail than you usually would, with reasons and examples.",
}


class Unfit(Exception):
    """What was asked cannot be done; `type` is for the page, the message for its reader."""

    def __init__(self, type: str, message: str, client_id: UUID | None = None) -> None:
        super().__init__(message)
        self.type = type
        self.message = message
        self.client_id = client_id


@dataclass(frozen=True, slots=True)
class Turn:
    """An answer that is to be made. `is_new` is False when this was sent before and is under way or finished.

    `aside` is the end of what was written after the same message without this page's knowing.
    """

    conversation: Conversation
    answer: Message
    shown: tuple[Message, ...]  # what is new on the page, first to last
    prompt: Prompt
    is_new: bool = True
    aside: UUID | None = None
    beside: tuple[Turn, ...] = ()  # the same question to other models

    @property
    def parent_id(self) -> UUID | None:
        """After which message the new ones stand."""
        return self.shown[0].parent_id


def begin(user_id: int, frame: Send, boot_id: UUID | None) -> Turn:
    """Store a message and an empty answer to it. Raises Unfit."""
    if not frame.text.strip() and not frame.attachments:
        raise Unfit("empty", _("Write something first."))
    with transaction.atomic():
        sent = Message.objects.filter(conversation__user_id=user_id, client_id=frame.client_id).first()
        if sent is not None:
            return _again(sent)
        given = _given(user_id, frame.attachments)
        conversation = _find_or_make(user_id, frame)
        place = place_of(conversation, frame)
        if place is None:
            raise Unfit("not_found", _("The message before this one is not there any more. Load the page again."))
        asked = Message.objects.create(
            conversation=conversation,
            parent_id=place.parent,
            role="user",
            text=wellformed(frame.text),
            client_id=frame.client_id,
            created_at=timezone.now(),
        )
        drafts.take(user_id, frame.conversation, frame.text, frame.attachments)
        if frame.instead is not None and not given:  # a new wording of a message keeps its files
            enclosing.share(frame.instead, asked.id)
        enclosing.enclose(asked.id, given)
        conversation.title = conversation.title or title_of(frame.text or given[0].name)
        _choose_tools(conversation, frame.tools)
        _set(conversation, frame.controls)
        answer = _answer(asked, frame.slug, frame.model, boot_id)
        others = groups.beside(answer, frame.models, boot_id)
        kept = None if place.kept is None else Message.objects.get(id=place.kept)
    shown = (asked, answer) if kept is None else (kept, asked, answer)
    beside = tuple(turn_of(conversation, other) for other in others)
    return Turn(conversation, answer, shown, prompt_of(conversation, answer), aside=place.aside, beside=beside)


def begin_again(user_id: int, frame: Regenerate, boot_id: UUID | None) -> Turn:
    """Store an empty answer beside an earlier one. Raises Unfit."""
    with transaction.atomic():
        old = Message.objects.select_related("conversation", "parent").filter(id=frame.message).first()
        if old is None or old.conversation.user_id != user_id or old.role != "assistant" or old.parent is None:
            raise Unfit("not_found", _("This answer is not there any more. Load the page again."))
        conversation = own_conversation(user_id, old.conversation_id)
        if frame.client_id is not None:
            sent = Message.objects.filter(conversation=conversation, client_id=frame.client_id).first()
            if sent is not None:
                return Turn(conversation, sent, (sent,), Prompt("", ()), is_new=False)
        check_free_beside(old)
        _choose_tools(conversation, frame.tools)
        answer = _answer(old.parent, frame.slug or old.slug, frame.model or old.model, boot_id)
        if frame.client_id is not None:
            answer.client_id = frame.client_id
            answer.save(update_fields=["client_id"])
        if old.comparison is not None:
            groups.replace(old, answer)
    turn = turn_of(answer.conversation, answer)
    if not frame.manner:
        return turn
    messages = in_turns((*turn.prompt.messages, Said("user", MANNERS[frame.manner])))
    return replace(turn, prompt=replace(turn.prompt, messages=messages))


def turn_of(conversation: Conversation, answer: Message) -> Turn:
    """An answer whose question is there already."""
    return Turn(conversation, answer, (answer,), prompt_of(conversation, answer))


def prompt_of(conversation: Conversation, answer: Message) -> Prompt:
    """What is said to the model: the branch above the answer. What one side said in a row becomes one message."""
    above = fitting_of(conversation, answer, path_to(conversation.id, answer.parent_id))
    enclosed = telling.parts_of(message.id for message in above if message.role == "user")
    said = in_turns(turn for message in above for turn in _said(message, answer, enclosed.get(message.id, ())))
    if answer.merges:
        said = in_turns((*said, Said("user", synthesis.text(answer.merges))))
    return Prompt(answer.model, said, conversation.system, **parameters.told(conversation.parameters))


def _said(message: Message, answer: Message, enclosed: tuple[telling.Enclosed, ...]) -> Iterable[Said]:
    """A message as turns. What a model signed is given back to the same one alone; an alias may lead to another."""
    if message.rounds:
        signed = answer.slug != aliases.SLUG and (message.slug, message.model) == (answer.slug, answer.model)
        rounds = read(message.rounds)
        return exchanged(rounds, signed=signed, pictures=pictures.of(rounds) if signed else {})
    if enclosed:
        return [telling.said(enclosed, message.text)]
    return [Said("user" if message.role == "user" else "assistant", message.text)] if message.text else []


def _given(user_id: int, ids: list[UUID]) -> list[Attachment]:
    try:
        return enclosing.check(user_id, ids)
    except enclosing.NotThere as error:
        raise Unfit("attachment", str(error)) from None


def check_free(conversation: Conversation) -> None:
    """Raise Unfit while an answer is being made."""
    if Message.objects.filter(conversation=conversation, status=Message.Status.STREAMING).exists():
        raise Unfit("busy", _("An answer is being written. Wait for it, or stop it first."))
    if Message.objects.filter(conversation=conversation, status=Message.Status.WAITING).exists():
        raise Unfit("busy", _("A tool waits for your approval. Allow or deny it, or stop the answer first."))


def check_free_beside(answer: Message) -> None:
    """The same, of an answer that may stand beside others: those do not matter."""
    if answer.comparison is None:
        check_free(answer.conversation)
    elif answer.status in groups.OPEN:
        raise Unfit("busy", "This answer is being written. Wait for it, or stop it first.")


def _again(sent: Message) -> Turn:
    answer = Message.objects.filter(parent=sent, role="assistant").order_by("id").last()
    if answer is None:
        raise Unfit("not_found", _("This message was sent before, and its answer is gone."))
    return Turn(sent.conversation, answer, (sent, answer), Prompt("", ()), is_new=False)


def _find_or_make(user_id: int, frame: Send) -> Conversation:
    if frame.conversation is None:
        now = timezone.now()
        times = {"created_at": now, "updated_at": now}
        return Conversation.objects.create(user_id=user_id, temporary=frame.temporary, **times)
    found = own_conversation(user_id, frame.conversation)
    check_free(found)
    return found


def own_conversation(user_id: int, id: UUID) -> Conversation:
    """A conversation of this user, kept from others until the transaction ends. Raises Unfit."""
    own = Conversation.objects.select_for_update().filter(user_id=user_id, trashed_at=None)
    found = own.filter(id=id).first()
    if found is None:
        raise Unfit("not_found", _("This chat is not there any more."))
    return found


def _set(conversation: Conversation, controls: Controls | None) -> None:
    """What was changed just before sending, or for a chat that began with this message."""
    if controls is None:
        return
    if controls.system is not None:
        conversation.system = wellformed(controls.system).strip()
    try:
        conversation.parameters = parameters.changed(conversation.parameters, controls.parameters)
    except parameters.Unfit as error:
        raise Unfit("invalid_request", _("The setting %(error)s.") % {"error": error}) from None
    conversation.save(update_fields=["system", "parameters"])


def _choose_tools(conversation: Conversation, keys: list[str] | None) -> None:
    """What is left out takes every permission of the conversation with it."""
    if keys is not None and keys != conversation.tools:
        if set(conversation.tools) - set(keys):
            conversation.allowed_tools = []
        conversation.tools = keys
        conversation.save(update_fields=["tools", "allowed_tools"])


def _answer(asked: Message, slug: str, model: str, boot_id: UUID | None) -> Message:
    now = timezone.now()
    answer = Message.objects.create(
        conversation=asked.conversation,
        parent=asked,
        role="assistant",
        status=Message.Status.STREAMING,
        slug=slug,
        model=model,
        operation_id=new_id(),
        boot_id=boot_id,
        created_at=now,
    )
    conversation = asked.conversation
    conversation.leaf, conversation.slug, conversation.model = answer, slug, model
    conversation.updated_at = conversation.seen_at = now
    conversation.title = conversation.title or title_of(asked.text)
    conversation.save(update_fields=["leaf", "slug", "model", "updated_at", "seen_at", "title"])
    return answer
