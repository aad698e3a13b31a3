"""One answer of an agent: its session taken, its token made, its process run, and everything given back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog
from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone

from proxy.call import Connection
from thinkback.accounts import tokens
from thinkback.accounts.models import ApiToken, User
from thinkback.agents import marks, memory, paths, sessions
from thinkback.agents.models import Session
from thinkback.agents.process import NotStarted, Order, Process, TooMuch
from thinkback.agents.said import Began, Broke, Format, Listener, Lost, Reported, Said, Turn
from thinkback.asked import Asked
from thinkback.serving.here import HERE
from thinkback.usage.ledger import LEDGER

QUIET = 15.0  # seconds of silence after which a sign of life is given
LONGEST = timedelta(hours=2)  # life of a token, should nobody be there to revoke it
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Agent:
    """A kind of agent: its name, and how it is spoken to."""

    kind: str
    label: str
    format: Format


class Answer:
    """An answer being made. `end` gives everything back; it may be called at any time, and more than once."""

    def __init__(self, agent: Agent, asked: Asked, row: Session, through: Connection) -> None:
        assert asked.prompt is not None
        self.agent, self.asked, self.row, self.through = agent, asked, row, through
        self.prompt = asked.prompt
        self.said = memory.seal(memory.of_user(asked.prompt.messages))
        self.process: Process | None = None
        self.token: ApiToken | None = None
        self.text = ""  # of the token
        self.report: Reported | None = None
        self.why = ""  # it was stopped, and the session suspended
        self.ending: asyncio.Task[None] | None = None

    async def says(self) -> AsyncIterator[Said | None]:
        """What the agent says; None as a sign of life. Ends with Reported or Broke."""
        for words in (memory.told(self.prompt, self.row.said), None):
            lost = False
            async for said in self._run(words):
                if isinstance(said, Lost):
                    lost = True
                else:
                    yield said
            if not lost:
                return
        yield Broke(f"{self.agent.label} knows nothing of its own session.")

    def stop(self, why: str) -> None:
        """End it from outside; the session is suspended."""
        self.why = self.why or why
        if self.process is not None and self.ending is None:
            self.ending = asyncio.create_task(self._end())

    async def end(self) -> None:
        """Give everything back. It goes on by itself when the waiting is cancelled."""
        if self.ending is None:
            self.ending = asyncio.create_task(self._end())
        await asyncio.shield(self.ending)

    async def _run(self, words: str | None) -> AsyncGenerator[Said | None]:
        """One process. No words: the agent begins anew."""
        turn = await self._prepare(words)
        listener = self.agent.format.listener()
        process = self.process = Process(self._order(turn))
        await process.start()
        ended = False
        async for line in alive(process.lines()):
            for said in listener.feed(line) if line is not None else ():
                ended = ended or isinstance(said, Broke | Reported)
                yield await self._noted(said)
            if line is None:
                yield None
        for said in await self._close(process, listener) if not ended else ():
            yield await self._noted(said)
        await process.end()

    async def _close(self, process: Process, listener: Listener) -> list[Said]:
        code = await process.code()
        if self.why:
            return [Broke(self.why)]
        complaint = process.complaint.decode(errors="replace").strip().rpartition("\n")[2][:500]
        return listener.close(code, complaint.replace(self.text, "…"))

    async def _noted(self, said: Said) -> Said:
        if isinstance(said, Began):
            await database_sync_to_async(sessions.heard)(self.row.id, said.session, self.said)
        elif isinstance(said, Reported):
            self.report = said
        return said

    async def _prepare(self, words: str | None) -> Turn:
        if self.token is None:
            self.token, self.text = await database_sync_to_async(make_token)(self.row, self.agent.label)
        api = f"{HERE.url}/api/proxy/{address_of(self.through)}"
        wire_format, model, may = self.through.adapter.wire_format, self.prompt.model, settings.AGENTS.may
        if words is None:
            name, told = self.agent.format.new_session(), memory.anew(self.prompt)
            return Turn(name, False, told, model, may, api, wire_format, self.text)
        return Turn(self.row.agent_id, True, words, model, may, api, wire_format, self.text)

    def _order(self, turn: Turn) -> Order:
        agents = settings.AGENTS
        try:
            program = paths.program(str(agents.programs[self.agent.kind]))
        except ValueError as error:
            raise NotStarted(str(error)) from None
        return Order(
            self.agent.format.command(program, turn),
            Path(self.row.directory),
            home_of(self.row.user_id, self.agent.kind),
            marks.mark(LEDGER.boot_id, self.row.id),
            self.agent.format.variables(turn),
            self.agent.format.stdin(turn),
            agents.sandbox,
            None if agents.network else HERE.port,
        )

    async def _end(self) -> None:
        try:
            if self.process is not None:
                await self.process.end()
        finally:
            try:
                await database_sync_to_async(self._give_back)()
            finally:
                UNDER_WAY.pop(self.row.id, None)

    def _give_back(self) -> None:
        report = self.report
        cost = None if report is None else report.cost_usd
        sessions.give_back(self.row.id, answered=report is not None, cost=cost, why=self.why)


UNDER_WAY: dict[UUID, Answer] = {}  # in this process, by session


async def alive(lines: AsyncGenerator[bytes]) -> AsyncIterator[bytes | None]:
    """The lines, and None after each while without one. Raises TooMuch."""
    waiting: asyncio.Task[bytes | None] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(following(lines))
            done, _ = await asyncio.wait({waiting}, timeout=QUIET)
            if not done:
                yield None
                continue
            line, waiting = waiting.result(), None
            if line is None:
                return
            yield line
    finally:
        if waiting is not None:
            waiting.cancel()
            with suppress(asyncio.CancelledError, TooMuch):
                await waiting
        await lines.aclose()


async def following(lines: AsyncGenerator[bytes]) -> bytes | None:
    """The next line; None at the end."""
    return await anext(lines, None)


def make_token(row: Session, label: str) -> tuple[ApiToken, str]:
    """A token for the agent's own calls, which ends with the answer."""
    user = User.objects.get(pk=row.user_id)
    wish = tokens.Wish(f"{label}, session {str(row.id)[-6:]}", ("proxy",), expires_at=timezone.now() + LONGEST)
    token, text = tokens.make(user, wish)
    Session.objects.filter(id=row.id).update(token=token)
    return token, text


def address_of(connection: Connection) -> str:
    """Its path behind /api/proxy/."""
    return f"custom/{connection.slug}" if connection.target.kind == "custom" else connection.slug


def home_of(user_id: int, kind: str) -> Path:
    """Where an agent keeps what it remembers for one user."""
    home = Path(settings.DATA) / "agents" / str(user_id) / kind
    for place in (home.parent.parent, home.parent, home, home / "tmp"):
        place.mkdir(mode=0o700, exist_ok=True)
    return home.resolve()
