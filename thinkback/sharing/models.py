"""Links that show a conversation to others, as it was when the link was made or renewed."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db import models
from django.utils import timezone

from proxy.call import new_id
from thinkback.chat.models import Conversation
from thinkback.transfer.document import Chat


def new_token() -> str:
    """Nobody guesses it: 256 random bits."""
    return secrets.token_urlsafe(32)


class Link(models.Model):
    """A link. What it shows is a picture of its own, so that nothing that is written later comes out.

    The token is stored as it is, for its owner to copy again: it opens nothing but this row's own picture.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shared_links")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="shared_links")
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    included = models.JSONField(default=list)  # names of `picturing.CHOICES`
    picture: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)  # a `document.Chat`
    files: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)  # place → that in storage
    created_at = models.DateTimeField(default=timezone.now)
    renewed_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # its picture is empty then

    class Meta:
        indexes = [models.Index("user", models.F("created_at").desc(), name="sharing_links_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(withdrawn_at=None), name="sharing_one_link_each"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def chat(self) -> Chat:
        """What it shows."""
        return msgspec.convert(self.picture, Chat)

    def is_over(self, moment: datetime) -> bool:
        """Whether it was withdrawn or has expired."""
        return self.withdrawn_at is not None or (self.expires_at is not None and self.expires_at <= moment)

    @property
    def has_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_behind(self) -> bool:
        """Whether the conversation went on since."""
        return self.conversation.updated_at > self.renewed_at
