"""Files and pictures as the chat page shows them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from thinkback.attachments import places, sending
from thinkback.attachments.files import StorageFailed
from thinkback.attachments.models import Attachment


@login_required
@require_safe
async def file(request: HttpRequest, id: UUID) -> HttpResponse:
    """The whole picture, to be looked at; any other file, and with `?download` every one, to be kept."""
    return await _sent(request, id, inline="download" not in request.GET)


@login_required
@require_safe
async def thumbnail(request: HttpRequest, id: UUID) -> HttpResponse:
    """A picture made small."""
    return await _sent(request, id, inline=True, small=True)


@login_required
@require_safe
async def text(request: HttpRequest, id: UUID) -> HttpResponse:
    """What was read in a file: what models are told."""
    found = await Attachment.objects.filter(id=id, user_id=await _user_id(request)).afirst()
    if found is None:
        raise Http404
    return HttpResponse(found.text, content_type="text/plain; charset=utf-8")


async def _sent(request: HttpRequest, id: UUID, *, inline: bool, small: bool = False) -> HttpResponse:
    try:
        return await sending.sent(await _user_id(request), id, inline=inline, small=small)
    except StorageFailed:
        return render(request, "503.html", {"store": places.name(settings.STORAGES["default"])}, status=503)


async def _user_id(request: HttpRequest) -> int:
    user = await request.auser()
    assert user.pk is not None
    return int(user.pk)
