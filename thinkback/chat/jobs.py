"""The answers being made in this process, whoever watches them."""

from __future__ import annotations

import asyncio
from uuid import UUID

from channels.db import database_sync_to_async

from proxy.call import Caller
from proxy.host import Host
from thinkback.chat import recovery
from thinkback.chat.asking import Question
from thinkback.chat.bus import BUS, of_conversation, of_user
from thinkback.chat.frames import AnswerEnded
from thinkback.chat.job import Job
from thinkback.chat.presenting import article_of, row_of
from thinkback.chat.turns import Turn
from thinkback.host import SITE

PATIENCE = 6.0  # seconds that an answer has to end when the server is told to; saving takes some of the eight there are


class Jobs:
    """Starts, finds and stops the answers."""

    def __init__(self, host: Host = SITE, patience: float = PATIENCE) -> None:
        self.host = host
        self.patience = patience
        self.leaving = False
        self._running: dict[UUID, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()

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

    def begin(self, turn: Turn, caller: Caller) -> Job:
        """Make the answer of a turn."""
        answer = turn.answer
        assert answer.operation_id is not None
        question = Question(caller, answer.slug, turn.prompt, turn.conversation.id, answer.operation_id)
        job = Job(answer.id, question, self._end)
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

    async def _end(self, job: Job) -> None:
        """The answer is saved: tell those who watch, then forget the job. From here on the database has it all."""
        try:
            shown = await article_of(job.conversation_id, job.message_id)
            if shown is not None:
                words = len(job.text.text.split())
                frame = AnswerEnded(job.message_id, job.status, shown, words)
                BUS.publish(of_conversation(job.conversation_id), frame)
        finally:
            self._running.pop(job.message_id, None)
        if (row := await row_of(job.conversation_id, busy=self.is_busy(job.conversation_id))) is not None:
            BUS.publish(of_user(job.user_id), row)


JOBS = Jobs()
