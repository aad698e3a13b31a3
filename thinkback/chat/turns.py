"""Beginning an answer: the user's message and the empty answer are stored before anything is asked of a model."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from providers import Message as Said
from providers import Prompt
from proxy.call import new_id
from thinkback.chat.frames import Regenerate, Send
from thinkback.chat.models import Conversation, Message
from thinkback.chat.titles import title_of
from thinkback.chat.tree import Tree, branch
from thinkback.chat.wellformed import wellformed


class Unfit(Exception):
    """What was asked cannot be done; `type` is for the page, the message for its reader."""

    def __init__(self, type: str, message: str, client_id: UUID | None = None) -> None:
        super().__init__(message)
        self.type = type
        self.message = message
        self.client_id = client_id


@dataclass(frozen=True, slots=True)
class Turn:
    """An answer that is to be made. `is_new` is False when this was sent before and is under way or finished."""

    conversation: Conversation
    answer: Message
    shown: tuple[Message, ...]  # what is new on the page, first to last
    prompt: Prompt
    is_new: bool = True

    @property
    def parent_id(self) -> UUID | None:
        """After which message the new ones stand."""
        return self.shown[0].parent_id


def begin(user_id: int, frame: Send, boot_id: UUID | None) -> Turn:
    """Store a message and an empty answer to it. Raises Unfit."""
    if not frame.text.strip():
        raise Unfit("empty", "Write something first.")
    with transaction.atomic():
        sent = Message.objects.filter(conversation__user_id=user_id, client_id=frame.client_id).first()
        if sent is not None:
            return _again(sent)
        conversation = _find_or_make(user_id, frame)
        asked = Message.objects.create(
            conversation=conversation,
            parent_id=_parent(conversation, frame.parent),
            role="user",
            text=wellformed(frame.text),
            client_id=frame.client_id,
            created_at=timezone.now(),
        )
        answer = _answer(asked, frame.slug, frame.model, boot_id)
    return Turn(conversation, answer, (asked, answer), prompt_of(conversation, answer))


def begin_again(user_id: int, frame: Regenerate, boot_id: UUID | None) -> Turn:
    """Store an empty answer beside an earlier one. Raises Unfit."""
    with transaction.atomic():
        old = Message.objects.select_related("conversation", "parent").filter(id=frame.message).first()
        if old is None or old.conversation.user_id != user_id or old.role != "assistant" or old.parent is None:
            raise Unfit("not_found", "This answer is not there any more. Load the page again.")
        if Message.objects.filter(conversation=old.conversation, status="streaming").exists():
            raise Unfit("busy", "An answer is being written. Wait for it, or stop it first.")
        answer = _answer(old.parent, frame.slug or old.slug, frame.model or old.model, boot_id)
    return Turn(answer.conversation, answer, (answer,), prompt_of(answer.conversation, answer))


def prompt_of(conversation: Conversation, answer: Message) -> Prompt:
    """What is said to the model: the branch above the answer. What one side said in a row becomes one message."""
    tree = Tree.of(conversation.id)
    said: list[Said] = []
    for message in branch(conversation, tree):
        if message.id == answer.id or not message.text:
            continue
        role: str = message.role
        text = message.text
        if said and said[-1].role == role:
            text = f"{said.pop().text}\n\n{text}"
        said.append(Said("user" if role == "user" else "assistant", text))
    return Prompt(answer.model, tuple(said), conversation.system)


def _again(sent: Message) -> Turn:
    answer = Message.objects.filter(parent=sent, role="assistant").order_by("id").last()
    if answer is None:
        raise Unfit("not_found", "This message was sent before, and its answer is gone.")
    return Turn(sent.conversation, answer, (sent, answer), Prompt("", ()), is_new=False)


def _find_or_make(user_id: int, frame: Send) -> Conversation:
    if frame.conversation is None:
        now = timezone.now()
        return Conversation.objects.create(user_id=user_id, title=title_of(frame.text), created_at=now, updated_at=now)
    found = Conversation.objects.filter(id=frame.conversation, user_id=user_id, trashed_at=None).first()
    if found is None:
        raise Unfit("not_found", "This chat is not there any more.")
    if Message.objects.filter(conversation=found, status="streaming").exists():
        raise Unfit("busy", "An answer is being written. Wait for it, or stop it first.")
    return found


def _parent(conversation: Conversation, parent: UUID | None) -> UUID | None:
    """The message that the page showed last; an older page thus makes a branch, and overwrites nothing."""
    if parent is None:
        return conversation.leaf_id
    if not Message.objects.filter(id=parent, conversation=conversation).exists():
        raise Unfit("not_found", "The message before this one is not there any more. Load the page again.")
    return parent


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
    conversation.updated_at = now
    conversation.title = conversation.title or title_of(asked.text)
    conversation.save(update_fields=["leaf", "slug", "model", "updated_at", "title"])
    return answer
