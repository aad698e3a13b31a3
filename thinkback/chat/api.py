"""Conversations as JSON: `/api/chats`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse
from django.utils import timezone

from thinkback.api import ApiError, ApiRequest, answer, api, page, read_json
from thinkback.chat.bus import BUS, of_user
from thinkback.chat.frames import ChatChanged
from thinkback.chat.jobs import JOBS
from thinkback.chat.models import Conversation, Message
from thinkback.chat.presenting import row_of
from thinkback.chat.tree import Tree, branch
from thinkback.chat.wellformed import wellformed

TEXTS = {"title": 200, "slug": 100, "model": 200, "system": 100_000}


@api("GET", "POST", scope="chat")
def chats(request: ApiRequest) -> HttpResponse:
    """The conversations, newest first (`?trashed=1`: those in the trash), or a new empty one."""
    if request.method == "POST":
        data = read_json(request)
        now = timezone.now()
        made = Conversation(user=request.user, created_at=now, updated_at=now, **_texts(data))
        made.save()
        return answer(_line(made), 201)
    trashed = request.GET.get("trashed") == "1"
    rows = Conversation.objects.filter(user=request.user, trashed_at__isnull=not trashed).order_by("-updated_at", "-id")
    return page(request, rows, _line)


@api("GET", "PATCH", "DELETE", scope="chat")
async def chat(request: ApiRequest, id: UUID) -> HttpResponse:
    """One conversation with the branch that is shown; rename it, choose its branch, put it into the trash or back."""
    found = await Conversation.objects.filter(id=id, user_id=request.user.pk).afirst()
    if found is None:
        raise Http404
    if request.method == "GET":
        return answer(await _whole(found))
    if request.method == "PATCH":
        await _change(found, read_json(request))
    else:
        found.trashed_at = found.trashed_at or timezone.now()
    await found.asave()
    row = await row_of(found.id, busy=JOBS.is_busy(found.id))
    BUS.publish(of_user(found.user_id), row or ChatChanged(found.id, found.title, ""))
    return HttpResponse(status=204) if request.method == "DELETE" else answer(_line(found))


async def _change(conversation: Conversation, data: dict[str, Any]) -> None:
    for name, value in _texts(data).items():
        setattr(conversation, name, value)
    if "trashed" in data:
        conversation.trashed_at = (conversation.trashed_at or timezone.now()) if data["trashed"] else None
    if "leaf" in data:
        conversation.leaf_id = await _end_of(conversation, data["leaf"])


async def _end_of(conversation: Conversation, text: object) -> UUID:
    """The end of the newest branch through a message."""
    tree = await sync_to_async(Tree.of)(conversation.id)
    try:
        id = UUID(str(text))
    except ValueError:
        raise ApiError(400, "invalid_request", "leaf must be the id of a message.", "leaf") from None
    if id not in tree.parents:
        raise ApiError(400, "invalid_request", "There is no such message in this chat.", "leaf")
    end: UUID = tree.end_of(id)
    return end


def _texts(data: dict[str, Any]) -> dict[str, str]:
    found = {}
    for name, longest in TEXTS.items():
        if name not in data:
            continue
        value = data[name]
        if not isinstance(value, str) or len(value) > longest:
            raise ApiError(400, "invalid_request", f"{name} must be a text of at most {longest} characters.", name)
        found[name] = wellformed(value).strip()
    if found.get("title") == "":
        raise ApiError(400, "invalid_request", "Give it a name.", "title")
    return found


def _line(conversation: Conversation) -> dict[str, Any]:
    names = ("id", "title", "slug", "model", "system", "created_at", "updated_at", "trashed_at")
    return {name: getattr(conversation, name) for name in names}


async def _whole(conversation: Conversation) -> dict[str, Any]:
    tree = await sync_to_async(Tree.of)(conversation.id)
    messages = await sync_to_async(branch)(conversation, tree)
    return {**_line(conversation), "messages": [_message(message) for message in messages]}


def _message(message: Message) -> dict[str, Any]:
    names = ("id", "role", "text", "reasoning", "status", "error", "slug", "model", "created_at", "finished_at")
    return {name: getattr(message, name) for name in names} | {"parent": message.parent_id}
