"""A provider that answers in gzip though nobody asked for it: the bytes pass as they came, and are booked as well."""

from __future__ import annotations

import gzip
import json

import pytest

from tests import wire
from tests.faulty import in_gzip, packed
from tests.proxy.client import CHAT, GENERATE, MESSAGES, begin, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Reply, Upstream
from tests.wire import Plan

PLAN = Plan(chunks=6)
STREAMS = {
    CHAT: list(wire.openai_stream(PLAN, {"stream_options": {"include_usage": True}})),
    MESSAGES: list(wire.anthropic_stream(PLAN)),
    GENERATE.format(model="m"): list(wire.google_stream(PLAN)),
}


@pytest.mark.parametrize("path", STREAMS)
async def test_a_stream(host: FakeHost, upstream: Upstream, path: str) -> None:
    plain = Reply(STREAMS[path])
    upstream.reply = in_gzip(plain, packed(plain))
    reply = await fetch(host, path, chat())
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.body == b"".join(packed(plain))
    row = host.ledger.only
    assert (row.status, row.input_tokens, row.output_tokens, row.streamed) == ("ok", wire.INPUT, 6, True)


@pytest.mark.parametrize("path", STREAMS)
async def test_a_stream_cut_short_has_no_end(host: FakeHost, upstream: Upstream, path: str) -> None:
    plain = Reply(STREAMS[path])
    upstream.reply = in_gzip(plain, packed(plain)[:3])
    exchange = begin(host, path, chat())
    with pytest.raises(ConnectionAbortedError):
        await exchange.task
    assert exchange.reply.body == b"".join(packed(plain)[:3])
    assert (host.ledger.only.status, host.ledger.only.error_type) == ("error", "server_error")


async def test_its_events_come_as_they_are_said(host: FakeHost, upstream: Upstream) -> None:
    plain = Reply(STREAMS[CHAT])
    first, *rest = packed(plain)
    upstream.reply = in_gzip(plain, [first, 60.0, *rest])  # type: ignore[list-item]
    exchange = begin(host, body=chat())
    await exchange.first()
    assert exchange.reply.chunks == [first]
    exchange.leave()
    await exchange.task
    assert host.ledger.only.status == "cancelled"


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip"])
async def test_a_whole_answer(host: FakeHost, upstream: Upstream, coding: str) -> None:
    body = gzip.compress(json.dumps(wire.openai_whole(PLAN)).encode())
    head = {"content-type": "application/json", "content-encoding": coding}
    upstream.reply = Reply([body], headers=head, length=len(body))
    assert (await fetch(host, body=chat(stream=False))).body == body
    assert (host.ledger.only.status, host.ledger.only.output_tokens) == ("ok", 6)


async def test_one_packed_too_tightly_is_not_read(host: FakeHost, upstream: Upstream) -> None:
    body = gzip.compress(b" " * 50_000_000)
    upstream.reply = Reply([body], headers={"content-type": "application/json", "content-encoding": "gzip"})
    assert (await fetch(host, body=chat(stream=False))).body == body
    assert (host.ledger.only.status, host.ledger.only.output_tokens) == ("ok", None)


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate"])
async def test_another_coding_passes_unread(host: FakeHost, upstream: Upstream, coding: str) -> None:
    body = b"\x28\xb5\x2f\xfd"
    upstream.reply = Reply([body], headers={"content-type": "text/event-stream", "content-encoding": coding})
    assert (await fetch(host, body=chat())).body == body
    assert (host.ledger.only.status, host.ledger.only.output_tokens) == ("ok", None)
