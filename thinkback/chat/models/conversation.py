"""Conversations: what is asked with, where they stand in the list, and which branch is shown."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from proxy.call import new_id
from thinkback.chat.models.order import Folder, Tag


class Conversation(models.Model):
    """A conversation of one user. The branch that is shown ends at `leaf`."""

    class TitledBy(models.TextChoices):
        WORDS = "words"  # the first words of the first message
        MODEL = "model"
        PERSON = "person"  # stays as it is

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations")
    title = models.CharField(max_length=200, blank=True, default="")
    titled_by = models.CharField(max_length=10, choices=TitledBy.choices, default=TitledBy.WORDS)
    slug = models.CharField(max_length=100, blank=True, default="")  # of the connection used last
    model = models.CharField(max_length=200, blank=True, default="")
    system = models.TextField(blank=True, default="")
    parameters = models.JSONField(
        blank=True, default=dict
    )  # {temperature, top_p, max_output_tokens, …}, sent with each
    tools = models.JSONField(blank=True, default=list)  # the keys of those that its models are offered
    allowed_tools = models.JSONField(blank=True, default=list)  # the grants of those that run without approval
    leaf = models.ForeignKey("Message", models.SET_NULL, null=True, blank=True, related_name="+")
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, blank=True, related_name="conversations")
    tags: models.ManyToManyField[Tag, models.Model] = models.ManyToManyField(
        Tag, blank=True, related_name="conversations"
    )
    temporary = models.BooleanField(default=False)  # in no list and no search, and gone soon after it was left
    origin = models.CharField(max_length=200, blank=True, default="")  # of an import: `chatgpt:<id>`, `thinkback:<id>`
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(
        null=True, blank=True
    )  # when its owner looked at it last; before `updated_at`: unread
    pinned_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    trashed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index("user", models.F("updated_at").desc(), name="chat_user_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "origin"], condition=~models.Q(origin=""), name="chat_imported_once_for_each_user"
            )
        ]

    def __str__(self) -> str:
        return self.title or str(self.id)

    @property
    def is_unread(self) -> bool:
        """Whether its answer ended after its owner looked at it last."""
        ended = None if self.leaf is None else self.leaf.finished_at
        return self.seen_at is not None and ended is not None and ended > self.seen_at
