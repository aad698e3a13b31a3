"""Many conversations at once, as JSON: which ones are asked for, and the same change for all of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict

from thinkback.api import ApiError, ApiRequest, answer, api, read_json
from thinkback.chat import clearing
from thinkback.chat.acts import change, tell_change
from thinkback.chat.models import Conversation
from thinkback.chat.sidebar import in_folder

MOST = 500  # conversations of one batch


@api("POST", scope="chat")
async def batch(request: ApiRequest) -> HttpResponse:
    """The same change for many conversations: `ids`, or `all` that stand in the list or the archive."""
    data = read_json(request)
    ids = await sync_to_async(_ids)(request.user.pk, data)
    changed = await sync_to_async(change)(request.user.pk, ids, data)
    await tell_change(request.user.pk, changed, data)
    return answer({"changed": [str(id) for id in changed]})


@api("DELETE", scope="chat")
async def trash(request: ApiRequest) -> HttpResponse:
    """Remove for good what is in the trash."""
    return answer({"removed": await sync_to_async(clearing.empty_trash)(request.user.pk)})


def asked(user_id: int, query: QueryDict) -> QuerySet[Conversation]:
    """The conversations that a query asks for: `trashed`, `archived`, `pinned` (1), `folder` (id, none), `tag`."""
    trashed, archived = query.get("trashed") == "1", query.get("archived") == "1"
    rows = Conversation.objects.filter(user_id=user_id, temporary=False, trashed_at__isnull=not trashed)
    if not trashed:
        rows = rows.filter(archived_at__isnull=not archived)
    if query.get("pinned") == "1":
        rows = rows.exclude(pinned_at=None)
    if folder := query.get("folder"):
        if folder != "none" and not folder.isdecimal():
            raise ApiError(400, "invalid_request", "folder must be the id of a folder, or none.", "folder")
        rows = rows.filter(in_folder(None if folder == "none" else int(folder[:18])))
    if tag := query.get("tag"):
        rows = rows.filter(tags__name__iexact=tag)
    return rows


def _ids(user_id: int, data: dict[str, Any]) -> list[UUID]:
    if data.get("all") is True:
        rows = Conversation.objects.filter(user_id=user_id, temporary=False, trashed_at=None)
        return list(rows.values_list("id", flat=True))
    try:
        ids = [UUID(id) for id in data["ids"]]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ApiError(400, "invalid_request", "ids must be a list of ids of chats.", "ids") from None
    if len(ids) > MOST:
        raise ApiError(400, "invalid_request", f"ids may name at most {MOST} chats.", "ids")
    return ids
