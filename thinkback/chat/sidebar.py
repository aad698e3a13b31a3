"""The list of a user's chats: pinned ones, folders, then the others by day, as people remember."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext

from thinkback.chat.models import Conversation, Folder

PAGE = 50  # chats that come at once
MOST_PINNED = 200
LISTED = Q(trashed_at=None, archived_at=None, temporary=False)
UNREAD = Q(seen_at__lt=F("leaf__finished_at"))


class Place(NamedTuple):
    """After which chat a page of the list goes on: chats that changed in the same moment are told apart."""

    updated_at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.updated_at.isoformat()}~{self.id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """A place as it was written; None for anything else."""
        moment, _, id = text.partition("~")
        try:
            updated_at = parse_datetime(moment)
            place = None if updated_at is None else cls(updated_at, UUID(id))
        except ValueError:
            return None
        return place if place is not None and timezone.is_aware(place.updated_at) else None


@dataclass(slots=True)
class Group:
    """Chats of one span of days."""

    key: str
    label: str
    chats: list[Conversation] = field(default_factory=list)


@dataclass(slots=True)
class Rows:
    """A page of chats, and where the next one begins; None at the end."""

    chats: list[Conversation]
    after: Place | None

    @property
    def groups(self) -> list[Group]:
        """The chats under their headings."""
        return grouped(self.chats, timezone.localdate())


def listed(user_id: int) -> QuerySet[Conversation]:
    """The chats of a user's list, the last changed first, with what a row shows."""
    rows = Conversation.objects.filter(LISTED, user_id=user_id).select_related("leaf").order_by("-updated_at", "-id")
    return rows.only("title", "updated_at", "seen_at", "pinned_at", "folder_id", "archived_at", "leaf__finished_at")


def pinned(user_id: int) -> list[Conversation]:
    """What stays on top, the last pinned first."""
    return list(listed(user_id).exclude(pinned_at=None).order_by("-pinned_at", "-id")[:MOST_PINNED])


def folders(user_id: int) -> list[Folder]:
    """Every folder, with how many chats it lists and how many of them are unread."""
    inside = Q(conversations__trashed_at=None, conversations__archived_at=None, conversations__temporary=False)
    inside &= Q(conversations__pinned_at=None)
    unread = inside & Q(conversations__seen_at__lt=F("conversations__leaf__finished_at"))
    counts = {"count": Count("conversations", filter=inside), "unread": Count("conversations", filter=unread)}
    return list(Folder.objects.filter(user_id=user_id).annotate(**counts).order_by("position", "id"))


def page(user_id: int, folder_id: int | None = None, place: Place | None = None) -> Rows:
    """Chats that are not pinned, of a folder or of none."""
    rows = listed(user_id).filter(in_folder(folder_id), after(place), pinned_at=None)
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Rows(found[:PAGE], None if last is None else Place(last.updated_at, last.id))


def after(place: Place | None) -> Q:
    """What comes after a place; everything where there is none."""
    if place is None:
        return Q()
    return Q(updated_at__lt=place.updated_at) | Q(updated_at=place.updated_at, id__lt=place.id)


def in_folder(folder_id: int | None) -> Q:
    """What lies in a folder, or in none."""
    return Q(folder=None) if folder_id is None else Q(folder_id=folder_id)


def grouped(chats: Iterable[Conversation], today: date) -> list[Group]:
    """The chats under their headings, in order."""
    groups: list[Group] = []
    for chat in chats:
        key, label = heading_of(timezone.localtime(chat.updated_at).date(), today)
        if not groups or groups[-1].key != key:
            groups.append(Group(key, label))
        groups[-1].chats.append(chat)
    return groups


def heading_of(day: date, today: date) -> tuple[str, str]:
    """The key and the words of the heading for a day: words for the last month, then the month's name."""
    if day >= today:
        return "today", gettext("Today")
    if day == today - timedelta(days=1):
        return "yesterday", gettext("Yesterday")
    for days, words in ((7, gettext("Previous 7 days")), (30, gettext("Previous 30 days"))):
        if day >= today - timedelta(days=days):
            return str(days), words
    return f"{day:%Y-%m}", date_format(day, "F" if day.year == today.year else gettext("F Y"))
