"""The list of a user's conversations, newest first, grouped as people remember: today, yesterday, last week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from thinkback.chat.models import Conversation

MOST = 100  # conversations that come with the page; the rest is asked for


@dataclass(slots=True)
class Group:
    """Conversations of one span of days."""

    label: str
    chats: list[Conversation] = field(default_factory=list)


def newest(user_id: int, before: datetime | None = None) -> list[Conversation]:
    """A page of conversations that are not in the trash, and one more when there are more."""
    rows = Conversation.objects.filter(user_id=user_id, trashed_at=None).order_by("-updated_at", "-id")
    if before is not None:
        rows = rows.filter(updated_at__lt=before)
    return list(rows.only("id", "title", "updated_at")[: MOST + 1])


def grouped(chats: Iterable[Conversation], today: date) -> list[Group]:
    """The conversations under their headings, in order."""
    groups: list[Group] = []
    for chat in chats:
        label = label_of(timezone.localtime(chat.updated_at).date(), today)
        if not groups or groups[-1].label != label:
            groups.append(Group(label))
        groups[-1].chats.append(chat)
    return groups


def label_of(day: date, today: date) -> str:
    """The heading for a day: words for the last month, then the month's name."""
    age = (today - day).days
    if age <= 1:
        return "Today" if age <= 0 else "Yesterday"
    for days in (7, 30):
        if day >= today - timedelta(days=days):
            return f"Previous {days} days"
    return f"{day:%B %Y}" if day.year != today.year else f"{day:%B}"
