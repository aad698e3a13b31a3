"""What stands in a user's message fields, so that it is there on every device; one for each chat, and for a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from thinkback.attachments.describing import described
from thinkback.attachments.models import Attachment
from thinkback.chat.frames import DraftChanged, SaveDraft
from thinkback.chat.models import Conversation, Draft
from thinkback.chat.wellformed import wellformed


def of(user_id: int, conversation_id: UUID | None) -> Draft:
    """The draft of a chat, or of the next new one; an empty one that is not stored where there is none."""
    own = Draft.objects.filter(user_id=user_id)
    found = (
        own.filter(conversation=None) if conversation_id is None else own.filter(conversation_id=conversation_id)
    ).first()
    return found or Draft(user_id=user_id, conversation_id=conversation_id)


def save(user_id: int, frame: SaveDraft) -> DraftChanged | None:
    """Store a draft that grew out of the stored version; what is there then. None where the chat is not the user's.

    Of one that grew out of an older version, or without a text, nothing is stored: its page is told what is there.
    """
    with transaction.atomic():
        own = Conversation.objects.filter(user_id=user_id, trashed_at=None)
        if frame.conversation is not None and not own.filter(id=frame.conversation).exists():
            return None
        draft = of(user_id, frame.conversation)
        if frame.text is None or frame.version != draft.version:
            return shown(draft)
        if frame.attachments is not None:
            draft.attachments = [str(one.id) for one in _files(user_id, [str(id) for id in frame.attachments])]
        _store(draft, wellformed(frame.text))
    return shown(draft, frame.page)


def take(user_id: int, conversation_id: UUID | None, sent: str, attachments: Sequence[UUID] = ()) -> None:
    """A message was stored: its draft is empty now. One that says something else stays, another page wrote it."""
    draft = of(user_id, conversation_id)
    given = {str(id) for id in attachments}
    left = [id for id in draft.attachments if id not in given]
    text = "" if sent.startswith(draft.text.strip()) else draft.text
    if (text, left) != (draft.text, draft.attachments):
        draft.attachments = left
        _store(draft, text)


def now(user_id: int, conversation_id: UUID | None) -> DraftChanged:
    """What there is, for all pages."""
    return shown(of(user_id, conversation_id))


def shown(draft: Draft, page: str = "") -> DraftChanged:
    """A draft as pages are told of it; `page` is the one that wrote it."""
    return DraftChanged(draft.conversation_id, draft.text, draft.version, page, files_of(draft))


def files_of(draft: Draft) -> list[dict[str, Any]]:
    """Its files that are there still, described for the page."""
    return [described(one) for one in _files(draft.user_id, draft.attachments)]


def _files(user_id: int, ids: Sequence[str]) -> list[Attachment]:
    if not ids:
        return []
    found = Attachment.objects.filter(user_id=user_id, id__in=ids).defer("text")
    return sorted(found, key=lambda one: ids.index(str(one.id)))


def _store(draft: Draft, text: str) -> None:
    draft.text, draft.version, draft.updated_at = text, draft.version + 1, timezone.now()
    draft.save()
