"""Removing conversations for good: from the trash, after a time; temporary ones, when they were left. Into the trash
goes what its owner did not touch for as long as he wants to keep it.

What goes with a conversation goes in small statements of their own, so that nobody waits for the database meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from thinkback.chat.models import Conversation, Message, Preferences

FIRST, FEWEST, MOST = (
    10,
    5,
    200,
)  # messages that go at once: at first, and at least, for the sake of what each batch costs
BUDGET = 0.008  # seconds that a batch may hold up others; long messages take a hundred times as long as short ones
AT_ONCE = 200  # chats of a user that go into the trash in one round
PAUSE = 0.005  # seconds between two batches, in which others write
TEMPORARY = timedelta(hours=24)  # since something was said in it


def kept_for() -> timedelta:
    """How long the trash keeps what was put into it."""
    return timedelta(days=settings.TRASH_DAYS)


def gone_at(trashed_at: datetime) -> datetime | None:
    """When what was put into the trash then is gone; None where it stays."""
    return trashed_at + kept_for() if settings.TRASH_DAYS else None


def empty_trash(user_id: int) -> int:
    """Remove everything in a user's trash; how many conversations."""
    return remove(_ids(Conversation.objects.filter(user_id=user_id).exclude(trashed_at=None)))


def clear() -> int:
    """Remove what has been in the trash for long enough, and temporary conversations that were left; how many."""
    now = timezone.now()
    trashed = Conversation.objects.filter(trashed_at__lt=now - kept_for()) if settings.TRASH_DAYS else []
    left = Conversation.objects.filter(temporary=True, updated_at__lt=now - TEMPORARY)
    return remove([*_ids(trashed), *_ids(left)])


def retire() -> set[int]:
    """Put into the trash what its owners did not touch for as long as they keep chats; whose chats these were.

    Pinned chats and those in folders stay. What was imported, restored or taken out of a folder lately was touched.
    """
    now, whose = timezone.now(), set()
    choosing = Preferences.objects.filter(chosen__has_key="keeps_days").values_list("user_id", "chosen")
    for user_id, days in [(user_id, chosen["keeps_days"]) for user_id, chosen in choosing if chosen["keeps_days"]]:
        before = now - timedelta(days=days)
        untouched = ~Q(seen_at__gte=before) & Q(updated_at__lt=before)
        kept = Q(temporary=True) | Q(trashed_at__isnull=False) | Q(pinned_at__isnull=False) | Q(folder__isnull=False)
        rows = Conversation.objects.filter(untouched, user_id=user_id).exclude(kept)[:AT_ONCE]
        if ids := _ids(rows):
            Conversation.objects.filter(id__in=ids, trashed_at=None).update(trashed_at=now)
            whose.add(user_id)
    return whose


def remove(ids: Sequence[UUID]) -> int:
    """Remove these conversations: the messages in batches, the newest first, then what is left."""
    for id in ids:
        Conversation.objects.filter(id=id).update(leaf=None)
        newest = Message.objects.filter(conversation_id=id).order_by("-id").values_list("pk", flat=True)
        size = FIRST
        while batch := list(newest[:size]):
            began = time.monotonic()
            Message.objects.filter(pk__in=batch).delete()
            size = fitting(size, time.monotonic() - began)
            time.sleep(PAUSE)
        Conversation.objects.filter(id=id).delete()
    return len(ids)


def fitting(size: int, took: float) -> int:
    """How many go next, where so many took that long: as many as fit the budget, at most twice as many."""
    return max(FEWEST, min(MOST, 2 * size, int(size * BUDGET / max(took, 0.0001))))


def _ids(rows: QuerySet[Conversation] | Iterable[Conversation]) -> list[UUID]:
    return [row.id for row in rows]
