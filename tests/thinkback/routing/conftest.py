"""A site with three services before one fake upstream, and what is known of their models."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from providers import Message, Prompt, Text
from proxy import retries, settling
from tests.proxy.host import FakeHost
from tests.upstream import Upstream
from thinkback.chat.asking import Question, ask
from thinkback.connections.catalogue import Entry
from thinkback.connections.lookup import Choice
from thinkback.routing import aliases, routes


class Site(FakeHost):
    """The site with Alice; `models` says what is known of a connection's models."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.models: dict[str, tuple[Entry, ...]] = {}

    async def remembered(self, user_id: int) -> list[Choice]:
        """Stands for what the database says."""
        assert user_id == self.alice.user_id
        return [
            Choice(slug, slug, one.target.kind, "", self.models.get(slug, ()), ready=True, failing=False)
            for slug, one in self.connections.items()
        ]

    async def say(self, alias: str, *messages: Message, chat: UUID | None = None, **more: Any) -> str:
        """Ask an alias as the chat page does; the text of the answer."""
        prompt = Prompt(alias, messages or (Message("user", "Hello"),), **more)
        question = Question(self.alice, aliases.SLUG, prompt, chat or uuid4(), uuid4())
        return "".join([event.text async for event in ask(question, self) if isinstance(event, Text)])

    def booked(self) -> list[tuple[str, str | None, str, str | None]]:
        """Of every record: connection, model, status, reason."""
        return [(row.slug, row.model, row.status, row.route_reason) for row in self.ledger.rows.values()]


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """The fake provider."""
    async with Upstream() as server:
        yield server


@pytest.fixture
async def site(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """The site before it; nothing is tried twice, nobody waits."""
    monkeypatch.setattr(retries, "FIRST", 0.0)
    site = Site(upstream.url)
    monkeypatch.setattr(routes.lookup, "remembered", site.remembered)
    yield site
    await settling.drained()
    await site.network.aclose()


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the connection of the test's transaction open, which asynchronous code would give back."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
