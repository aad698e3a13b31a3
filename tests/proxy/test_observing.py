"""Whoever watches is told of each call once when it begins and once when it ends, and of strangers why."""

from __future__ import annotations

import pytest

from proxy.host import Observer
from proxy.record import Record
from tests.proxy.client import CHAT, chat, fetch, under_way
from tests.proxy.host import FakeHost


class Watcher(Observer):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.begun: list[Record] = []
        self.over: list[tuple[str, str | None, int]] = []
        self.strangers: list[str] = []

    def began(self, record: Record) -> None:
        self.begun.append(record)

    def ended(self, record: Record) -> None:
        self.over.append((record.status, record.error_type, record.attempt))

    def turned_away(self, reason: str) -> None:
        self.strangers.append(reason)


@pytest.fixture
def watcher(host: FakeHost) -> Watcher:
    host.observer = Watcher()
    return host.observer


@pytest.mark.parametrize(
    ("model", "end"),
    [
        ("m", ("ok", None, 1)),
        ("plan:status=500", ("error", "server_error", 1)),
        ("plan:status=429,retry=7", ("error", "rate_limit", 1)),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
async def test_a_call(
    host: FakeHost, watcher: Watcher, model: str, end: tuple[str, str | None, int], stream: bool
) -> None:
    await fetch(host, body=chat(model, stream=stream))
    assert [record.model for record in watcher.begun] == [model]
    assert watcher.over == [end]


async def test_a_client_that_leaves(host: FakeHost, watcher: Watcher) -> None:
    async with under_way(host, body=chat("plan:chunks=1000,gap=10")):
        assert len(watcher.begun) == 1 and not watcher.over
    assert watcher.over == [("cancelled", None, 1)]


async def test_a_refusal(host: FakeHost, watcher: Watcher) -> None:
    await fetch(host, "/api/proxy/nothing/v1/models", method="GET")
    await fetch(host, CHAT, method="TRACE")
    assert not watcher.begun
    assert watcher.over == [("refused", "invalid_request", 0)] * 2


async def test_a_ledger_that_cannot_be_written(host: FakeHost, watcher: Watcher) -> None:
    host.ledger.broken = True
    await fetch(host, body=chat())
    assert watcher.over == [("refused", "server_error", 1)]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "nothing_shown"),
        ({"authorization": "Bearer sk-something"}, "nothing_shown"),
        ({"x-api-key": "tb_unknown"}, "unknown_token"),
        ({"cookie": "sessionid=unknown", "sec-fetch-site": "same-origin"}, "unknown_session"),
        ({"cookie": "sessionid=alices-session", "origin": "https://evil.example"}, "other_site"),
    ],
)
async def test_a_stranger(host: FakeHost, watcher: Watcher, headers: dict[str, str], reason: str) -> None:
    await fetch(host, body=chat(), headers=headers)
    assert watcher.strangers == [reason]
    assert not watcher.begun and not watcher.over
