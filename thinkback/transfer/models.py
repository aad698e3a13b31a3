"""What imports leave: how they went, conversation by conversation, and what messages brought along."""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from proxy.call import new_id
from thinkback.chat.models import Conversation, Message
from thinkback.transfer.document import Usage


class Brought(models.Model):
    """What an imported answer took where it was made. It is in no sum here: nobody paid for it with a key of ours."""

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="brought")
    usage: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"brought by {self.message_id}"

    @property
    def told(self) -> Usage:
        """The usage as it came."""
        return msgspec.convert(self.usage, Usage)


class Import(models.Model):
    """A file of conversations that a user gave, and how far it was read."""

    class State(models.TextChoices):
        RECEIVING = "receiving"  # the file is coming, in pieces
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"  # nothing could be read of it; `problem` says why

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="imports")
    name = models.CharField(max_length=200)  # of the file, as its owner has it
    size = models.BigIntegerField()  # bytes, as they were announced
    received = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVING)
    kind = models.CharField(max_length=40, blank=True, default="")  # whose export it is
    problem = models.TextField(blank=True, default="")
    progress = models.FloatField(default=0.0)  # of the file, 0 to 1
    boot_id = models.UUIDField(null=True, blank=True)  # the server run that reads it
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index("user", models.F("created_at").desc(), name="transfer_imports_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether there is something to wait for."""
        return self.state in (self.State.RECEIVING, self.State.WAITING, self.State.RUNNING)


class Line(models.Model):
    """What became of one conversation of a file."""

    class Outcome(models.TextChoices):
        IMPORTED = "imported", _("Imported")
        UPDATED = "updated", _("Updated")
        SKIPPED = "skipped", _("Skipped")
        FAILED = "failed", _("Failed")

    of = models.ForeignKey(Import, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()  # its place in the file, from 1
    title = models.CharField(max_length=200, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.TextField(blank=True, default="")
    conversation = models.ForeignKey(Conversation, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="transfer_one_line_each")]

    def __str__(self) -> str:
        return f"{self.number} {self.outcome}"
