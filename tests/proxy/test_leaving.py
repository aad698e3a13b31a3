"""The client leaves: the upstream is cancelled at once, and what was seen is booked."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from proxy import pipeline, settling
from proxy.call import Call
from tests.proxy.client import CHAT, GENERATE, MESSAGES, begin, chat, under_way
from tests.proxy.host import FakeHost
from tests.upstream import Reply, Upstream
from tests.wire import Plan, anthropic_stream, data, openai_stream

LIMIT = 0.1  # seconds
SLOW = "plan:chunks=50,gap=20,size=40"


@pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE.format(model=SLOW.replace(":", "-"))])
async def test_the_upstream_is_cancelled_at_once(host: FakeHost, upstream: Upstream, path: str) -> None:
    async with under_way(host, path, chat(SLOW)) as exchange:
        await exchange.first(4)
        left = time.perf_counter()
        exchange.leave()
        await exchange.task
        await upstream.idle()
    assert upstream.stats.aborted == 1 and upstream.stats.aborted_at is not None
    assert upstream.stats.aborted_at - left < LIMIT
    assert not exchange.reply.ended
    row = host.ledger.only
    assert (row.status, row.error_type) == ("cancelled", None)
    assert row.input_tokens is not None and row.output_tokens is not None and row.output_tokens > 0


async def test_before_the_first_byte_too(host: FakeHost, upstream: Upstream) -> None:
    exchange = begin(host, body=chat("plan:first=60000"))
    while not upstream.stats.active:
        await asyncio.sleep(0.002)
    left = time.perf_counter()
    exchange.leave()
    await exchange.task
    await upstream.idle()
    assert upstream.stats.aborted_at is not None and upstream.stats.aborted_at - left < LIMIT
    row = host.ledger.only
    assert (row.status, row.tokens_source, row.output_tokens) == ("cancelled", "estimate", None)
    assert row.http_status is None and row.ttft_ms is None and row.input_tokens


async def test_what_the_provider_did_not_say_is_estimated(host: FakeHost) -> None:
    async with under_way(host, body=chat(SLOW)) as exchange:
        await exchange.first(11)
        exchange.leave()
        await exchange.task
    row = host.ledger.only
    assert row.tokens_source == "estimate"
    assert row.input_tokens == -(-len(chat(SLOW)) // 4)
    assert 80 <= (row.output_tokens or 0) <= 130  # ten pieces of forty bytes, or one more


async def test_what_it_did_say_is_kept(host: FakeHost) -> None:
    async with under_way(host, MESSAGES, chat(SLOW)) as exchange:
        await exchange.first(7)
        exchange.leave()
        await exchange.task
    row = host.ledger.only
    assert (row.input_tokens, row.cache_read_tokens) == (11, 3)  # from message_start
    assert row.output_tokens is not None and row.output_tokens > 10
    assert row.tokens_source == "estimate"


async def test_after_the_end_it_makes_no_difference(host: FakeHost) -> None:
    exchange = begin(host, body=chat("plan:chunks=1"))
    exchange.seen = lambda message: exchange.leave() if b"[DONE]" in message.get("body", b"") else None
    await exchange.task
    assert host.ledger.only.status == "ok"


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
async def test_leaving_at_the_word_of_a_failure_is_no_leaving(host: FakeHost, upstream: Upstream, path: str) -> None:
    stream = openai_stream(Plan(), {}) if path == CHAT else anthropic_stream(Plan())
    failure = data({"type": "error", "error": {"type": "overloaded_error", "message": "Too much."}})
    upstream.reply = Reply([b"".join(list(stream)[:4]), 0.05, failure, 60.0])
    async with under_way(host, path, chat()) as exchange:
        while failure not in exchange.reply.body:
            await exchange.first(len(exchange.reply.chunks) + 1)
        exchange.leave()
        await exchange.task
        await settling.drained()
    assert (host.ledger.only.status, host.ledger.only.error_type) == ("error", "server_error")


async def test_the_record_is_closed_although_everything_is_cancelled(host: FakeHost) -> None:
    host.ledger.slow = 0.05
    async with under_way(host, body=chat(SLOW)) as exchange:
        for _ in range(3):
            exchange.task.cancel()
            await asyncio.sleep(0)
        with contextlib.suppress(asyncio.CancelledError):
            await exchange.task
        await settling.drained()
    assert (host.ledger.only.status, host.ledger.closes) == ("cancelled", 1)


async def test_leaving_while_the_record_is_opened_sends_nothing(host: FakeHost, upstream: Upstream) -> None:
    host.ledger.slow = 0.5
    exchange = begin(host, body=chat(SLOW))
    await asyncio.sleep(0.01)
    exchange.leave()
    await exchange.task
    assert not upstream.requests
    assert host.ledger.only.status == "cancelled"
    assert host.ledger.only.input_tokens is None


async def test_whoever_leaves_the_pipeline_early_cancels(host: FakeHost, upstream: Upstream) -> None:
    call = Call(host.alice, "openai", "chat", "POST", "v1/chat/completions", body=chat(SLOW))
    async with pipeline.answer(call, host) as answer:
        async for _ in answer.body:
            break
    await upstream.idle()
    assert upstream.stats.aborted == 1
    assert (host.ledger.only.status, answer.record.status) == ("cancelled", "cancelled")


async def test_a_shutdown_cancels_in_the_usual_way(host: FakeHost) -> None:
    async with under_way(host, body=chat(SLOW)) as exchange:
        exchange.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await exchange.task
    assert host.ledger.only.status == "cancelled"


async def test_a_reader_who_does_not_read_slows_the_upstream(host: FakeHost, upstream: Upstream) -> None:
    async with under_way(host, body=chat("plan:chunks=4000,size=20000")) as exchange:
        exchange.gate.clear()
        await asyncio.sleep(0.3)
        before = upstream.stats.bytes_sent
        await asyncio.sleep(0.1)
        assert upstream.stats.bytes_sent == before < 40_000_000
        assert len(exchange.reply.chunks) < 100
