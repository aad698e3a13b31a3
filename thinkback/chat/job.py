"""One answer being made: a task of the server, which goes on whoever watches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError

from providers import Finish, Image, ProviderError, Text
from providers import Message as Said
from proxy.errors import Refused
from proxy.host import Host
from proxy.unified.deltas import REASONS
from thinkback.chat import calling, failures, pictures, saving
from thinkback.chat.asking import NotConfigured, Question, ask
from thinkback.chat.bus import BUS, of_conversation
from thinkback.chat.frames import BlockShown
from thinkback.chat.rounds import Round, exchanged, joined, to_store
from thinkback.chat.seams import INSTRUCTION
from thinkback.chat.writing import Writing
from thinkback.tools.kits import Kit, kit_of

FRAME = 0.1  # seconds between two renderings of what is new, at least
SAVE = 1.0  # seconds between two checkpoints
log = structlog.get_logger(__name__)
Heard = Callable[["Job"], Coroutine[Any, Any, None]]


class Job:
    """Asks, keeps what comes, shows it to those who watch, and saves it: every second, and at the end.

    Tools that the model calls are run, and it is asked again with what they answered, round for round. Where one needs
    approval the job ends, `waiting`, and another goes on from what was saved: `earlier` are the rounds so far. Where
    these end in words, which were cut off, the model is asked to go on with them.
    """

    def __init__(self, message_id: UUID, question: Question, heard: Heard, earlier: Sequence[Round] = ()) -> None:
        self.message_id = message_id
        self.question = question
        self.conversation_id = question.chat_id
        self.user_id = question.caller.user_id
        self.status = "streaming"
        self.comparison: UUID | None = None  # where others stand beside it
        self.error: failures.Stored | None = None
        self.finish = ""
        self.rounds: list[Writing] = []
        for index, round in enumerate(earlier):
            self.rounds.append(Writing(message_id, index, round, self.rounds[-1] if round.goes_on else None))
        self._heard = heard  # told when a call changed, and at the end
        self._reason = "interrupted"
        self._work: asyncio.Task[None] | None = None
        self._grew = asyncio.Event()
        self._saved = 0
        self._pictures: dict[UUID, Image] = {}
        self._drawing, self._changing = asyncio.Lock(), asyncio.Lock()
        if not earlier or not earlier[-1].calls:
            self._begin_round()

    async def run(self, host: Host) -> None:
        """From the question to the saved answer. Never raises for what the provider does."""
        self._work = asyncio.create_task(self._take(host))
        beside = [asyncio.create_task(self._show()), asyncio.create_task(self._save())]
        await asyncio.wait([self._work])
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        self._conclude(self._work)
        self.rounds[-1].close()
        await saving.end(self.message_id, self.content(), saving.Ending(self.status, self.finish, self.error))
        await self._heard(self)

    def stop(self, reason: str) -> None:
        """End it: `stopped` by its reader or `interrupted` by the server. What has arrived stays."""
        self._reason = reason
        if self._work is not None:
            self._work.cancel()

    async def draw(self) -> None:
        """Render what is new and publish it."""
        async with self._drawing:
            for part in (part for round in self.apart() for part in (round.reasoning, round.text)):
                for block in await part.render():
                    frame = BlockShown(self.message_id, part.name, block.index, block.version, block.html)
                    BUS.publish(of_conversation(self.conversation_id), frame)

    @property
    def text(self) -> str:
        """What the model said in all rounds."""
        return joined(round.text.text for round in self.apart())

    def content(self) -> saving.Content:
        """What is to be saved."""
        reasoning = joined(round.reasoning.text for round in self.apart())
        is_plain = len(self.rounds) == 1 and self.rounds[0].is_plain
        rounds = to_store([] if is_plain else [round.record() for round in self.rounds])
        return saving.Content(self.text, reasoning, rounds, sum(round.thought for round in self.rounds))

    async def _take(self, host: Host) -> None:
        kit = await kit_of(self.user_id, self.question.tools, self.question.allowed)
        while True:
            current = self.rounds[-1]
            if not current.calls:
                await self._ask(host, kit)
                calling.admit(current.calls, kit)
            if not current.calls:
                return
            if len(self.rounds) > settings.TOOL_ROUNDS:
                calling.break_off(current.calls)
                raise failures.TooManyRounds(settings.TOOL_ROUNDS)
            if any(call.state == "waiting" for call in current.calls):
                self.status = "waiting"
                return
            await calling.perform(current.calls, kit, self._changed)
            self._begin_round()
            await self._changed()

    async def _ask(self, host: Host, kit: Kit) -> None:
        """One round: what came before, and what the tools answered, to the model."""
        *before, current = self.rounds
        said = exchanged((round.record() for round in before), signed=True, pictures=self._pictures)
        prompt = self.question.prompt
        tools = tuple(offered.tool for offered in kit.offered.values())
        more = (Said("user", INSTRUCTION),) if current.on is not None else ()
        prompt = replace(prompt, messages=(*prompt.messages, *said, *more), tools=tools)
        question = replace(self.question, prompt=prompt, operation_id=current.operation_id)
        if before and current.on is None:
            question = replace(question, source="tool")
        async with aclosing(ask(question, host)) as events:
            async for event in events:
                if isinstance(event, Image):
                    await self._keep(event, current)
                elif isinstance(event, Finish):
                    self.finish = REASONS.get(event.reason.lower(), "stop")
                elif current.keep(event):
                    self._grew.set()
        current.close()

    async def _keep(self, image: Image, current: Writing) -> None:
        """A picture is stored, then shown."""
        try:
            drawn = await pictures.keep(self.message_id, image)
        except (OSError, DatabaseError) as error:
            log.error("chat_picture_not_kept", reason=type(error).__name__, message=str(self.message_id))
            current.keep(Text("\n\n*A picture could not be stored.*\n"))
            return
        self._pictures[drawn.id] = image
        current.show(drawn)
        await self._changed()

    def apart(self) -> list[Writing]:
        """The rounds with parts of their own on the page."""
        return [round for round in self.rounds if round.on is None]

    def _begin_round(self) -> None:
        cut_off = self.rounds[-1] if self.rounds and not self.rounds[-1].calls else None
        fresh = Writing(self.message_id, len(self.rounds), on=cut_off)
        if not self.rounds:
            fresh.operation_id = self.question.operation_id
        self.rounds.append(fresh)

    async def _changed(self) -> None:
        """A call began or ended: saved before anything else happens, then shown."""
        async with self._changing:  # so that nobody is shown an older state after a newer one
            await saving.checkpoint(self.message_id, self.content())
            await self._heard(self)

    def _conclude(self, work: asyncio.Task[None]) -> None:
        """Read from the finished work how it ended."""
        failure = None if work.cancelled() else work.exception()
        if work.cancelled():
            self.status = self._reason
            calling.break_off(self.rounds[-1].calls)
        elif failure is not None:
            self.status = "error"
            self.error = self._explain(failure)
        elif self.status != "waiting":
            self.status = "done"

    def _explain(self, failure: BaseException) -> failures.Stored:
        if isinstance(failure, NotConfigured):
            return failures.not_configured()
        if not isinstance(failure, ProviderError | Refused | failures.TooManyRounds):
            log.error("chat_answer_failed", exc_info=failure, message=str(self.message_id))
        return failures.stored(failure)

    async def _show(self) -> None:
        """Nothing is rendered while nobody watches: whoever comes gets it all at once."""
        while True:
            await self._grew.wait()
            self._grew.clear()
            if BUS.is_followed(of_conversation(self.conversation_id)):
                await self.draw()
            current = self.rounds[-1]
            if current.begins:  # how long it thought stands above it from now on
                current.begins = False
                await self._heard(self)
            await asyncio.sleep(max(FRAME, current.text.pause(), current.reasoning.pause()))

    async def _save(self) -> None:
        while True:
            await asyncio.sleep(SAVE)
            length = sum(round.text.length + round.reasoning.length for round in self.apart())
            if length != self._saved:
                self._saved = length
                await saving.checkpoint(self.message_id, self.content())
