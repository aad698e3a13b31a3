"""Making, renewing, withdrawing and finding links."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import IntegrityError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from thinkback.chat.models import Conversation
from thinkback.sharing.models import Link
from thinkback.sharing.picturing import picture

SPANS = {"": None, "1": timedelta(days=1), "7": timedelta(days=7), "30": timedelta(days=30)}  # by days


def is_on() -> bool:
    """Whether the administrator allows links."""
    return bool(settings.SHARING != "off")


def own_chat(user_id: int, id: UUID) -> Conversation | None:
    """A conversation that its owner may share."""
    own = Conversation.objects.filter(id=id, user_id=user_id, trashed_at=None, temporary=False)
    return own.select_related("folder").first()


def of_chat(conversation: Conversation) -> Link | None:
    """Its link."""
    return conversation.shared_links.filter(withdrawn_at=None).first()


def put(conversation: Conversation, included: Collection[str], span: timedelta | None) -> Link:
    """Make the link of a conversation, or renew what it shows; the address stays the same."""
    link = of_chat(conversation) or Link(user_id=conversation.user_id, conversation=conversation)
    shown, files = picture(conversation, included)
    now = timezone.now()
    link.included, link.picture, link.files = list(included), msgspec.to_builtins(shown), files
    link.renewed_at, link.expires_at = now, None if span is None else now + span
    try:
        link.save()
    except IntegrityError:  # another page was quicker
        return put(conversation, included, span)
    return link


def withdraw(link: Link) -> None:
    """End it at once; nothing of what it showed is kept for it."""
    link.withdrawn_at, link.picture, link.files = timezone.now(), {}, {}
    link.save(update_fields=["withdrawn_at", "picture", "files"])


def found(token: str) -> Link | None:
    """The link of this token, over or not; None where the chat is in the trash or its owner may not sign in."""
    there = Link.objects.filter(token=token, conversation__trashed_at=None, user__is_active=True)
    return there.select_related("conversation").first()


def of_user(user_id: int) -> list[Link]:
    """His links that work, or will again when a chat comes back from the trash; newest first."""
    rows = Link.objects.filter(user_id=user_id, withdrawn_at=None).select_related("conversation")
    return list(rows.defer("picture", "files").order_by("-created_at"))


def address(request: HttpRequest, link: Link) -> str:
    """The whole address, as it is given away."""
    path = reverse("shared", args=[link.token])
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
