"""Ending an answer at its reader's wish."""

from __future__ import annotations

from uuid import UUID

from channels.db import database_sync_to_async

from thinkback.chat import deciding, groups
from thinkback.chat.bus import BUS, of_conversation
from thinkback.chat.frames import AnswerEnded
from thinkback.chat.jobs import JOBS, tell_below
from thinkback.chat.models import Message
from thinkback.chat.presenting import article_of


async def stop(user_id: int, id: UUID) -> None:
    """End an answer, or all of a comparison; one that has ended already is left alone. What has arrived stays."""
    group = [answer async for answer in Message.objects.filter(comparison=id, conversation__user_id=user_id)]
    for answer in group:
        if answer.status in groups.OPEN:
            await _stop(user_id, answer.id)
    if not group:
        await _stop(user_id, id)


async def _stop(user_id: int, id: UUID) -> None:
    job = JOBS.find(id)
    if job is not None and job.user_id == user_id:
        return job.stop("stopped")
    if job is None:
        message = await database_sync_to_async(deciding.stop)(user_id, id)
        if message is not None and (shown := await article_of(message.conversation_id, message.id)) is not None:
            frame_of_end = AnswerEnded(message.id, message.status, shown, len(message.text.split()))
            BUS.publish(of_conversation(message.conversation_id), frame_of_end)
            await tell_below(message.conversation_id, message.comparison)
