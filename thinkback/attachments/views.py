"""Files and pictures as the chat page shows them."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from thinkback.attachments import sending
from thinkback.attachments.models import Attachment


@login_required
@require_safe
async def file(request: HttpRequest, id: UUID) -> HttpResponse:
    """The whole picture, to be looked at; any other file, and with `?download` every one, to be kept."""
    return await sending.sent(await _user_id(request), id, inline="download" not in request.GET)


@login_required
@require_safe
async def thumbnail(request: HttpRequest, id: UUID) -> HttpResponse:
    """A picture made small."""
    return await sending.sent(await _user_id(request), id, inline=True, small=True)


@login_required
@require_safe
async def text(request: HttpRequest, id: UUID) -> HttpResponse:
    """What was read in a file: what models are told."""
    found = await Attachment.objects.filter(id=id, user_id=await _user_id(request)).afirst()
    if found is None:
        raise Http404
    return HttpResponse(found.text, content_type="text/plain; charset=utf-8")


async def _user_id(request: HttpRequest) -> int:
    user = await request.auser()
    assert user.pk is not None
    return int(user.pk)
