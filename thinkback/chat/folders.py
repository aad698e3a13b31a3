"""Folders and tags as JSON: `/api/folders`, `/api/tags`."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponse

from thinkback.api import ApiError, ApiRequest, answer, api, read_json
from thinkback.chat import sidebar
from thinkback.chat.acts import tell_list
from thinkback.chat.models import Folder, Tag
from thinkback.chat.wellformed import wellformed

MOST = 200  # folders of one user
LONGEST = 100


@api("GET", "POST", scope="chat")
async def folders(request: ApiRequest) -> HttpResponse:
    """Every folder in order, with the number of its chats; or a new one, at the end."""
    if request.method == "GET":
        found = await sync_to_async(sidebar.folders)(request.user.pk)
        return answer({"results": [_line(folder) for folder in found]})
    made = await sync_to_async(_make)(request.user.pk, _name(read_json(request)))
    await tell_list(request.user.pk)
    return answer(_line(made), 201)


@api("PATCH", "DELETE", scope="chat")
async def folder(request: ApiRequest, folder_id: int) -> HttpResponse:
    """Rename a folder or give it another place; or delete it: its chats stay, in no folder."""
    found = await Folder.objects.filter(pk=folder_id, user_id=request.user.pk).afirst()
    if found is None:
        raise Http404
    if request.method == "DELETE":
        await found.adelete()
    else:
        await sync_to_async(_change)(found, read_json(request))
    await tell_list(request.user.pk)
    return HttpResponse(status=204) if request.method == "DELETE" else answer(_line(found))


@api("GET", scope="chat")
def tags(request: ApiRequest) -> HttpResponse:
    """Every tag, with the number of chats that it hangs on."""
    hangs = Q(conversations__trashed_at=None, conversations__temporary=False)
    found = Tag.objects.filter(user=request.user).annotate(chats=Count("conversations", filter=hangs)).order_by("name")
    return answer({"results": [{"name": tag.name, "chats": tag.chats} for tag in found]})


def _make(user_id: int, name: str) -> Folder:
    own = Folder.objects.filter(user_id=user_id)
    if own.count() >= MOST:
        raise ApiError(400, "invalid_request", f"There are {MOST} folders already; that is the most.", "name")
    last = own.aggregate(last=Max("position"))["last"]
    return _saved(Folder(user_id=user_id, name=name, position=0 if last is None else last + 1))


def _change(folder: Folder, data: dict[str, Any]) -> None:
    if "name" in data:
        folder.name = _name(data)
        _saved(folder)
    if "position" in data:
        _place(folder, data["position"])


def _place(folder: Folder, position: object) -> None:
    """Put a folder there, and count all of them anew."""
    if not isinstance(position, int) or isinstance(position, bool) or position < 0:
        raise ApiError(400, "invalid_request", "position must be a whole number from 0.", "position")
    others = list(Folder.objects.filter(user_id=folder.user_id).exclude(pk=folder.pk))
    others.insert(position, folder)
    for place, each in enumerate(others):
        each.position = place
    Folder.objects.bulk_update(others, ["position"])


def _saved(folder: Folder) -> Folder:
    try:
        with transaction.atomic():
            folder.save()
    except IntegrityError:
        raise ApiError(400, "invalid_request", f"There is a folder “{folder.name}” already.", "name") from None
    return folder


def _name(data: dict[str, Any]) -> str:
    value = data.get("name")
    name = " ".join(wellformed(value).split()) if isinstance(value, str) else ""
    if not name or len(name) > LONGEST:
        raise ApiError(400, "invalid_request", f"name must be a text of 1 to {LONGEST} characters.", "name")
    return name


def _line(folder: Folder) -> dict[str, Any]:
    counts = {name: getattr(folder, name, 0) for name in ("count", "unread")}
    return {"id": folder.pk, "name": folder.name, "position": folder.position, **counts}
