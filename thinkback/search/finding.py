"""Finding chats by title and messages by what was said: one's own, neither in the trash nor temporary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import F, Q
from django.utils import timezone

from thinkback.chat.models import Conversation, Folder, Message, Tag
from thinkback.search.asked import Asked, read
from thinkback.search.catching_up import catch_up
from thinkback.search.index import matching, owner_of
from thinkback.search.snippets import Piece, snippet

MOST_CHATS = 10
MOST_RANKED = 200  # titles of which those are taken that the filters let through
STATES = {
    "archived": ~Q(archived_at=None),
    "pinned": ~Q(pinned_at=None),
    "unread": Q(seen_at__lt=F("leaf__finished_at")),
}


@dataclass(frozen=True, slots=True)
class FoundChat:
    """A conversation whose title fits."""

    chat: Conversation
    title: list[Piece]


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message that fits, with the part of it that does."""

    message: Message
    snippet: list[Piece]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; `more` when there are further messages."""

    chats: list[FoundChat]
    messages: list[FoundMessage]
    more: bool


def find(user_id: int, text: str, offset: int = 0, limit: int = 20) -> Found:
    """What fits a question of this user. Chats come with the first page alone."""
    catch_up(user_id)
    asked = read(text)
    titles = [] if offset else _titles(user_id, asked)
    messages = _messages(user_id, asked, slice(offset, offset + limit + 1))
    shown = [FoundMessage(message, snippet(message.text, asked)) for message in messages[:limit]]
    return Found([FoundChat(chat, snippet(chat.title, asked)) for chat in titles], shown, len(messages) > limit)


def _titles(user_id: int, asked: Asked) -> list[Conversation]:
    """The best first; without a word, those that the filters let through, the last changed first."""
    chats = Conversation.objects.filter(_chats(user_id, asked), _days(asked, "updated_at"))
    for name in asked.filters["model"]:
        chats = chats.filter(model__icontains=name)
    if asked.terms:
        entries = matching(owner_of(user_id, titles=True), asked.terms)
        best = list(entries.values_list("target", flat=True)[:MOST_RANKED])
        found = chats.in_bulk(best)
        if found:
            return [found[id] for id in best if id in found][:MOST_CHATS]
    if asked.literal:
        chats = chats.filter(title__icontains=asked.literal)
    return list(chats.order_by("-updated_at")[:MOST_CHATS])


def _messages(user_id: int, asked: Asked, part: slice) -> list[Message]:
    """The best first; where no word fits, the newest that hold what was typed inside of their words."""
    if not asked.literal:
        return []
    if asked.terms:
        entries = matching(owner_of(user_id), asked.terms).filter(_chats(user_id, asked, "conversation__"))
        entries = entries.filter(_days(asked, "message__created_at"), _models(asked, "message__"))
        best = list(entries.values_list("target", flat=True)[part])  # no texts: all that fits is sorted
        if best or part.start or not all(term.goes_on for term in asked.terms):
            found = Message.objects.select_related("conversation").in_bulk(best)
            return [found[id] for id in best if id in found]
    messages = Message.objects.filter(_chats(user_id, asked, "conversation__"), text__icontains=asked.literal)
    messages = messages.filter(_days(asked, "created_at"), _models(asked, ""))
    return list(messages.select_related("conversation").order_by("-id")[part])


def _chats(user_id: int, asked: Asked, path: str = "") -> Q:
    """In which conversations is searched."""
    wanted = Q(**{f"{path}user_id": user_id, f"{path}trashed_at": None, f"{path}temporary": False})
    for name in asked.filters["in"]:
        wanted &= Q(**{f"{path}folder_id__in": _named(Folder.objects.filter(user_id=user_id), name)})
    for name in asked.filters["tag"]:
        hung = Conversation.objects.filter(tags__in=_named(Tag.objects.filter(user_id=user_id), name))
        wanted &= Q(**{f"{path}id__in": hung.values("id")})
    for state in asked.filters["is"]:
        wanted &= Q(**{f"{path}id__in": Conversation.objects.filter(STATES[state]).values("id")})
    return wanted


def _named(rows: Iterable[Folder] | Iterable[Tag], name: str) -> list[int]:
    """Those of this name; no database folds the case of every script."""
    return [row.pk for row in rows if row.name.casefold() == name]


def _models(asked: Asked, path: str) -> Q:
    return Q(*(Q(**{f"{path}model__icontains": name}) for name in asked.filters["model"]))


def _days(asked: Asked, column: str) -> Q:
    """`after:` includes its day, `before:` does not."""
    lookups = {"after": "gte", "before": "lt"}
    starts = {name: timezone.make_aware(datetime.combine(day, time())) for name, day in asked.days.items()}
    return Q(**{f"{column}__{lookups[name]}": start for name, start in starts.items()})
