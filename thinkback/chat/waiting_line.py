"""The queue of a conversation at work: shown on every page, and sent by the server itself when an answer has ended."""

from __future__ import annotations

from uuid import UUID

import structlog
from channels.db import database_sync_to_async
from django.template.loader import render_to_string

from proxy.call import Caller
from thinkback.chat import queueing, stopping
from thinkback.chat.bus import BUS, of_conversation
from thinkback.chat.frames import QueueChanged, Send, SendQueued, Unqueue
from thinkback.chat.job import Job
from thinkback.chat.jobs import JOBS
from thinkback.chat.models import Message, Queued
from thinkback.chat.starting import Page, start
from thinkback.chat.turns import Unfit
from thinkback.usage.ledger import LEDGER

log = structlog.get_logger(__name__)
URGENT: dict[UUID, UUID] = {}  # conversation → what is sent as soon as its answer has stopped


def drawn(conversation_id: UUID) -> str:
    """The rows as HTML."""
    rows = Queued.objects.filter(conversation_id=conversation_id)
    return render_to_string("chat/_queue_rows.html", {"queue": rows})


async def put(frame: Send, caller: Caller) -> bool:
    """Keep a message until the answer has ended; False where it can be sent at once."""
    if not frame.queue or frame.conversation is None or frame.instead is not None:
        return False
    if not await database_sync_to_async(queueing.put)(caller.user_id, frame):
        return False
    await _tell(frame.conversation, client_id=frame.client_id)
    return True


async def remove(page: Page, caller: Caller, frame: Unqueue) -> None:
    """Take a message out of the line."""
    await _tell(await database_sync_to_async(queueing.remove)(caller.user_id, frame.id))


async def send_now(page: Page, caller: Caller, frame: SendQueued) -> None:
    """Send a message that waits; an answer that is being made is stopped for it."""
    row = await database_sync_to_async(queueing.find)(caller.user_id, frame.id)
    id = row.conversation_id
    running = JOBS.running_in(id)
    if running:
        URGENT[id] = frame.id
        for job in running.values():
            job.stop("stopped")
        return
    async for message in Message.objects.filter(conversation_id=id, status=Message.Status.WAITING):
        await stopping.stop(caller.user_id, message.id)
    await _send(caller, id, frame.id, None)


async def go_on(job: Job) -> None:
    """An answer has ended: the next message is sent, if the answer is whole or somebody asked for it."""
    id = job.conversation_id
    if JOBS.running_in(id):  # of several answers side by side the last one decides
        return
    urgent = URGENT.pop(id, None)
    if urgent is None and (job.status != "done" or not await Queued.objects.filter(conversation_id=id).aexists()):
        return
    try:
        await _send(job.question.caller, id, urgent, None if job.comparison else job.message_id)
    except Unfit as error:  # it waits on, with a button
        log.info("chat_queue_waits", reason=error.type, conversation=str(id))


async def _send(caller: Caller, conversation_id: UUID, id: UUID | None, after: UUID | None) -> None:
    if JOBS.leaving:
        raise Unfit("leaving", "ThinkBack is being restarted. Try again in a moment.")
    send_next = database_sync_to_async(queueing.send_next)
    turn = await send_next(caller.user_id, conversation_id, LEDGER.boot_id, id, after)
    client_id = turn.shown[-2].client_id
    await start(turn, caller, client_id)
    await _tell(conversation_id, sent=client_id)


async def _tell(conversation_id: UUID, client_id: UUID | None = None, sent: UUID | None = None) -> None:
    html = await database_sync_to_async(drawn)(conversation_id)
    BUS.publish(of_conversation(conversation_id), QueueChanged(conversation_id, html, client_id, sent))


JOBS.after = go_on
