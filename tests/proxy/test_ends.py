"""The end of an answer: never seen before the record is closed, never as if all were well when it is not."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from typing import Any

import pytest

from tests.proxy.client import CHAT, GENERATE, MESSAGES, begin, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import CLOSE, Reply, Upstream
from tests.wire import Plan, anthropic_stream, data, google_stream, openai_stream

RESPONSES = "/api/proxy/openai/v1/responses"
JSON = {"content-type": "application/json"}
GZIP = {**JSON, "content-encoding": "gzip"}
LONG = [b'{"id":', 0.05, b'"', 0.05, CLOSE]  # a part of it goes on before it breaks
ENDS = [
    (CHAT, b"[DONE]"),
    (RESPONSES, b"response.completed"),
    (MESSAGES, b"message_stop"),
    (GENERATE.format(model="m"), b'"finishReason"'),
]


@pytest.mark.parametrize(("path", "mark"), ENDS)
async def test_the_end_of_a_stream_comes_after_the_close(host: FakeHost, path: str, mark: bytes) -> None:
    host.ledger.slow = 0.01
    seen = []
    exchange = begin(host, path, chat())

    def look(message: dict[str, Any]) -> None:
        if mark in message.get("body", b"") or not message.get("more_body", True):
            seen.append(host.ledger.only.status)

    exchange.seen = look
    await exchange.task
    assert len(seen) >= 2 and set(seen) == {"ok"}


@pytest.mark.parametrize("parts", [1, 2, 40])
async def test_the_end_of_a_whole_answer_comes_after_the_close(host: FakeHost, upstream: Upstream, parts: int) -> None:
    host.ledger.slow = 0.01
    body = json.dumps(
        {"id": "x", "usage": {"prompt_tokens": 1, "completion_tokens": 2}, "padding": "x" * 9999}
    ).encode()
    size = -(-len(body) // parts)
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    paced = [item for piece in pieces for item in (piece, 0.001)]
    upstream.reply = Reply(paced, headers={"content-type": "application/json"}, length=len(body))
    received = b""
    exchange = begin(host, body=chat(stream=False))

    def look(message: dict[str, Any]) -> None:
        nonlocal received
        received += message.get("body", b"")
        if received == body:
            assert host.ledger.only.status == "ok"

    exchange.seen = look
    await exchange.task
    assert received == body
    assert host.ledger.only.output_tokens == 2


@pytest.mark.parametrize("path", [CHAT, RESPONSES, MESSAGES, GENERATE.format(model="plan-chunks=6,cut=4,how={how}")])
@pytest.mark.parametrize("how", ["reset", "eof", "half"])
async def test_a_broken_stream_ends_with_an_error_event(host: FakeHost, path: str, how: str) -> None:
    reply = await fetch(host, path.format(how=how), chat(f"plan:chunks=6,cut=4,how={how}"))
    assert reply.status == 200
    event = reply.body.rstrip().replace(b"\r\n", b"\n").rpartition(b"\n\n")[2]
    name, _, data = event.rpartition(b"data: ")
    said = json.loads(data)
    if "messages" in path:
        assert name == b"event: error\n" and said["type"] == "error"
    assert said["error"]["message"]
    row = host.ledger.only
    assert (row.status, row.http_status) == ("error", 200)
    assert row.error_type == ("network_error" if how == "reset" else "server_error")
    for event in reply.body.replace(b"\r\n", b"\n").strip().split(b"\n\n"):
        json.loads(event.partition(b"data: ")[2])  # no half event is left behind


async def test_an_error_inside_a_stream_is_an_error(host: FakeHost) -> None:
    reply = await fetch(host, MESSAGES, chat("plan:cut=4,how=error"))
    assert reply.body.count(b"event: error") == 1
    row = host.ledger.only
    assert (row.status, row.http_status) == ("error", 200)
    assert row.error_type == "server_error"


WORDS = "The service is overloaded, and says so at great length. " * 50


@pytest.mark.parametrize(("path", "kind"), [(CHAT, "openai"), (MESSAGES, "anthropic"), (GENERATE, "google")])
@pytest.mark.parametrize("spoken", [0, 3])
async def test_the_words_of_an_error_are_no_output(
    host: FakeHost, upstream: Upstream, path: str, kind: str, spoken: int
) -> None:
    plan = Plan(chunks=9, size=40)
    streams = {CHAT: openai_stream(plan, {}), MESSAGES: anthropic_stream(plan), GENERATE: google_stream(plan)}
    before = {CHAT: 1, MESSAGES: 3, GENERATE: 0}[path] + spoken  # events that say nothing come first
    error = data({"type": "error", "error": {"type": "overloaded_error", "message": WORDS, "content": WORDS}})
    without_usage = [re.sub(rb',"usage(Metadata)?":{[^{}]*}', b"", event) for event in streams[path]]
    upstream.reply = Reply([*without_usage[: before if spoken else 0], error])
    await fetch(host, path.format(model="m"), chat())
    row = host.ledger.only
    assert (row.status, row.provider, row.http_status) == ("error", kind, 200)
    if spoken:
        assert row.tokens_source == "estimate" and row.output_tokens is not None
        assert 20 <= row.output_tokens <= 40  # three pieces of forty bytes
    else:
        assert (row.input_tokens, row.output_tokens, row.tokens_source, row.cost_usd) == (None, None, None, None)


async def test_silence_ends_in_a_timeout(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", idle_timeout=0.1)
    reply = await fetch(host, body=chat("plan:chunks=5,cut=3,how=stall"))
    assert b'data: {"error"' in reply.body and b"[DONE]" not in reply.body
    assert (host.ledger.only.status, host.ledger.only.error_type) == ("error", "timeout")
    await upstream.idle()
    assert upstream.stats.aborted == 1


async def test_no_first_byte_in_time(host: FakeHost) -> None:
    host.connect("openai", first_byte_timeout=0.1)
    reply = await fetch(host, body=chat("plan:first=60000"))
    assert (reply.status, reply.headers["x-thinkback-error"]) == (504, "timeout")
    assert host.ledger.only.error_type == "timeout"


async def test_headers_alone_are_no_first_byte(host: FakeHost) -> None:
    host.connect("openai", first_byte_timeout=0.1, idle_timeout=60)
    reply = await fetch(host, body=chat("plan:start=60000"))
    assert (reply.status, reply.headers["x-thinkback-error"]) == (504, "timeout")
    assert host.ledger.only.error_type == "timeout"


async def test_a_steady_stream_may_last_longer_than_any_timeout(host: FakeHost) -> None:
    host.connect("openai", first_byte_timeout=0.5, idle_timeout=0.5)
    began = asyncio.get_running_loop().time()
    reply = await fetch(host, body=chat("plan:chunks=105,gap=50"))
    assert b"[DONE]" in reply.body
    assert asyncio.get_running_loop().time() - began > 10 * 0.5
    assert host.ledger.only.status == "ok"


async def test_a_slow_reader_is_not_taken_for_a_silent_upstream(host: FakeHost) -> None:
    host.connect("openai", first_byte_timeout=0.5, idle_timeout=0.5)
    exchange = begin(host, body=chat("plan:chunks=200,size=20000"))
    await exchange.first()
    exchange.gate.clear()
    await asyncio.sleep(1.2)
    exchange.gate.set()
    await exchange.task
    assert host.ledger.only.status == "ok"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(LONG, headers=JSON, length=500),
        Reply([b'{"message":{}}\n', 0.05, CLOSE], headers={"content-type": "application/x-ndjson"}),
    ],
)
async def test_what_has_no_words_for_it_breaks_off(host: FakeHost, upstream: Upstream, reply: Reply) -> None:
    upstream.reply = reply
    exchange = begin(host, body=chat(stream=False))
    with pytest.raises(ConnectionAbortedError):
        await exchange.task
    assert not exchange.reply.ended
    assert (host.ledger.only.status, host.ledger.only.error_type) == ("error", "network_error")


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply([0.05, CLOSE], headers=JSON, length=500), "network_error"),
        (Reply([b'{"a": 1}'], headers=JSON, length=500), "network_error"),
        (Reply([b'{"a": '], headers=JSON), "server_error"),
        (Reply([b"no JSON at all"], headers=JSON), "server_error"),
        (Reply([gzip.compress(b'{"a": 1}')[:20]], headers=GZIP), "server_error"),
        (Reply([b"no gzip at all"], headers=GZIP), "server_error"),
    ],
)
async def test_where_nothing_has_gone_out_a_status_tells(
    host: FakeHost, upstream: Upstream, reply: Reply, kind: str
) -> None:
    upstream.reply = reply
    got = await fetch(host, body=chat(stream=False))
    assert (got.status, got.headers["x-thinkback-error"]) == (502, kind)
    assert (host.ledger.only.status, host.ledger.only.error_type) == ("error", kind)


async def test_a_server_that_can_abort_is_asked_to(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply(LONG, headers=JSON, length=500)
    exchange = begin(host, body=chat(stream=False))
    aborted = []
    exchange.scope["extensions"] = {"thinkback.abort": lambda: aborted.append(True)}
    await exchange.task
    assert aborted and not exchange.reply.ended


async def test_whatever_follows_the_end_amends_the_record(host: FakeHost, upstream: Upstream) -> None:
    head = {"content-type": "text/event-stream"}
    late = b'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":6,"total_tokens":11}}\n\n'
    said = b"".join(openai_stream(Plan(), {}))
    upstream.reply = Reply([said, 0.02, late], headers=head)
    reply = await fetch(host, body=chat(stream_options={"include_usage": True}))
    assert reply.body == said + late
    assert len(host.ledger.rows) == 1 and host.ledger.closes == 2
    assert (host.ledger.only.status, host.ledger.only.output_tokens) == ("ok", 6)


async def test_a_reset_after_the_end_does_no_harm(host: FakeHost, upstream: Upstream) -> None:
    said = b"".join(openai_stream(Plan(), {}))
    upstream.reply = Reply([said, 0.02, CLOSE])
    reply = await fetch(host, body=chat())
    assert reply.body == said
    assert host.ledger.only.status == "ok"


async def test_an_endless_line_does_not_fill_the_memory(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply([b"data: ", *[b"x" * 65536] * 48])
    exchange = begin(host, body=chat())
    with pytest.raises(ConnectionAbortedError):  # an error event would only be a part of that line
        await exchange.task
    assert len(exchange.reply.chunks) > 1
    assert b"[DONE]" not in exchange.reply.body and not exchange.reply.ended
    assert host.ledger.only.status == "error"


@pytest.mark.parametrize("plan", ["plan:chunks=6,cut=4,how=reset", "plan:status=503", "plan:chunks=2,how=eof,cut=0"])
async def test_booking_an_end_may_take_longer_than_the_patience_with_the_upstream(host: FakeHost, plan: str) -> None:
    host.connect("openai", first_byte_timeout=0.3, idle_timeout=0.3)
    close = host.ledger.close

    async def slowly(record: Any) -> None:
        await asyncio.sleep(0.8)
        await close(record)

    host.ledger.close = slowly  # type: ignore[method-assign]
    async with asyncio.timeout(10):
        reply = await fetch(host, body=chat(plan))
    assert reply.ended and reply.status in (200, 502, 503)
    row = host.ledger.only
    assert row.status == "error" and row.error_type in ("network_error", "server_error")
