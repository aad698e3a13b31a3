"""What is searched: the words of every message and title, and which of them are out of date."""

from __future__ import annotations

from django.db import models

from thinkback.chat.models import Conversation, Message


class Entry(models.Model):
    """The words of one message, or of the title of a conversation (then `message` is NULL).

    Beside it the database keeps an index of its own (`index.py`); triggers remove what belongs to a deleted row.
    """

    target = models.UUIDField(unique=True)  # the message or the conversation
    conversation = models.ForeignKey(Conversation, models.DO_NOTHING, related_name="+", db_constraint=False)
    message = models.ForeignKey(
        Message, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    owner = models.CharField(max_length=30)  # a word for whose it is, so that the index itself tells users apart
    words = models.TextField()

    class Meta:
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"words of {self.target}"


class Due(models.Model):
    """A message or title that changed since its words were taken. Written by triggers, whoever changes it."""

    target = models.UUIDField(primary_key=True)
    user_id = models.BigIntegerField(db_index=True)
    change = models.BigIntegerField(default=0)  # counts, so that one that comes meanwhile is not taken for done

    class Meta:
        verbose_name_plural = "due"

    def __str__(self) -> str:
        return f"due: {self.target}"
