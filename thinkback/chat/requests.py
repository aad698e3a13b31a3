"""What a page may ask for over its WebSocket, and how it is done. Each checks whose it is."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from channels.db import database_sync_to_async

from proxy.call import Caller
from thinkback.chat import material as materials
from thinkback.chat import recovery, turns
from thinkback.chat.bus import BUS, Topic, of_conversation, of_user
from thinkback.chat.frames import (
    Branch,
    FromPage,
    FromServer,
    Ping,
    Pong,
    Regenerate,
    Send,
    Stop,
    Subscribe,
    TurnBegun,
)
from thinkback.chat.jobs import JOBS
from thinkback.chat.presenting import in_thread, row_of
from thinkback.chat.turns import Turn, Unfit
from thinkback.usage.ledger import LEDGER


class Page(Protocol):
    """The socket that asked."""

    def follow(self, topic: Topic) -> None:
        """Follow one conversation from now on."""

    async def say(self, frame: FromServer) -> None:
        """Send one frame."""


async def obey(page: Page, caller: Caller, frame: FromPage) -> None:
    """Do what a frame asks. Raises Unfit."""
    match frame:
        case Send():
            await send(page, caller, frame)
        case Regenerate():
            await regenerate(page, caller, frame)
        case Stop():
            stop(caller, frame)
        case Subscribe():
            topic = of_conversation(frame.conversation)
            await subscribe(page, caller, topic, frame)
        case Ping():
            await page.say(Pong())


async def send(page: Page, caller: Caller, frame: Send) -> None:
    """A message: stored, shown on every page of this conversation, and answered."""
    _check_open(frame.client_id)
    try:
        turn = await database_sync_to_async(turns.begin)(caller.user_id, frame, LEDGER.boot_id)
    except Unfit as error:
        raise Unfit(error.type, error.message, frame.client_id) from None
    if frame.conversation is None:
        page.follow(of_conversation(turn.conversation.id))
    await _show(turn, caller, frame.client_id, page)


async def regenerate(page: Page, caller: Caller, frame: Regenerate) -> None:
    """Another answer beside an earlier one."""
    _check_open(None)
    turn = await database_sync_to_async(turns.begin_again)(caller.user_id, frame, LEDGER.boot_id)
    await _show(turn, caller, None, page)


def stop(caller: Caller, frame: Stop) -> None:
    """End an answer; one that has ended already is left alone."""
    job = JOBS.find(frame.message)
    if job is not None and job.user_id == caller.user_id:
        job.stop("stopped")


async def subscribe(page: Page, caller: Caller, topic: Topic, frame: Subscribe) -> None:
    """Follow a conversation of one's own, and bring the page up to date."""
    if not await materials.is_own(caller.user_id, frame.conversation):
        raise Unfit("not_found", "This chat is not there any more.")
    page.follow(topic)  # before reading: what happens meanwhile waits in line, and versions tell what is old
    await page.say(await branch(caller.user_id, topic, frame.have))


async def branch(user_id: int, topic: Topic, have: list[UUID]) -> Branch:
    """The state of a conversation: every message that the page lacks or that is still being written."""
    id = topic[1]
    assert isinstance(id, UUID)
    material = await database_sync_to_async(materials.of_branch)(user_id, id)
    if material is None:
        raise Unfit("not_found", "This chat is not there any more.")
    live = JOBS.running_in(id)
    for job in live.values():
        await job.draw()
    known = set(have)
    shown = material.since(have[0] if have else None)
    wanted = [m for m in shown if m.id not in known or m.status == "streaming"]
    if any(m.status == "streaming" and m.id not in live for m in wanted):
        await database_sync_to_async(recovery.recover)()  # or a job has just ended; its frame is in the line
    return Branch(id, [m.id for m in shown], await in_thread(material, wanted, live))


async def _show(turn: Turn, caller: Caller, client_id: UUID | None, page: Page) -> None:
    """Tell every page; a page that asked for the same again is told alone."""
    id = turn.conversation.id
    if not turn.is_new:
        await page.say(await _begun(turn, client_id))
        return
    try:
        BUS.publish(of_conversation(id), await _begun(turn, client_id))
    finally:
        JOBS.begin(turn, caller)  # last, so that its blocks come after the article; and in any case
    if (row := await row_of(id, busy=True)) is not None:
        BUS.publish(of_user(caller.user_id), row)


async def _begun(turn: Turn, client_id: UUID | None) -> TurnBegun:
    id = turn.conversation.id
    material = await database_sync_to_async(materials.of_messages)(id, [m.id for m in turn.shown])
    found = [] if material is None else await in_thread(material, material.messages, JOBS.running_in(id))
    return TurnBegun(id, found, turn.parent_id, client_id, f"/chat/{id}")


def _check_open(client_id: UUID | None) -> None:
    if JOBS.leaving:
        raise Unfit("leaving", "ThinkBack is being restarted. Try again in a moment.", client_id)
