"""The page with all chats of a user: the list, the archive and the trash, to be gone through many at a time."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from thinkback.chat import clearing
from thinkback.chat.models import Conversation, Folder, Tag
from thinkback.chat.sidebar import Place, after

PAGE = 100
VIEWS = {"list": _("In the list"), "archive": _("Archive"), "trash": _("Trash")}


@login_required
async def page(request: HttpRequest, view: str = "list") -> HttpResponse:
    """One of the three, newest first, narrowed by `?q=`, `?folder=` and `?tag=`."""
    user = await request.auser()
    assert user.pk is not None
    if view not in VIEWS:
        raise Http404
    context = await sync_to_async(_context)(user.pk, request.GET.dict(), view)
    return await sync_to_async(render)(request, "chat/overview.html", context)


def _context(user_id: int, query: dict[str, str], view: str) -> dict[str, Any]:
    rows = _narrowed(user_id, query, view)
    count = rows.count()
    place = Place.read(query["after"]) if "after" in query else None
    if "after" in query and place is None:
        raise Http404
    found = list(rows.filter(after(place))[: PAGE + 1])
    for chat in found:
        chat.gone_at = chat.trashed_at and clearing.gone_at(chat.trashed_at)  # type: ignore[attr-defined]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return {
        "view": view,
        "views": VIEWS,
        "chats": found[:PAGE],
        "count": count,
        "in_all": Conversation.objects.filter(user_id=user_id, temporary=False, trashed_at=None).count(),
        "after": None if last is None else Place(last.updated_at, last.id),
        "query": query,
        "folders": Folder.objects.filter(user_id=user_id),
        "tags": Tag.objects.filter(user_id=user_id),
        "trash_days": settings.TRASH_DAYS,
    }


def _narrowed(user_id: int, query: dict[str, str], view: str) -> QuerySet[Conversation]:
    rows = Conversation.objects.filter(user_id=user_id, temporary=False, trashed_at__isnull=view != "trash")
    if view != "trash":
        rows = rows.filter(archived_at__isnull=view != "archive")
    if text := query.get("q", "").replace("\0", "").strip():
        rows = rows.filter(title__icontains=text)
    if query.get("folder", "").isdecimal():
        rows = rows.filter(folder_id=int(query["folder"][:18]))
    if tag := query.get("tag", "").replace("\0", ""):
        rows = rows.filter(tags__name=tag)
    return rows.select_related("folder").prefetch_related("tags").order_by("-updated_at", "-id")
