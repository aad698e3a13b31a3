"""Agents turned on, with a small program in the place of Claude Code, and the chat running inside the test."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

import providers
from tests.thinkback.chat.conftest import Page, page_of, quick  # noqa: F401  pytest finds it here
from thinkback.accounts.models import User
from thinkback.agents import sandbox
from thinkback.agents.adapters import adapters
from thinkback.agents.keeper import KEEPER
from thinkback.agents.models import Session
from thinkback.agents.setting import Agents
from thinkback.chat.jobs import JOBS
from thinkback.chat.models import Message
from thinkback.connections import changes
from thinkback.host import SITE
from thinkback.usage.ledger import LEDGER

FAKE = Path(__file__).with_name("fake_agent.py")
ANTHROPIC = {"kind": "anthropic", "api_key": "sk-ant-canary-0123456789"}
TurnOn = Callable[..., Agents]


def program_at(place: Path) -> Path:
    """The fake agent as a program."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!{Path(sys.base_prefix) / 'bin' / 'python3'} -I\n{FAKE.read_text()}")
    place.chmod(0o755)
    return place


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The directory that agents are allowed, with two in it."""
    for name in ("one", "two"):
        (tmp_path / "work" / name).mkdir(parents=True)
    return tmp_path / "work"


@pytest.fixture
def turn_on(tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TurnOn]:
    """Turns agents on; what is named differs from the usual."""
    program = program_at(tmp_path / "bin" / "claude")
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(settings, "DATA", tmp_path / "data")
    confined = sandbox.version() >= sandbox.NETWORK

    def turn(**named: Any) -> Agents:
        agents = Agents({"claudecode": program}, (work,), sandbox=confined, network=not confined)
        agents = replace(agents, **named)
        monkeypatch.setattr(settings, "AGENTS", agents)
        providers.bring(adapters(agents))
        return agents

    yield turn
    providers.bring(())


@pytest.fixture
async def running(transactional_db: None, turn_on: TurnOn) -> AsyncIterator[None]:
    """The services that an agent's answer needs."""
    turn_on()
    services = (LEDGER, SITE, KEEPER, JOBS)
    for service in services:
        await service.start()
    yield
    for service in reversed(services):
        await service.stop()


@dataclass
class Chat:
    """A chat of one user with the agent."""

    user: User
    page: Page
    slug: str = "claudecode"
    id: UUID | None = None

    async def begin(self, words: str) -> str:
        """Send a message; the id of the answer that is being made."""
        more = {} if self.id is None else {"conversation": self.id}
        turn = await self.page.send(words, slug=self.slug, model="default", **more)
        if self.id is None:
            self.id = UUID(turn["conversation"])
        return str(turn["articles"][-1]["id"])

    async def say(self, words: str) -> Message:
        """Send a message and wait for the whole answer."""
        answer = await self.begin(words)
        while (await self.page.hear("done"))["message"] != answer:
            pass
        return await Message.objects.aget(id=answer)

    async def hears(self, words: str) -> int:
        """Wait until the answer that is being made says this; the number in it."""
        while (found := re.search(words, (await self.page.hear("block"))["html"])) is None:
            pass
        return int(found[1])

    async def session(self) -> Session:
        """The session of this chat."""
        return await Session.objects.aget(conversation_id=self.id)


def add_agent(user: User, directory: Path) -> None:
    """A provider, and the agent that calls its models through it."""
    changes.create(user.pk, ANTHROPIC)
    changes.create(user.pk, {"kind": "claudecode", "directory": str(directory), "provider": "anthropic"})


@pytest.fixture
async def chat(running: None, alice: User, work: Path) -> AsyncIterator[Chat]:
    """Alice's chat with the agent, which works in the directory `one`."""
    await sync_to_async(add_agent)(alice, work / "one")
    async with page_of(alice) as page:
        yield Chat(alice, page)
