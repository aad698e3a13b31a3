"""A turn that was stored is shown on every page, and its answer begins."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from channels.db import database_sync_to_async

from proxy.call import Caller
from thinkback.chat import material as materials
from thinkback.chat.bus import BUS, Topic, of_conversation, of_user
from thinkback.chat.frames import FromServer, TurnBegun
from thinkback.chat.jobs import JOBS
from thinkback.chat.presenting import in_thread, row_of
from thinkback.chat.turns import Turn


class Page(Protocol):
    """The line to the page that asked."""

    def follow(self, topic: Topic) -> None:
        """Follow one conversation from now on."""

    async def say(self, frame: FromServer) -> None:
        """Send one frame."""


async def start(turn: Turn, caller: Caller, client_id: UUID | None) -> None:
    """Tell every page, and begin."""
    id = turn.conversation.id
    try:
        BUS.publish(of_conversation(id), await begun(turn, client_id))
    finally:
        for each in (turn, *turn.beside):
            JOBS.begin(each, caller)  # last, so that its blocks come after the article; and in any case
    if (row := await row_of(id, busy=True)) is not None:
        BUS.publish(of_user(caller.user_id), row)


async def begun(turn: Turn, client_id: UUID | None) -> TurnBegun:
    """What pages are told of a turn."""
    id = turn.conversation.id
    material = await database_sync_to_async(materials.of_messages)(id, [m.id for m in turn.shown])
    found = [] if material is None else await in_thread(material, material.messages, JOBS.running_in(id))
    return TurnBegun(id, found, turn.parent_id, client_id, f"/chat/{id}", turn.aside)
