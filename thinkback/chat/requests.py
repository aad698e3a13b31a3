"""What a page may ask for over its line, and how it is done. Each checks whose it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.utils.translation import gettext as _

from proxy.call import Caller
from thinkback.chat import contests, continuing, deciding, drafts, turns, versions, waiting_line
from thinkback.chat import material as materials
from thinkback.chat.bus import BUS, Topic, of_conversation, of_user
from thinkback.chat.frames import (
    AnswerShown,
    Branch,
    Continue,
    Decide,
    FromPage,
    Ping,
    Pong,
    Regenerate,
    Rewrite,
    SaveDraft,
    Send,
    SendQueued,
    Stop,
    Subscribe,
    Unqueue,
)
from thinkback.chat.frames_beside import Compare, Keep, Merge
from thinkback.chat.jobs import JOBS
from thinkback.chat.presenting import article_of, in_thread, row_of
from thinkback.chat.reaper import REAPER
from thinkback.chat.starting import Page, begun, start
from thinkback.chat.turns import Turn, Unfit
from thinkback.usage.ledger import LEDGER


async def obey(page: Page, caller: Caller, frame: FromPage) -> None:
    """Do what a frame asks. Raises Unfit."""
    await DOERS[type(frame)](page, caller, frame)


async def send(page: Page, caller: Caller, frame: Send) -> None:
    """A message: stored, shown on every page of this conversation, and answered."""
    _check_open(frame.client_id)
    try:
        if await waiting_line.put(frame, caller):
            return
        turn = await database_sync_to_async(turns.begin)(caller.user_id, frame, LEDGER.boot_id)
    except Unfit as error:
        raise Unfit(error.type, error.message, frame.client_id) from None
    if frame.conversation is None:
        page.follow(of_conversation(turn.conversation.id))
    await _show(turn, caller, frame.client_id, page)
    BUS.publish(of_user(caller.user_id), await database_sync_to_async(drafts.now)(caller.user_id, frame.conversation))


async def regenerate(page: Page, caller: Caller, frame: Regenerate) -> None:
    """Another answer beside an earlier one."""
    _check_open(frame.client_id)
    try:
        turn = await database_sync_to_async(turns.begin_again)(caller.user_id, frame, LEDGER.boot_id)
    except Unfit as error:
        raise Unfit(error.type, error.message, frame.client_id) from None
    if turn.is_new and turn.answer.comparison is not None:
        return await contests.begin(caller, turn)
    await _show(turn, caller, frame.client_id, page)


async def contest(page: Page, caller: Caller, frame: Compare | Keep | Merge | Stop) -> None:
    """Something about an answer, alone or side by side with others."""
    await contests.obey(caller, frame)


async def rewrite(page: Page, caller: Caller, frame: Rewrite) -> None:
    """An answer in the user's own words."""
    try:
        turn = await database_sync_to_async(versions.rewrite)(caller.user_id, frame)
    except Unfit as error:
        raise Unfit(error.type, error.message, frame.client_id) from None
    told = await begun(turn, frame.client_id)
    await page.say(told) if not turn.is_new else BUS.publish(of_conversation(turn.conversation.id), told)


async def go_on(page: Page, caller: Caller, frame: Continue) -> None:
    """Go on with an answer that was broken off."""
    _check_open(None)
    decided = await database_sync_to_async(continuing.go_on)(caller.user_id, frame, LEDGER.boot_id)
    if decided.turn is not None:
        await JOBS.show(JOBS.begin(decided.turn, caller, decided.rounds))
        if (row := await row_of(decided.message.conversation_id, busy=True)) is not None:
            BUS.publish(of_user(caller.user_id), row)


async def decide(page: Page, caller: Caller, frame: Decide) -> None:
    """Allow or deny a tool. When all are decided on, the answer goes on."""
    _check_open(None)
    decided = await database_sync_to_async(deciding.decide)(caller.user_id, frame, LEDGER.boot_id)
    message, turn = decided.message, decided.turn
    chat = of_conversation(message.conversation_id)
    try:
        shown = await article_of(message.conversation_id, message.id, JOBS.running_in(message.conversation_id))
        if shown is not None:
            BUS.publish(chat, AnswerShown(message.id, message.status, shown))
    finally:
        if turn is not None:
            JOBS.begin(turn, caller, decided.rounds)
    if turn is not None and (row := await row_of(message.conversation_id, busy=True)) is not None:
        BUS.publish(of_user(caller.user_id), row)


async def save_draft(page: Page, caller: Caller, frame: SaveDraft) -> None:
    """Keep what is being typed, and tell every page of the user; one that only asked is told alone."""
    changed = await database_sync_to_async(drafts.save)(caller.user_id, frame)
    if changed is None:
        raise Unfit("not_found", _("This chat is not there any more."))
    if changed.page:
        BUS.publish(of_user(caller.user_id), changed)
    else:
        await page.say(changed)


async def answer_ping(page: Page, caller: Caller, frame: Ping) -> None:
    """A sign of life for a sign of life."""
    await page.say(Pong())


async def subscribe(page: Page, caller: Caller, frame: Subscribe) -> None:
    """Follow a conversation of one's own, and bring the page up to date."""
    topic = of_conversation(frame.conversation)
    if not await materials.is_own(caller.user_id, frame.conversation):
        raise Unfit("not_found", _("This chat is not there any more."))
    page.follow(topic)  # before reading: what happens meanwhile waits in line, and versions tell what is old
    await page.say(await branch(caller.user_id, topic, frame.have, frame.last))


async def branch(user_id: int, topic: Topic, have: list[UUID], last: UUID | None = None) -> Branch:
    """The state of a conversation: every message that the page lacks or that is still being written."""
    id = topic[1]
    assert isinstance(id, UUID)
    material = await database_sync_to_async(materials.of_branch)(user_id, id, last)
    if material is None:
        raise Unfit("not_found", _("This chat is not there any more."))
    live = JOBS.running_in(id)
    for job in live.values():
        await job.draw()
    known = set(have)
    shown = material.since(have[0] if have else None)
    wanted = [m for m in shown if material.place_of(m) not in known or m.status in ("streaming", "waiting")]
    for other in (m for m in [*wanted, *material.group] if m.status == "streaming" and m.id not in live):
        REAPER.watch(other)  # another process writes it, or did; or a job has just ended, and its frame is in the line
    leaf = material.conversation.leaf_id
    aside = leaf if shown and leaf != shown[-1].id else None
    queue = await database_sync_to_async(waiting_line.drawn)(id)
    return Branch(id, [material.place_of(m) for m in shown], await in_thread(material, wanted, live), aside, queue)


async def _show(turn: Turn, caller: Caller, client_id: UUID | None, page: Page) -> None:
    """Tell every page; a page that asked for the same again is told alone."""
    if turn.is_new:
        await start(turn, caller, client_id)
    else:
        await page.say(await begun(turn, client_id))


def _check_open(client_id: UUID | None) -> None:
    if JOBS.leaving:
        raise Unfit("leaving", _("ThinkBack is being restarted. Try again in a moment."), client_id)


DOERS: dict[type, Callable[[Page, Caller, Any], Awaitable[None]]] = {
    Send: send,
    Regenerate: regenerate,
    Rewrite: rewrite,
    Compare: contest,
    Keep: contest,
    Merge: contest,
    Stop: contest,
    SendQueued: waiting_line.send_now,
    Unqueue: waiting_line.remove,
    Continue: go_on,
    Decide: decide,
    Subscribe: subscribe,
    SaveDraft: save_draft,
    Ping: answer_ping,
}
