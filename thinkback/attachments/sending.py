"""Gives files out, to their owner alone: streamed through this program, never as a page of the site."""

from __future__ import annotations

from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from thinkback.attachments import files
from thinkback.attachments.models import Attachment
from thinkback.attachments.names import harmless

SHOWABLE = frozenset({"image/png", "image/jpeg", "image/webp"})  # which were made anew: nothing else was in them


async def sent(user_id: int, id: UUID, *, inline: bool, small: bool = False) -> HttpResponse:
    """The file or thumbnail of an attachment. Raises Http404 for anybody but its owner, and files.StorageFailed."""
    found = await Attachment.objects.defer("text").filter(id=id, user_id=user_id).afirst()
    path = "" if found is None else found.thumbnail if small else found.path
    if found is None or not path:
        raise Http404
    try:
        data = await sync_to_async(files.read, thread_sensitive=False, executor=files.READERS)(path)
    except files.Gone:
        raise Http404 from None
    media_type = "image/webp" if small else found.media_type
    shown = inline and media_type in SHOWABLE
    response = HttpResponse(data, content_type=media_type if shown else "application/octet-stream")
    disposition = content_disposition_header(not shown, harmless(found.name))
    response["Content-Disposition"] = disposition or "attachment"
    response["Cache-Control"] = "private, max-age=604800, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
