"""One answer being made: a task of the server, which goes on whoever watches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any
from uuid import UUID

import structlog

from providers import Event, ProviderError, Reasoning, Text
from proxy.errors import Refused
from proxy.host import Host
from thinkback.chat import failures, saving
from thinkback.chat.asking import NotConfigured, Question, ask
from thinkback.chat.bus import BUS, of_conversation
from thinkback.chat.frames import BlockShown
from thinkback.chat.growing import Growing

FRAME = 0.1  # seconds between two renderings of what is new, at least
SAVE = 1.0  # seconds between two checkpoints
log = structlog.get_logger(__name__)
End = Callable[["Job"], Coroutine[Any, Any, None]]


class Job:
    """Asks, keeps what comes, shows it to those who watch, and saves it: every second, and at the end."""

    def __init__(self, message_id: UUID, question: Question, on_end: End) -> None:
        self.message_id = message_id
        self.question = question
        self.conversation_id = question.chat_id
        self.user_id = question.caller.user_id
        self.status = "streaming"
        self.error: failures.Stored | None = None
        self.text = Growing("text", f"{message_id}-")
        self.reasoning = Growing("reasoning", f"{message_id}-r-")
        self._on_end = on_end
        self._reason = "interrupted"
        self._work: asyncio.Task[None] | None = None
        self._grew = asyncio.Event()
        self._saved = 0
        self._drawing = asyncio.Lock()

    async def run(self, host: Host) -> None:
        """From the question to the saved answer. Never raises for what the provider does."""
        self._work = asyncio.create_task(self._take(host))
        beside = [asyncio.create_task(self._show()), asyncio.create_task(self._save())]
        await asyncio.wait([self._work])
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        self._conclude(self._work)
        self.text.close()
        self.reasoning.close()
        await saving.end(self.message_id, (self.text.text, self.reasoning.text), self.status, self.error)
        await self._on_end(self)

    def stop(self, reason: str) -> None:
        """End it: `stopped` by its reader or `interrupted` by the server. What has arrived stays."""
        self._reason = reason
        if self._work is not None:
            self._work.cancel()

    async def draw(self) -> None:
        """Render what is new and publish it."""
        async with self._drawing:
            for part in (self.reasoning, self.text):
                for block in await part.render():
                    frame = BlockShown(self.message_id, part.name, block.index, block.version, block.html)
                    BUS.publish(of_conversation(self.conversation_id), frame)

    async def _take(self, host: Host) -> None:
        async with aclosing(ask(self.question, host)) as events:
            async for event in events:
                self._keep(event)

    def _keep(self, event: Event) -> None:
        if isinstance(event, Text):
            self.text.add(event.text)
        elif isinstance(event, Reasoning):
            self.reasoning.add(event.text)
        else:
            return
        self._grew.set()

    def _conclude(self, work: asyncio.Task[None]) -> None:
        """Read from the finished work how it ended."""
        failure = None if work.cancelled() else work.exception()
        if work.cancelled():
            self.status = self._reason
        elif failure is None:
            self.status = "done"
        else:
            self.status = "error"
            self.error = self._explain(failure)

    def _explain(self, failure: BaseException) -> failures.Stored:
        if isinstance(failure, NotConfigured):
            return failures.not_configured()
        if not isinstance(failure, ProviderError | Refused):
            log.error("chat_answer_failed", exc_info=failure, message=str(self.message_id))
        return failures.stored(failure)

    async def _show(self) -> None:
        """Nothing is rendered while nobody watches: whoever comes gets it all at once."""
        while True:
            await self._grew.wait()
            self._grew.clear()
            if BUS.is_followed(of_conversation(self.conversation_id)):
                await self.draw()
            await asyncio.sleep(max(FRAME, self.text.pause(), self.reasoning.pause()))

    async def _save(self) -> None:
        while True:
            await asyncio.sleep(SAVE)
            length = self.text.length + self.reasoning.length
            if length != self._saved:
                self._saved = length
                await saving.checkpoint(self.message_id, self.text.text, self.reasoning.text)
