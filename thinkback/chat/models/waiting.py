"""What is not sent yet: drafts, and messages that wait for the answer before them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from proxy.call import new_id
from thinkback.chat.models.conversation import Conversation


class Draft(models.Model):
    """What stands in a user's message field: of one conversation, or of the next new one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, blank=True, related_name="drafts")
    text = models.TextField(blank=True, default="")
    attachments = models.JSONField(blank=True, default=list)  # ids, in order
    version = models.PositiveIntegerField(default=0)  # how often it was saved: an older page overwrites nothing
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "conversation"], name="chat_one_draft"),
            models.UniqueConstraint(fields=["user"], condition=models.Q(conversation=None), name="chat_one_new_draft"),
        ]

    def __str__(self) -> str:
        return f"draft of {self.user_id} for {self.conversation_id or 'a new chat'}"


class Queued(models.Model):
    """A message that is sent when the answer before it has ended."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="queue")
    client_id = models.UUIDField()  # chosen by the page, so that sending twice is harmless
    text = models.TextField()
    attachments = models.JSONField(blank=True, default=list)  # ids, in order
    slug = models.CharField(max_length=100)
    model = models.CharField(max_length=200)
    beside = models.JSONField(blank=True, default=list)  # [{slug, model}]: asked the same beside the first one
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["conversation", "client_id"], name="chat_queued_once")]

    def __str__(self) -> str:
        return f"queued {self.id}"
