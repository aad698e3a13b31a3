"""What goes with what: an attachment with its last message, its files with itself, a drawn picture's file with it."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from thinkback.attachments import files
from thinkback.attachments.models import Attachment, Enclosure


@receiver(post_delete, sender=Attachment)
def forget_files(instance: Attachment, **_: Any) -> None:
    """No file stays behind."""
    files.discard(instance.path, instance.thumbnail)


@receiver(post_delete, sender=Enclosure)
def forget_unused(instance: Enclosure, **_: Any) -> None:
    """Once everything is deleted that goes together: is it the attachment of any message still?"""
    transaction.on_commit(partial(_forget_if_unused, instance.attachment_id))


def _forget_if_unused(id: UUID) -> None:
    Attachment.objects.filter(id=id, enclosures=None).delete()


def forget_picture(instance: Any, **_: Any) -> None:
    """The same for what a model drew."""
    files.discard(instance.file.name)


def forget_unsent(instance: Any, **_: Any) -> None:
    """A draft or a message that waited is gone, and with it what no message has."""
    for id in instance.attachments:
        transaction.on_commit(partial(_forget_if_unused, UUID(id)))


for waits in ("chat.Draft", "chat.Queued"):
    post_delete.connect(forget_unsent, sender=waits, dispatch_uid=f"forget_unsent_{waits}")
post_delete.connect(forget_picture, sender="chat.Picture", dispatch_uid="forget_picture")
