"""Attachments, the messages that they are given with, and files that belong to nothing."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from proxy.call import new_id


class Attachment(models.Model):
    """A picture or file of one user. Its file lies in the default storage; what it says stands here."""

    class Kind(models.TextChoices):
        IMAGE = "image"
        TEXT = "text"
        DOCUMENT = "document"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)  # harmless: see `names`
    kind = models.CharField(max_length=10, choices=Kind.choices)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()  # bytes of its file
    path = models.CharField(max_length=200)  # in the storage
    thumbnail = models.CharField(max_length=200, blank=True, default="")  # of a picture, in the storage
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    pages_read = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True, default="")  # what it says, as much as is kept
    shortened = models.BooleanField(default=False)  # there was more of it
    tokens = models.PositiveIntegerField(default=0)  # about, of a prompt that it is told in
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "created_at"], name="attachments_of_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_image(self) -> bool:
        """Whether it is shown as a picture."""
        return self.kind == self.Kind.IMAGE

    @property
    def note(self) -> str:
        """What is said of it beside its name."""
        if self.pages_read < self.pages:
            return _("%(pages)d pages, first %(read)d read") % {"pages": self.pages, "read": self.pages_read}
        if self.pages:
            return ngettext("%(count)d page", "%(count)d pages", self.pages) % {"count": self.pages}
        return filesizeformat(self.size)


class Enclosure(models.Model):
    """An attachment of a message, at its place. Versions of a message share their attachments."""

    message = models.ForeignKey("chat.Message", models.CASCADE, related_name="enclosures")
    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="enclosures")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["message", "attachment"], name="attachments_enclosed_once")]

    def __str__(self) -> str:
        return f"{self.attachment_id} of {self.message_id}"


class Loose(models.Model):
    """A file that no row stands for: one that is being written, or one that is to be deleted, until it is."""

    path = models.CharField(max_length=200, primary_key=True)
    due_at = models.DateTimeField()  # from when on it is deleted
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "loose files"

    def __str__(self) -> str:
        return self.path
