"""Agents as the proxy sees them: a transport that answers in OpenAI's format instead of connecting."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import httpx
import structlog
from channels.db import database_sync_to_async
from django.conf import settings

from providers import AuthFailed, InvalidRequest, ProviderError, Text
from proxy.call import Connection
from thinkback.agents import sessions
from thinkback.agents.models import Session
from thinkback.agents.process import NotStarted, TooMuch
from thinkback.agents.said import Broke, Did, Reported, Said, Spoke, Thought
from thinkback.agents.turns import UNDER_WAY, Agent, Answer
from thinkback.asked import ASKED, Asked
from thinkback.connections import lookup
from thinkback.usage.ledger import LEDGER
from thinkback.usage.money import shown

SIGN_OF_LIFE = b": at work\n\n"
PATIENCE = 5.0  # seconds that an answer before this one has to be gone
log = structlog.get_logger(__name__)
CLAIMED: set[UUID | None] = set()  # the chats whose session is just being taken


class AgentTransport(httpx.AsyncBaseTransport):
    """Answers `GET v1/models` and `POST v1/chat/completions` for one kind of agent."""

    def __init__(self, agent: Agent, models: tuple[str, ...]) -> None:
        self.agent = agent
        self.models = models

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to one request."""
        if request.method == "GET":
            rows = [{"id": name, "object": "model", "owned_by": self.agent.kind} for name in self.models]
            return httpx.Response(200, json={"object": "list", "data": rows})
        asked = ASKED.get()
        try:
            if asked is None:
                raise InvalidRequest(f"{self.agent.label} answers on the chat page alone.", status=400)
            connection, through = await self._connections(asked)
            if asked.prompt is None or asked.chat_id is None:
                return streamed(Tried(f"{self.agent.label} may work in {directory_of(connection)}."))
            if any(not isinstance(part, Text) for part in asked.prompt.messages[-1].parts):
                raise InvalidRequest(
                    f"{self.agent.label} takes words alone. Put the file into its directory.", status=400
                )
            made = await self._answer(asked, connection, through)
        except ProviderError as error:
            return refused(error, self.agent.label)
        return streamed(Words(made))

    async def _connections(self, asked: Asked) -> tuple[Connection, Connection]:
        """The agent's configuration, and that of the provider which its calls go through. Raises ProviderError."""
        if not (asked.caller.is_staff or settings.AGENTS.everyone):
            raise AuthFailed("On this site agents are for owner and administrators.", status=403)
        connection = await lookup.find(asked.caller, asked.slug)
        assert connection is not None
        name = connection.target.options.get("provider", "")
        through = await lookup.find(asked.caller, name)
        if through is None or through.adapter.wire_format not in self.agent.format.speaks:
            spoken = " or ".join(self.agent.format.speaks)
            raise InvalidRequest(
                f"{self.agent.label} calls its models through a provider of yours that speaks the format {spoken}. "
                f"{name or 'None'} is none. Choose one in the settings.",
                status=400,
            )
        return connection, through

    async def _answer(self, asked: Asked, connection: Connection, through: Connection) -> Answer:
        """The answer, with its session, once the one before has let go of that. Raises ProviderError."""
        if asked.chat_id in CLAIMED:
            raise sessions.busy()
        CLAIMED.add(asked.chat_id)
        try:
            for before in [one for one in UNDER_WAY.values() if one.asked.chat_id == asked.chat_id and one.ending]:
                assert before.ending is not None
                await asyncio.wait([before.ending], timeout=PATIENCE)
            where = directory_of(connection)
            take = database_sync_to_async(sessions.take)
            row: Session = await take(asked, self.agent.kind, where, LEDGER.boot_id, tuple(UNDER_WAY))
            made = UNDER_WAY[row.id] = Answer(self.agent, asked, row, through)
            return made
        finally:
            CLAIMED.discard(asked.chat_id)


class Words(httpx.AsyncByteStream):
    """An agent's answer as a stream of events."""

    def __init__(self, made: Answer) -> None:
        self.made = made
        self.label = made.agent.label

    async def __aiter__(self) -> AsyncIterator[bytes]:
        last: Said | None = None
        try:
            async for said in self.made.says():
                if isinstance(said, Broke | Reported):
                    last = said
                    break
                yield SIGN_OF_LIFE if said is None else b"".join(map(chunk, deltas(said)))
        except (TooMuch, NotStarted) as error:
            last = Broke(str(error))
        except OSError as error:
            log.error("agent_not_started", reason=str(error))
            last = Broke("It could not be started.")
        finally:
            await self.made.end()
        yield self._end(last)

    async def aclose(self) -> None:
        """Nobody reads on: the agent ends, with all that it started."""
        await self.made.end()

    def _end(self, last: Said | None) -> bytes:
        if not isinstance(last, Reported):
            broke = last if isinstance(last, Broke) else Broke(self.made.why or "It said nothing.")
            return failed(broke, self.label, str(self.made.row.id))
        note = b""
        if last.cost_usd is not None:
            steps = "1 step" if last.steps == 1 else f"{last.steps} steps"
            words = f"{self.label} reckons {shown(last.cost_usd)} for {steps}"
            note = b"".join(map(chunk, deltas(Did(f"{words}; its calls are booked one by one"))))
        return note + finished()


class Tried(httpx.AsyncByteStream):
    """What the test of a connection is told."""

    def __init__(self, words: str) -> None:
        self.words = words

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield chunk({"content": self.words}) + finished()


def directory_of(connection: Connection) -> str:
    """Where new sessions begin: as the configuration says, else in the first directory that there is."""
    return connection.target.options.get("directory", "") or str(settings.AGENTS.roots[0])


def deltas(said: Said) -> list[dict[str, str]]:
    """What was said, in OpenAI's words; what an agent does stands among its reasoning."""
    if isinstance(said, Spoke):
        return [{"content": said.text}]
    if isinstance(said, Thought):
        return [{"reasoning_content": said.text}]
    return [{"reasoning_content": f"\n\n- {said.note}\n\n"}] if isinstance(said, Did) else []


def chunk(delta: Mapping[str, Any], reason: str | None = None) -> bytes:
    """One event."""
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return event({"object": "chat.completion.chunk", "choices": [choice]})


def finished() -> bytes:
    """The proper end."""
    return chunk({}, "stop") + b"data: [DONE]\n\n"


def failed(broke: Broke, label: str, session: str) -> bytes:
    """The end of an answer that broke."""
    # not as 429: that would be tried again, and the agent has done things already
    return event(
        error_of(f"{label}: {broke.message[:1000]}", None if broke.status == 429 else broke.status, label, session)
    )


def refused(error: ProviderError, label: str) -> httpx.Response:
    """An answer that never began."""
    status = error.status or 400
    headers = {} if error.retry_after is None else {"retry-after": f"{error.retry_after:.0f}"}
    return httpx.Response(status, headers=headers, json=error_of(error.message, status, label, None))


def error_of(message: str, status: int | None, label: str, session: str | None) -> dict[str, Any]:
    """An error in OpenAI's shape. It carries agent and session; `status` is that of whose failure it was."""
    error = {"message": message, "type": "session_error", "param": None, "code": "session_error"}
    return {"error": {**error, "status": status, "provider": label, "session": session}}


def event(document: Mapping[str, Any]) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def streamed(stream: httpx.AsyncByteStream) -> httpx.Response:
    """An answer that comes piece by piece."""
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=stream)
