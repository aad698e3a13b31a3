"""The chat page: a new chat, one that exists, and the older lines of its list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from thinkback.attachments import places
from thinkback.chat import acts, drafts, picking, pictures, preferences, shortcuts, sidebar
from thinkback.chat import material as materials
from thinkback.chat.jobs import JOBS
from thinkback.chat.material import Material
from thinkback.chat.models import Conversation, Folder, Tag
from thinkback.chat.presenting import in_thread
from thinkback.connections.lookup import all_of
from thinkback.presets import kept
from thinkback.presets.controls import controls_of
from thinkback.routing.aliases import ALIASES
from thinkback.tools import kits

LONGEST = 100  # characters of a model's name that is told
SUGGESTIONS = (
    (gettext_lazy("Explain"), gettext_lazy("Explain how public-key encryption works, in three short paragraphs.")),
    (gettext_lazy("Compare"), gettext_lazy("Compare SQLite and PostgreSQL for a small web application, as a table.")),
    (gettext_lazy("Write"), gettext_lazy("Write a Python function that merges overlapping time ranges, with tests.")),
)


@login_required
async def home(request: HttpRequest) -> HttpResponse:
    """A new chat; with `?model=connection/model` by that one, as a bookmark may say."""
    user = await request.auser()
    assert user.pk is not None
    wanted = request.GET.get("model", "")
    context = await _frame(user.pk, None, wanted) | {"temporary": request.GET.get("temporary") == "1"}
    if wanted:
        await sync_to_async(_tell_of_another)(request, wanted, context["chosen"])
    return await sync_to_async(render)(request, "chat/page.html", context)


def _tell_of_another(request: HttpRequest, wanted: str, chosen: picking.Chosen | None) -> None:
    """Say so where the page does not begin with the model that its address names."""
    names = {"wanted": Truncator(wanted).chars(LONGEST), "chosen": chosen.label if chosen else ""}
    if chosen is None:
        messages.warning(request, _("%(wanted)s is not available.") % names)
    elif wanted != f"{chosen.slug}/{chosen.model}":
        messages.warning(request, _("%(wanted)s is not available; %(chosen)s was chosen.") % names)


@login_required
async def chat(request: HttpRequest, id: UUID) -> HttpResponse:
    """A conversation with its messages."""
    user = await request.auser()
    assert user.pk is not None
    material = await sync_to_async(materials.of_branch)(user.pk, id)
    if material is None:
        raise Http404
    await acts.see(user.pk, id)
    context = await _frame(user.pk, material.conversation) | await _messages(material, None, _wanted(request))
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


def _wanted(request: HttpRequest) -> UUID | None:
    """The message that the page is to begin with, where its end would not show it."""
    try:
        return UUID(request.GET.get("message", ""))
    except ValueError:
        return None


async def _messages(material: Material, before: UUID | None, wanted: UUID | None = None) -> dict[str, Any]:
    shown = max(material.newest(before), material.since(wanted) if wanted else [], key=len)
    return {
        "conversation": material.conversation,
        "queue": [row async for row in material.conversation.queue.all()],
        "articles": await in_thread(material, shown, JOBS.running_in(material.conversation.id)),
        "earlier": shown[0].id if shown and shown[0] is not material.messages[0] else None,
    }


@login_required
async def picture(request: HttpRequest, id: UUID) -> HttpResponse:
    """A picture that a model drew, for its owner; what a browser might take for a page is only downloaded."""
    user = await request.auser()
    assert user.pk is not None
    found = await sync_to_async(pictures.owned)(user.pk, id)
    data = None if found is None else await sync_to_async(pictures.bytes_of)(found)
    if found is None or data is None:
        raise Http404
    ending = pictures.ENDINGS.get(found.media_type)
    response = HttpResponse(data, content_type=found.media_type if ending else "application/octet-stream")
    response["Content-Disposition"] = f'{"inline" if ending else "attachment"}; filename="picture.{ending or "bin"}"'
    response["Cache-Control"] = "private, max-age=604800, immutable"
    return response


@login_required
async def chats(request: HttpRequest) -> HttpResponse:
    """The whole list anew; with `?folder=` the chats of a folder, with `?after=` those that follow."""
    user = await request.auser()
    assert user.pk is not None
    after, folder = request.GET.get("after"), request.GET.get("folder", "")
    place = sidebar.Place.read(after) if after else None
    if (after and place is None) or (folder and not folder.isdecimal()):
        raise Http404
    if not after and not folder:
        context = await sync_to_async(_list)(user.pk, _current(request))
        return await sync_to_async(render)(request, "chat/_chats.html", context)
    inside = int(folder[:18]) if folder else None
    rows = await sync_to_async(sidebar.page)(user.pk, inside, place)
    context = {"chat_rows": rows, "busy": JOBS.busy(), "in_folder": inside, "current": _current(request)}
    return await sync_to_async(render)(request, "chat/_rows.html", context)


@login_required
async def filing(request: HttpRequest, id: UUID, what: str) -> HttpResponse:
    """What a dialog shows to move a chat into a folder, or to choose its tags."""
    user = await request.auser()
    assert user.pk is not None
    found = await Conversation.objects.filter(id=id, user_id=user.pk).afirst()
    if found is None:
        raise Http404
    context = {
        "chat": found,
        "folders": Folder.objects.filter(user_id=user.pk),
        "tags": Tag.objects.filter(user_id=user.pk),
        "chosen": {tag.pk async for tag in found.tags.all()},
    }
    return await sync_to_async(render)(request, f"chat/_{what}.html", context)


def _current(request: HttpRequest) -> UUID | None:
    """The chat that the page shows which asks."""
    try:
        return UUID(request.GET.get("current", ""))
    except ValueError:
        return None


async def _frame(user_id: int, conversation: Conversation | None, wanted: str = "") -> dict[str, Any]:
    """What stands around the messages: the list, and the picker, which begins with `wanted` if that is there."""
    choices = await all_of(user_id)
    controls = await sync_to_async(_controls)(user_id, conversation)
    begins = controls["begins"]
    last = conversation
    if last is None:
        last = await Conversation.objects.filter(user_id=user_id, temporary=False).order_by("-updated_at").afirst()
    draft = await sync_to_async(drafts.of)(user_id, None if conversation is None else conversation.id)
    sections = picking.sections(choices, ALIASES.known.values())
    return {
        **await sync_to_async(_list)(user_id, None if conversation is None else conversation.id),
        "conversation": conversation,
        "temporary": conversation is not None and conversation.temporary,
        **controls,
        "shortcuts": shortcuts.bound(controls["preferences"]["shortcuts"]),
        "sections": sections,
        "chosen": picking.choose(sections, choices, begins if begins and begins.model else last, wanted),
        "draft": draft,
        "draft_files": await sync_to_async(drafts.files_of)(draft),
        "attachment_bounds": settings.ATTACHMENTS,
        "attachment_store": places.name(settings.STORAGES["default"]),
        "needs_provider": picking.needs_provider(choices),
        "providers": picking.offered(),
        "suggestions": SUGGESTIONS,
        "tool_choices": await sync_to_async(kits.choices)(user_id),
        "tools_chosen": getattr(begins or last, "tools", []),
    }


def _controls(user_id: int, conversation: Conversation | None) -> dict[str, Any]:
    """The panel: what is set for the chat; of a new one, what the user's own preset sets."""
    chosen = preferences.of(user_id)
    begins = conversation or kept.find(user_id, chosen["default_preset"])
    rows = controls_of({} if begins is None else begins.parameters)
    return {
        "preferences": chosen,
        "presets": kept.presets_of(user_id),
        "begins": begins,
        "control_rows": rows,
        "meter_parts": ("system", "tools", "history", "files", "message", "room"),
        "any_set": bool(begins and begins.system) or any(row.is_set for row in rows),
    }


def _list(user_id: int, current: UUID | None) -> dict[str, Any]:
    return {
        "pinned": sidebar.pinned(user_id),
        "folders": sidebar.folders(user_id),
        "chat_rows": sidebar.page(user_id),
        "busy": JOBS.busy(),
        "current": current,
    }
