"""Versions of messages as JSON: `/api/chats/<id>/messages/<message>`."""

from __future__ import annotations

from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse

from thinkback.api import ApiError, ApiRequest, api
from thinkback.chat import versions
from thinkback.chat.bus import BUS, of_conversation
from thinkback.chat.frames import VersionGone
from thinkback.chat.turns import Unfit


@api("DELETE", scope="chat")
async def version(request: ApiRequest, id: UUID, message_id: UUID) -> HttpResponse:
    """Delete a version of a message, with all that follows it."""
    try:
        conversation = await sync_to_async(versions.delete)(request.user.pk, id, message_id)
    except Unfit as error:
        raise ApiError(404 if error.type == "not_found" else 409, error.type, error.message) from None
    BUS.publish(of_conversation(conversation.id), VersionGone(conversation.id))
    return HttpResponse(status=204)
