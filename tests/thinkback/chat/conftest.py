"""The chat running inside the test: ledger, jobs, a model whose every word the test decides, and pages that listen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from providers import Event, Text
from proxy.host import Host
from thinkback.accounts.models import User
from thinkback.chat import job as jobs_module
from thinkback.chat.asking import Question
from thinkback.chat.consumers import ChatConsumer
from thinkback.chat.jobs import JOBS
from thinkback.chat.models import Message
from thinkback.host import SITE
from thinkback.usage.ledger import LEDGER

END = object()
PATIENCE = 30.0


class Model:
    """Stands for a model: says what the test tells it to, when the test tells it to."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.lines: asyncio.Queue[Any] = asyncio.Queue()
        self.left = asyncio.Event()

    def say(self, *events: Event | str | Exception) -> None:
        for event in events:
            self.lines.put_nowait(Text(event) if isinstance(event, str) else event)

    def end(self) -> None:
        self.lines.put_nowait(END)

    async def ask(self, question: Question, host: Host) -> AsyncGenerator[Event]:
        self.asked.append(question)
        try:
            while (line := await self.lines.get()) is not END:
                if isinstance(line, Exception):
                    raise line
                yield line
        finally:
            self.left.set()


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model in the test's hands."""
    model = Model()
    monkeypatch.setattr(jobs_module, "ask", model.ask)
    return model


@pytest.fixture
async def running(transactional_db: None) -> AsyncIterator[None]:
    """The services that an answer needs."""
    for service in (LEDGER, SITE, JOBS):
        await service.start()
    yield
    for service in (JOBS, SITE, LEDGER):
        await service.stop()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test waits for the pace that suits people."""
    monkeypatch.setattr(jobs_module, "FRAME", 0.001)
    monkeypatch.setattr(jobs_module, "SAVE", 0.01)
    monkeypatch.setattr(JOBS, "patience", 0.0)
    yield


class Page:
    """One open page: what it says, and what it is told."""

    def __init__(self, socket: WebsocketCommunicator) -> None:
        self.socket = socket

    async def say(self, **frame: Any) -> None:
        await self.socket.send_to(text_data=json.dumps(frame, default=str))

    async def hear_any(self) -> dict[str, Any]:
        """The next frame."""
        message = await self.socket.receive_output(PATIENCE)
        assert message["type"] == "websocket.send", message
        frame: dict[str, Any] = json.loads(message["text"])
        return frame

    async def hear(self, type: str) -> dict[str, Any]:
        """The next frame of this type; others are passed over."""
        async with asyncio.timeout(PATIENCE):
            while (frame := await self.hear_any())["type"] != type:
                pass
        return frame

    async def send(self, text: str = "Hello", **more: Any) -> dict[str, Any]:
        """Send a message; the frame that says that the answer has begun."""
        usual = {"client_id": uuid4(), "text": text, "slug": "practice", "model": "practice-instant"}
        await self.say(type="send", **(usual | more))
        return await self.hear("turn")

    async def is_quiet(self) -> bool:
        return bool(await self.socket.receive_nothing(0.1))


def session_of(user: User) -> str:
    """A session as signing in makes it."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@asynccontextmanager
async def page_of(user: User | None) -> AsyncIterator[Page]:
    """A page of this user, connected."""
    key = await sync_to_async(session_of)(user) if user else "nonsense"
    cookie = f"{settings.SESSION_COOKIE_NAME}={key}".encode()
    socket = WebsocketCommunicator(ChatConsumer.as_asgi(), "/ws/chat", headers=[(b"cookie", cookie)])
    connected, _ = await socket.connect()
    assert connected
    try:
        yield Page(socket)
    finally:
        await socket.disconnect()


async def stored(message_id: str | UUID) -> Message:
    """A message as the database has it."""
    return await Message.objects.aget(id=message_id)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that will be so in a moment."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.002)


async def saved(message_id: str | UUID, text: str) -> None:
    """Wait until a checkpoint has this text."""
    async with asyncio.timeout(PATIENCE):
        while (await stored(message_id)).text != text:
            await asyncio.sleep(0.005)
