"""Leaving out the oldest messages of a chat that has become too long for its model."""

from __future__ import annotations

from collections.abc import Sequence

from thinkback.chat.model_facts import entry_of
from thinkback.chat.models import Conversation, Message
from thinkback.chat.weighing import Size, answer_room, fitting, tokens_in


def fitting_of(conversation: Conversation, answer: Message, above: Sequence[Message]) -> Sequence[Message]:
    """The messages that the model is told: all, unless the chat leaves out the oldest where they do not fit."""
    settings = conversation.parameters
    if settings.get("drop_oldest") is not True:
        return above
    entry = entry_of(conversation.user_id, answer.slug, answer.model)
    if entry is None or entry.context is None:
        return above
    taken = tokens_in(conversation.system) + answer_room(settings.get("max_output_tokens"), entry.context)
    return fitting(above, Size(entry.context, taken))
