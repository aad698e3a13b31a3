"""What a page asks for about answers, side by side or alone, and what all pages are told of it."""

from __future__ import annotations

from channels.db import database_sync_to_async

from proxy.call import Caller
from thinkback.chat import comparing, stopping
from thinkback.chat import material as materials
from thinkback.chat.bus import BUS, of_conversation, of_user
from thinkback.chat.comparing import Kept, Widened
from thinkback.chat.frames import AnswerShown, Stop, TurnBegun
from thinkback.chat.frames_beside import Compare, Keep, Merge
from thinkback.chat.jobs import JOBS
from thinkback.chat.presenting import group_of, in_thread, row_of
from thinkback.chat.turns import Turn, Unfit
from thinkback.usage.ledger import LEDGER


async def obey(caller: Caller, frame: Compare | Keep | Merge | Stop) -> None:
    """Do what a frame asks. Raises Unfit."""
    if JOBS.leaving and isinstance(frame, Compare | Merge):
        raise Unfit("leaving", "ThinkBack is being restarted. Try again in a moment.")
    match frame:
        case Stop():
            await stopping.stop(caller.user_id, frame.message)
        case Compare():
            await _compare(caller, frame)
        case Keep():
            kept = await database_sync_to_async(comparing.keep)(caller.user_id, frame)
            await _show_kept(caller, kept)
        case Merge():
            turn = await database_sync_to_async(comparing.merge)(caller.user_id, frame, LEDGER.boot_id)
            await begin(caller, turn)


async def begin(caller: Caller, turn: Turn) -> None:
    """Another answer in a comparison that stands on the pages already."""
    chat = of_conversation(turn.conversation.id)
    try:
        shown = await group_of(turn.conversation.id, JOBS.running_in(turn.conversation.id))
        if shown is not None:
            BUS.publish(chat, AnswerShown(shown.id, shown.status, shown.html))
    finally:
        JOBS.begin(turn, caller)
    if (row := await row_of(turn.conversation.id, busy=True)) is not None:
        BUS.publish(of_user(caller.user_id), row)


async def _compare(caller: Caller, frame: Compare) -> None:
    widened = await database_sync_to_async(comparing.compare)(caller.user_id, frame, LEDGER.boot_id)
    if not widened.is_new and widened.turn is not None:
        return await begin(caller, widened.turn)
    try:
        await _show_new(widened)
    finally:
        if widened.turn is not None:
            JOBS.begin(widened.turn, caller)


async def _show_new(widened: Widened) -> None:
    conversation = widened.conversation
    shown = await group_of(conversation.id, JOBS.running_in(conversation.id))
    if shown is not None and conversation.leaf is not None:
        BUS.publish(of_conversation(conversation.id), TurnBegun(conversation.id, [shown], conversation.leaf.parent_id))


async def _show_kept(caller: Caller, kept: Kept) -> None:
    """The answer that was kept takes the place of all; those beside it that are still being written are ended."""
    for id in kept.left:
        await stopping.stop(caller.user_id, id)
    conversation = kept.conversation
    material = await database_sync_to_async(materials.of_messages)(conversation.id, kept.shown)
    if material is not None:
        found = await in_thread(material, material.messages, JOBS.running_in(conversation.id))
        BUS.publish(of_conversation(conversation.id), TurnBegun(conversation.id, found, kept.parent_id))
