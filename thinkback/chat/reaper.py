"""Answers that another server run writes, or wrote until it died: pages that watch one see how it goes on and ends."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog
from channels.db import database_sync_to_async

from thinkback.chat import recovery
from thinkback.chat.bus import BUS, of_conversation, of_user
from thinkback.chat.frames import AnswerEnded, AnswerShown
from thinkback.chat.jobs import JOBS, tell_below
from thinkback.chat.models import Message
from thinkback.chat.presenting import article_of, row_of
from thinkback.usage.ledger import LEDGER

ROUND = 5.0  # seconds between two looks; with `recovery.STALE` an answer nobody writes is marked within 30
log = structlog.get_logger(__name__)


class Reaper:
    """Looks again and again after the answers that no job of this process makes."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._known: dict[UUID, int] = {}  # answers of others, with the version that pages were shown
        self._jobless: set[UUID] = set()  # answers of this run that had no job a round ago

    async def start(self) -> None:
        """Begin to look."""
        self._known.clear()
        self._task = asyncio.create_task(self._keep_looking(), name="reaper")

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def watch(self, message: Message) -> None:
        """A page was just shown this answer of somebody else: it may end before the next look."""
        self._known.setdefault(message.id, message.version)

    async def round(self) -> None:
        """Mark what nobody writes any more, then tell the pages what became of the others' answers."""
        await database_sync_to_async(recovery.recover)()
        found = [m async for m in Message.objects.filter(status=Message.Status.STREAMING).defer("text", "reasoning")]
        others = {message.id: message for message in found if JOBS.find(message.id) is None}
        await self._interrupt_jobless({m.id for m in others.values() if m.boot_id == LEDGER.boot_id})
        for id in self._known.keys() - others.keys():
            del self._known[id]
            await _tell(id)
        for message in others.values():
            if self._known.get(message.id) != message.version and BUS.is_followed(
                of_conversation(message.conversation_id)
            ):
                await _tell(message.id)
            self._known[message.id] = message.version

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(ROUND)
            try:
                await self.round()
            except Exception as error:  # noqa: BLE001 - one bad minute of the database must not end the looking
                log.warning("chat_reaper_failed", reason=type(error).__name__)

    async def _interrupt_jobless(self, ids: set[UUID]) -> None:
        """An answer of this run without a job in two looks has none: its end could not be saved."""
        lost, self._jobless = ids & self._jobless, ids
        if lost:
            log.error("chat_answers_without_job", answers=len(lost))
            await database_sync_to_async(recovery.interrupt)(Message.objects.filter(id__in=lost))


async def _tell(id: UUID) -> None:
    """Show an answer, as the database has it, on the pages that watch; unless a job of this process shows it."""
    message = await Message.objects.select_related("conversation").filter(id=id).afirst()
    if message is None or JOBS.find(id) is not None:
        return
    chat, user_id = of_conversation(message.conversation_id), message.conversation.user_id
    if BUS.is_followed(chat) and (shown := await article_of(message.conversation_id, id)) is not None:
        if message.status == Message.Status.STREAMING:
            BUS.publish(chat, AnswerShown(id, message.status, shown))
        else:
            BUS.publish(chat, AnswerEnded(id, message.status, shown, len(message.text.split())))
            await tell_below(message.conversation_id, message.comparison)
    if message.status != Message.Status.STREAMING:
        row = await row_of(message.conversation_id, busy=JOBS.is_busy(message.conversation_id))
        if row is not None:
            BUS.publish(of_user(user_id), row)


REAPER = Reaper()
