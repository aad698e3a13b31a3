"""Versions of a message that are made without a model, and the way to be rid of one."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from thinkback.chat.frames import Rewrite
from thinkback.chat.models import Conversation, Message
from thinkback.chat.tree import Tree
from thinkback.chat.turns import Turn, Unfit, check_free, own_conversation, prompt_of
from thinkback.chat.wellformed import wellformed

EDITED = "edited"  # in the place of a reason that a model ended for


def rewrite(user_id: int, frame: Rewrite) -> Turn:
    """An answer in a person's words, beside the model's. Raises Unfit."""
    if not frame.text.strip():
        raise Unfit("empty", "Write something first.")
    with transaction.atomic():
        old = Message.objects.filter(id=frame.message, conversation__user_id=user_id, role="assistant").first()
        if old is None:
            raise Unfit("not_found", "This answer is not there any more. Load the page again.")
        conversation = own_conversation(user_id, old.conversation_id)
        sent = Message.objects.filter(conversation=conversation, client_id=frame.client_id).first()
        check_free(conversation)
        now = timezone.now()
        made = sent or Message.objects.create(
            conversation=conversation,
            parent_id=old.parent_id,
            role="assistant",
            text=wellformed(frame.text),
            slug=old.slug,
            model=old.model,
            finish=EDITED,
            client_id=frame.client_id,
            created_at=now,
            finished_at=now,
        )
        conversation.leaf, conversation.updated_at = made, now
        conversation.save(update_fields=["leaf", "updated_at"])
    return Turn(conversation, made, (made,), prompt_of(conversation, made), is_new=sent is None)


def delete(user_id: int, conversation_id: UUID, message_id: UUID) -> Conversation:
    """Remove a version of a message with all that follows it; another one is shown. Raises Unfit."""
    with transaction.atomic():
        conversation = own_conversation(user_id, conversation_id)
        message = Message.objects.filter(id=message_id, conversation=conversation).first()
        if message is None:
            raise Unfit("not_found", "This message is not there any more.")
        check_free(conversation)
        tree = Tree.of(conversation.id)
        versions = tree.versions(message_id)
        if len(versions) < 2:
            raise Unfit("only_version", "There is no other version of this message. Delete the chat instead.")
        if message_id in tree.path_to(conversation.leaf_id):
            place = versions.index(message_id)
            conversation.leaf_id = tree.end_of(versions[place - 1] if place else versions[1])
            conversation.save(update_fields=["leaf"])
        message.delete()
    return conversation
