"""Bodies have a limit, and are read only for those who are known."""

from __future__ import annotations

import asyncio

import pytest

from proxy import receiving
from tests.proxy.client import BEARER, CHAT, GENERATE, MESSAGES, begin, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Upstream

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("path", "where", "what"),
    [
        (CHAT, "code", "request_too_large"),
        (MESSAGES, "type", "request_too_large"),
        (GENERATE.format(model="m"), "code", 413),
    ],
)
async def test_a_declared_length_is_believed(
    host: FakeHost, upstream: Upstream, path: str, where: str, what: object
) -> None:
    headers = {**BEARER, "content-length": str(33 * MEGABYTE)}
    reply = await fetch(host, path, [], headers=headers)  # nothing of it was read
    assert (reply.status, reply.headers["x-thinkback-error"]) == (413, "invalid_request")
    assert reply.json()["error"][where] == what
    assert host.ledger.only.status == "refused" and not upstream.requests


async def test_an_undeclared_one_is_counted(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "LARGEST", 1000)
    parts = [b"x" * 300] * 100
    exchange = begin(host, CHAT, parts)
    await exchange.task
    assert exchange.reply.status == 413
    assert exchange._inbox.qsize() == 96  # the rest was not read


async def test_a_large_one_passes(host: FakeHost, upstream: Upstream) -> None:
    image = chat(image="x" * 3 * MEGABYTE, stream=False)
    parts = [image[at : at + 65536] for at in range(0, len(image), 65536)]
    assert (await fetch(host, CHAT, parts)).status == 200
    assert upstream.last.body == image


async def test_a_client_that_leaves_in_the_middle_of_his_body(host: FakeHost, upstream: Upstream) -> None:
    exchange = begin(host, CHAT, [])
    exchange._inbox.put_nowait({"type": "http.request", "body": b"{", "more_body": True})
    await asyncio.sleep(0.01)
    exchange.leave()
    await exchange.task
    assert not exchange.reply.status and not upstream.requests and not host.ledger.rows
