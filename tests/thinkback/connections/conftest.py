"""A service that answers as the test says, a ledger that remembers, and browsers that are signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest
from django.test import Client

from proxy.call import Connection
from proxy.record import Record
from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts.models import User
from thinkback.host import SITE

KEY = "sk-canary-0123456789abcdef4f2A"
STREAM = (
    'data: {"id":"1","object":"chat.completion.chunk","model":"small-mini",'
    '"choices":[{"index":0,"delta":{"role":"assistant","content":"ok"},"finish_reason":null}]}\n\n'
    'data: {"id":"1","object":"chat.completion.chunk","model":"small-mini",'
    '"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}\n\n'
    'data: {"id":"1","object":"chat.completion.chunk","model":"small-mini","choices":[],'
    '"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}\n\n'
    "data: [DONE]\n\n"
)


@dataclass
class Service:
    """An OpenAI-format service: its answers by the end of the path, and the requests that it saw."""

    models: Callable[[], httpx.Response] = lambda: httpx.Response(
        200, json={"object": "list", "data": [{"id": "big-one"}, {"id": "small-mini"}]}
    )
    chat: Callable[[], httpx.Response] = lambda: httpx.Response(
        200, headers={"content-type": "text/event-stream"}, content=STREAM.encode()
    )
    balance: Callable[[], httpx.Response] = lambda: httpx.Response(200, json={"balance": 12.5})
    requests: list[httpx.Request] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What it says to one request; a callable may raise instead."""
        self.requests.append(request)
        if request.url.path.endswith("/balance"):
            return self.balance()
        return self.models() if request.url.path.endswith("/models") else self.chat()


@dataclass
class Booked:
    """A ledger in memory."""

    records: list[Record] = field(default_factory=list)

    async def open(self, record: Record) -> None:
        self.records.append(record)

    async def close(self, record: Record) -> None:
        pass


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the connection of the test's transaction open, which asynchronous code would give back."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    """What every provider on the network is, in this test."""
    service = Service()

    def transport(connection: Connection) -> httpx.AsyncBaseTransport:
        return connection.adapter.transport() or httpx.MockTransport(service.answer)

    monkeypatch.setattr(SITE, "transport", transport)
    return service


@pytest.fixture
def booked(monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    """The usage records of this test."""
    ledger = Booked()
    monkeypatch.setattr(SITE, "ledger", ledger)
    return ledger.records


@pytest.fixture
def browser(alice: User) -> Client:
    """Alice's browser."""
    return signed_in(alice)


@pytest.fixture
def bobs(bob: User) -> Client:
    """Bob's browser."""
    return signed_in(bob)
