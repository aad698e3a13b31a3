"""The answers being made in this process, whoever watches them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async

from proxy.call import Caller
from proxy.draining import DRAINING
from proxy.host import Host
from thinkback.chat import recovery
from thinkback.chat.asking import Question
from thinkback.chat.bus import BUS, of_conversation, of_user
from thinkback.chat.frames import AnswerEnded, AnswerShown
from thinkback.chat.job import Job
from thinkback.chat.presenting import article_of, row_of, summary_shown
from thinkback.chat.rounds import Round
from thinkback.chat.titling import Titling
from thinkback.chat.turns import Turn
from thinkback.host import SITE

PATIENCE = 6.0  # seconds that an answer has to end when the server is told to; saving takes some of the eight there are


class Jobs:
    """Starts, finds and stops the answers."""

    def __init__(self, host: Host = SITE, patience: float = PATIENCE) -> None:
        self.host = host
        self.patience = patience
        self.leaving = False
        self.after: Callable[[Job], Coroutine[Any, Any, None]] | None = None  # what follows an answer
        self._running: dict[UUID, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._counts: set[asyncio.Task[None]] = set()
        self._titling = Titling()

    async def start(self) -> None:
        """Put right what a dead server run left behind."""
        self.leaving = False
        await database_sync_to_async(recovery.recover)()

    async def stop(self) -> None:
        """Let answers end by themselves for a while, interrupt the others, and save what there is of them."""
        self.leaving = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self.patience)
        for job in list(self._running.values()):
            job.stop("interrupted")
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for task in self._counts:
            task.cancel()
        await self._titling.stop()

    def begin(self, turn: Turn, caller: Caller, earlier: Sequence[Round] = ()) -> Job:
        """Make the answer of a turn, or go on with it after its earlier rounds."""
        answer, chat = turn.answer, turn.conversation
        assert answer.operation_id is not None
        tools, allowed = (() if answer.merges else tuple(chat.tools)), tuple(chat.allowed_tools)
        question = Question(
            caller, answer.slug, turn.prompt, chat.id, answer.operation_id, tools=tools, allowed=allowed
        )
        job = Job(answer.id, question, self._hear, earlier)
        job.comparison = answer.comparison
        self._running[answer.id] = job
        task = asyncio.create_task(job.run(self.host), name=f"answer {answer.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def find(self, message_id: UUID) -> Job | None:
        """The job that makes this answer, while it does."""
        return self._running.get(message_id)

    def is_busy(self, conversation_id: UUID) -> bool:
        """Whether an answer is being made in this conversation."""
        return conversation_id in self.busy()

    def running_in(self, conversation_id: UUID) -> dict[UUID, Job]:
        """The jobs of a conversation, by the answer that they make."""
        return {id: job for id, job in self._running.items() if job.conversation_id == conversation_id}

    def busy(self) -> frozenset[UUID]:
        """The conversations in which answers are being made."""
        return frozenset(job.conversation_id for job in self._running.values())

    async def _hear(self, job: Job) -> None:
        await (self._end(job) if job.status != "streaming" else self.show(job))

    async def show(self, job: Job) -> None:
        """Show an answer anew that goes on, to those who watch."""
        if BUS.is_followed(of_conversation(job.conversation_id)):
            await job.draw()
            shown = await article_of(job.conversation_id, job.message_id, {job.message_id: job})
            if shown is not None:
                BUS.publish(of_conversation(job.conversation_id), AnswerShown(job.message_id, job.status, shown))

    async def _end(self, job: Job) -> None:
        """The answer is saved: tell those who watch, then forget the job. From here on the database has it all."""
        try:
            shown = await article_of(job.conversation_id, job.message_id)
            if shown is not None:
                words = len(job.text.split())
                frame = AnswerEnded(job.message_id, job.status, shown, words)
                BUS.publish(of_conversation(job.conversation_id), frame)
        finally:
            self._running.pop(job.message_id, None)
        await tell_below(job.conversation_id, job.comparison)
        await self._tell_row(job)
        self._tell_count(job)
        self._titling.begin(job, self.host, partial(self._tell_row, job))
        if self.after is not None:
            await self.after(job)

    def _tell_count(self, job: Job) -> None:
        """Show what a stopped answer took once its stream was read to the end."""
        reading = DRAINING.of(job.rounds[-1].operation_id)
        if reading is not None:
            task = asyncio.create_task(self._show_when(reading, job))
            self._counts.add(task)
            task.add_done_callback(self._counts.discard)

    async def _show_when(self, reading: asyncio.Task[None], job: Job) -> None:
        await asyncio.wait([reading])
        shown = await article_of(job.conversation_id, job.message_id)
        if shown is not None and self.find(job.message_id) is None:  # nobody goes on with it
            BUS.publish(of_conversation(job.conversation_id), AnswerShown(job.message_id, job.status, shown))

    async def _tell_row(self, job: Job) -> None:
        if (row := await row_of(job.conversation_id, busy=self.is_busy(job.conversation_id))) is not None:
            BUS.publish(of_user(job.user_id), row)


async def tell_below(conversation_id: UUID, comparison: UUID | None) -> None:
    """Tell the pages what stands below answers side by side, after one of them has ended."""
    if comparison is not None and (below := await summary_shown(conversation_id, comparison)) is not None:
        BUS.publish(of_conversation(conversation_id), below)


JOBS = Jobs()
