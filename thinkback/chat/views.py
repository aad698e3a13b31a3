"""The chat page: a new chat, one that exists, and the older lines of its list."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from thinkback.chat import material as materials
from thinkback.chat import picking, sidebar
from thinkback.chat.jobs import JOBS
from thinkback.chat.material import Material
from thinkback.chat.models import Conversation
from thinkback.chat.presenting import in_thread
from thinkback.connections.lookup import all_of

SUGGESTIONS = (
    ("Explain", "Explain how public-key encryption works, in three short paragraphs."),
    ("Compare", "Compare SQLite and PostgreSQL for a small web application, as a table."),
    ("Write", "Write a Python function that merges overlapping time ranges, with tests."),
)


@login_required
async def home(request: HttpRequest) -> HttpResponse:
    """A new chat."""
    user = await request.auser()
    assert user.pk is not None
    context = await _frame(user.pk, None)
    return await sync_to_async(render)(request, "chat/page.html", context)


@login_required
async def chat(request: HttpRequest, id: UUID) -> HttpResponse:
    """A conversation with its messages."""
    user = await request.auser()
    assert user.pk is not None
    material = await sync_to_async(materials.of_branch)(user.pk, id)
    if material is None:
        raise Http404
    context = await _frame(user.pk, material.conversation) | await _messages(material, None)
    return await sync_to_async(render)(request, "chat/page.html", context)


@login_required
async def earlier(request: HttpRequest, id: UUID, before: UUID) -> HttpResponse:
    """The messages of a conversation that stand before one of them."""
    user = await request.auser()
    assert user.pk is not None
    material = await sync_to_async(materials.of_branch)(user.pk, id)
    if material is None or before not in material.tree.parents:
        raise Http404
    return await sync_to_async(render)(request, "chat/_messages.html", await _messages(material, before))


async def _messages(material: Material, before: UUID | None) -> dict[str, Any]:
    shown = material.newest(before)
    return {
        "conversation": material.conversation,
        "articles": await in_thread(material, shown, JOBS.running_in(material.conversation.id)),
        "earlier": shown[0].id if shown and shown[0] is not material.messages[0] else None,
    }


@login_required
async def older(request: HttpRequest) -> HttpResponse:
    """The lines of the list that come after `?before=`."""
    user = await request.auser()
    assert user.pk is not None
    before = _moment(request.GET.get("before", ""))
    if before is None:
        raise Http404
    chats = await sync_to_async(sidebar.newest)(user.pk, before)
    return await sync_to_async(render)(request, "chat/_chats.html", _list(chats))


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and timezone.is_aware(moment) else None


async def _frame(user_id: int, conversation: Conversation | None) -> dict[str, Any]:
    """What stands around the messages: the list, the picker."""
    choices = await all_of(user_id)
    chats = await sync_to_async(sidebar.newest)(user_id)
    last = conversation
    if last is None:
        last = await Conversation.objects.filter(user_id=user_id).order_by("-updated_at").afirst()
    sections = picking.sections(choices)
    return {
        **_list(chats),
        "conversation": conversation,
        "sections": sections,
        "chosen": picking.choose(sections, choices, last),
        "needs_provider": picking.needs_provider(sections),
        "providers": picking.offered(),
        "suggestions": SUGGESTIONS,
    }


def _list(chats: list[Conversation]) -> dict[str, Any]:
    shown = chats[: sidebar.MOST]
    return {
        "groups": sidebar.grouped(shown, timezone.localdate()),
        "busy": JOBS.busy(),
        "before": shown[-1].updated_at if len(chats) > sidebar.MOST else None,
    }
