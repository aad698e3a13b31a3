"""A stream that is under way is poured: what arrives goes on in the same turn of the loop, and all else stays true."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from proxy import ends
from tests.proxy import client
from tests.proxy.client import CHAT, GENERATE, MESSAGES, Exchange, begin, chat, under_way
from tests.proxy.host import FakeHost
from tests.upstream import CLOSE, Reply, Upstream
from tests.wire import Plan, anthropic_stream, google_stream, openai_stream

STREAMS = {
    CHAT: list(openai_stream(Plan(chunks=30), {"stream_options": {"include_usage": True}})),
    MESSAGES: list(anthropic_stream(Plan(chunks=30))),
    GENERATE.format(model="m"): list(google_stream(Plan(chunks=30))),
}
SILENT = 60.0


def slowly(parts: list[bytes]) -> list[bytes | float]:
    """One part after the other, so that none come together."""
    return [item for part in parts for item in (part, 0.002)]


async def whole(exchange: Exchange) -> bytes:
    async with asyncio.timeout(10):
        await exchange.task
    assert exchange.reply.ended
    return exchange.reply.body


@pytest.mark.parametrize("pours", [True, False])
@pytest.mark.parametrize("path", STREAMS)
async def test_the_same_bytes_and_the_same_record(
    host: FakeHost, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, path: str, pours: bool
) -> None:
    monkeypatch.setattr(client, "POURS", pours)
    upstream.reply = Reply(slowly(STREAMS[path]))
    exchange = begin(host, path, chat(stream_options={"include_usage": True}))
    assert await whole(exchange) == b"".join(STREAMS[path])
    assert (exchange.poured > 20) == pours
    row = host.ledger.only
    assert (row.status, row.output_tokens, row.tokens_source) == ("ok", 30, "provider")


async def test_parts_cut_anywhere_go_on_event_by_event(host: FakeHost, upstream: Upstream) -> None:
    body = b"".join(STREAMS[CHAT])
    upstream.reply = Reply(slowly([body[at : at + 100] for at in range(0, len(body), 100)]))
    exchange = begin(host, CHAT, chat(stream_options={"include_usage": True}))
    assert await whole(exchange) == body and exchange.poured > 5
    assert all(chunk.endswith(b"\n\n") for chunk in exchange.reply.chunks)


async def test_the_end_waits_for_the_record(host: FakeHost, upstream: Upstream) -> None:
    host.ledger.slow = 0.01
    upstream.reply = Reply(slowly(STREAMS[CHAT]))
    seen = []
    exchange = begin(host, CHAT, chat(stream_options={"include_usage": True}))
    exchange.seen = lambda message: seen.append((b"[DONE]" in message.get("body", b""), host.ledger.only.status))
    await whole(exchange)
    assert exchange.poured and (True, "ok") in seen and (True, "started") not in seen


async def test_a_reader_who_stops_is_waited_for(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply(slowly(STREAMS[CHAT] * 20 + STREAMS[CHAT]))
    async with under_way(host, CHAT, chat()) as exchange:
        await exchange.first(5)
        exchange.gate.clear()
        await asyncio.sleep(0.05)  # one more may have been on its way
        seen = len(exchange.reply.chunks)
        await asyncio.sleep(0.1)
        assert len(exchange.reply.chunks) == seen
        exchange.gate.set()
        await exchange.first(seen + 20)


async def test_silence_in_the_middle_ends_in_a_timeout(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", idle_timeout=0.2)
    upstream.reply = Reply([*slowly(STREAMS[CHAT][:10]), SILENT])
    exchange = begin(host, CHAT, chat())
    assert b"gave no word within 0.2 seconds" in await whole(exchange)
    assert exchange.poured and (host.ledger.only.status, host.ledger.only.error_type) == ("error", "timeout")


async def test_a_steady_stream_ends_when_its_time_is_up(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", total_timeout=0.4)
    upstream.reply = Reply([STREAMS[CHAT][0], *[STREAMS[CHAT][1], 0.01] * 500])
    exchange = begin(host, CHAT, chat())
    assert b"did not finish" in await whole(exchange)
    assert exchange.poured > 5 and (host.ledger.only.status, host.ledger.only.error_type) == ("error", "timeout")


async def test_a_break_is_told(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply([*slowly(STREAMS[CHAT][:10]), CLOSE])
    exchange = begin(host, CHAT, chat())
    assert (await whole(exchange)).rpartition(b"data: ")[2].startswith(b'{"error"')
    assert exchange.poured and host.ledger.only.status == "error"


async def test_whoever_leaves_is_noticed(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply([*slowly(STREAMS[CHAT][:10]), SILENT])
    async with under_way(host, CHAT, chat()) as exchange:
        await exchange.first(5)
    assert exchange.poured and host.ledger.only.status == "cancelled"


async def test_nothing_of_it_stays_in_memory(
    host: FakeHost, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[ends.Live]] = []
    started = ends.Live.__init__

    def noticed(self: ends.Live, *given: object) -> None:
        made.append(weakref.ref(self))
        started(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(ends.Live, "__init__", noticed)
    upstream.reply = Reply(slowly(STREAMS[CHAT]))
    gc.disable()
    try:
        exchange = begin(host, CHAT, chat(stream_options={"include_usage": True}))
        await whole(exchange)
        assert exchange.poured and len(made) == 1
        del exchange
        await asyncio.sleep(0.05)
        assert made[0]() is None, "a circle keeps it"
    finally:
        gc.enable()
