"""Messages: a tree by parent, of which one branch is shown; and the pictures that models drew in them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from proxy.call import new_id
from thinkback.chat.models.conversation import Conversation


class Message(models.Model):
    """One turn. An answer is `streaming` until its job has ended, in this process or another (`boot_id`).

    While it is `waiting` for the approval of a tool no job runs; whoever decides on the last one starts another.
    """

    class Status(models.TextChoices):
        STREAMING = "streaming"
        WAITING = "waiting"
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
    rounds = models.JSONField(blank=True, default=list)  # `rounds.Round`s, where tools were called
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DONE)
    error = models.JSONField(null=True, blank=True)  # {type, message, retry_after, status}
    slug = models.CharField(max_length=100, blank=True, default="")
    model = models.CharField(max_length=200, blank=True, default="")
    finish = models.CharField(max_length=30, blank=True, default="")  # why the model ended: stop, length, refusal, …
    thought = models.FloatField(default=0)  # seconds before the first word, where reasoning was shown
    comparison = models.UUIDField(null=True, blank=True)  # answers of several models to one question, side by side
    place = models.PositiveSmallIntegerField(default=0)  # among them
    merges = models.JSONField(blank=True, default=list)  # ids of the answers that this one was written from
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


class Picture(models.Model):
    """A picture that a model drew in an answer. Its file lies where attachments do, and goes when it goes
    (`thinkback.attachments.forgetting`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="pictures")
    file = models.FileField(upload_to="pictures/")
    media_type = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.media_type} {self.id}"
