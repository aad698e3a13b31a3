"""Conversations and their messages: a tree by parent, of which one branch is shown."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from proxy.call import new_id


class Conversation(models.Model):
    """A conversation of one user. The branch that is shown ends at `leaf`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations")
    title = models.CharField(max_length=200, blank=True, default="")
    slug = models.CharField(max_length=100, blank=True, default="")  # of the connection used last
    model = models.CharField(max_length=200, blank=True, default="")
    system = models.TextField(blank=True, default="")
    leaf = models.ForeignKey("Message", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    trashed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index("user", models.F("updated_at").desc(), name="chat_user_newest")]

    def __str__(self) -> str:
        return self.title or str(self.id)


class Message(models.Model):
    """One turn. An answer is `streaming` until its job has ended, in this process or another (`boot_id`)."""

    class Status(models.TextChoices):
        STREAMING = "streaming"
        DONE = "done"
        STOPPED = "stopped"
        INTERRUPTED = "interrupted"
        ERROR = "error"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    role = models.CharField(max_length=10)  # user, assistant
    text = models.TextField(blank=True, default="")
    reasoning = models.TextField(blank=True, default="")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DONE)
    error = models.JSONField(null=True, blank=True)  # {type, message, retry_after, status}
    slug = models.CharField(max_length=100, blank=True, default="")
    model = models.CharField(max_length=200, blank=True, default="")
    operation_id = models.UUIDField(null=True, blank=True)  # of the usage records
    client_id = models.UUIDField(null=True, blank=True)  # chosen by the page, so that sending twice is harmless
    boot_id = models.UUIDField(null=True, blank=True)  # the server run that writes the answer
    version = models.PositiveIntegerField(default=0)  # how often the text was saved
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "client_id"], name="chat_one_message_per_send")]
        indexes = [models.Index(fields=["boot_id"], condition=models.Q(status="streaming"), name="chat_open_answers")]

    def __str__(self) -> str:
        return f"{self.role} {self.id}"
