"""Comments say nothing but that the upstream lives: they begin the wait anew, and go on at once, as they came."""

from __future__ import annotations

from itertools import cycle, islice

import pytest

from tests.proxy.client import CHAT, MESSAGES, chat, fetch, under_way
from tests.proxy.host import FakeHost
from tests.upstream import Reply, Upstream
from tests.wire import Plan, anthropic_stream, openai_stream

COMMENTS = [b": OPENROUTER PROCESSING\n\n", b": keep-alive\n\n", b":\n\n", b": ping\n", b":\r\n", b"\n"]
STREAMS = {
    CHAT: list(openai_stream(Plan(), {"stream_options": {"include_usage": True}})),
    MESSAGES: list(anthropic_stream(Plan())),
}


@pytest.mark.parametrize("path", STREAMS)
async def test_they_keep_a_stream_alive(host: FakeHost, upstream: Upstream, path: str) -> None:
    for kind in ("openai", "anthropic"):
        host.connect(kind, idle_timeout=2.5)
    first, *others = STREAMS[path]
    silence = list(islice(cycle(COMMENTS), 15))  # longer than that, all in all
    upstream.reply = Reply([first, *(part for comment in silence for part in (0.2, comment)), *others])
    reply = await fetch(host, path, chat(stream_options={"include_usage": True}))
    assert reply.body == b"".join([first, *silence, *others])
    row = host.ledger.only
    assert (row.status, row.input_tokens, row.output_tokens, row.tokens_source) == ("ok", 11, 3, "provider")
    assert row.duration_ms is not None and row.duration_ms > 2500


async def test_blank_lines_keep_a_whole_answer_alive(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", idle_timeout=2.5)
    body = b'{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}'
    upstream.reply = Reply([*[b"\n", 0.2] * 15, body], headers={"content-type": "application/json"})
    reply = await fetch(host, body=chat(stream=False))
    assert reply.body == b"\n" * 15 + body
    assert (host.ledger.only.status, host.ledger.only.input_tokens) == ("ok", 1)


@pytest.mark.parametrize("comment", COMMENTS)
@pytest.mark.parametrize("path", STREAMS)
async def test_they_go_on_at_once(host: FakeHost, upstream: Upstream, path: str, comment: bytes) -> None:
    said = b"".join(STREAMS[path][:4])
    upstream.reply = Reply([said, 0.05, comment, 60.0])
    async with under_way(host, path, chat()) as exchange:
        while len(exchange.reply.body) < len(said + comment):
            await exchange.first(len(exchange.reply.chunks) + 1)
        assert exchange.reply.body == said + comment


async def test_a_comment_does_not_spoil_the_event_that_tells_of_a_failure(host: FakeHost, upstream: Upstream) -> None:
    said = STREAMS[CHAT][1]
    upstream.reply = Reply([said, 0.05, b": ping\n", 0.05, b'data: {"choi'])
    reply = await fetch(host, body=chat())
    assert reply.body.startswith(said + b': ping\ndata: {"error"') and reply.body.endswith(b"\n\n")
