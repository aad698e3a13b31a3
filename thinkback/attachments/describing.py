"""An attachment in JSON, for the page and for programs."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from thinkback.attachments.models import Attachment

SHOWN = (
    "id",
    "name",
    "kind",
    "media_type",
    "size",
    "width",
    "height",
    "pages",
    "pages_read",
    "shortened",
    "tokens",
    "created_at",
)


def described(attachment: Attachment) -> dict[str, Any]:
    """What is known of it, and where its file is."""
    found = {name: getattr(attachment, name) for name in SHOWN}
    return found | {"url": reverse("api_attachment_file", args=[attachment.id])}
