"""A call goes through: bytes unchanged, one record, the key put in."""

from __future__ import annotations

import pytest

import providers
from providers import Message, Prompt
from proxy import pipeline
from proxy.call import Call
from tests.providers.recorded import SPLITTABLE, load
from tests.proxy.client import CHAT, GENERATE, MESSAGES, chat, fetch, under_way
from tests.proxy.host import KEY, TOKEN, FakeHost
from tests.upstream import Reply, Upstream
from tests.wire import Plan, anthropic_stream, google_stream, openai_stream, openai_whole

ADDRESSES = [
    pytest.param(CHAT, chat("plan:chunks=4"), lambda plan: openai_stream(plan, {}), id="openai"),
    pytest.param(MESSAGES, chat("plan:chunks=4"), anthropic_stream, id="anthropic"),
    pytest.param(GENERATE.format(model="plan-chunks=4"), b"{}", google_stream, id="google"),
]


@pytest.mark.parametrize(("path", "body", "stream"), ADDRESSES)
async def test_a_stream_passes_unchanged(host: FakeHost, path: str, body: bytes, stream) -> None:
    reply = await fetch(host, path, body)
    said = b"".join(stream(Plan(chunks=4)))
    assert reply.status == 200
    assert reply.body.replace(b',"usage":null', b"") == said
    row = host.ledger.only
    assert (row.status, row.input_tokens, row.cache_read_tokens, row.output_tokens) == ("ok", 11, 3, 4)
    assert (row.tokens_source, row.response_model, row.http_status) == ("provider", "said-model", 200)
    assert row.streamed and row.ttft_ms is not None and row.duration_ms is not None
    assert row.ttft_ms <= row.duration_ms


@pytest.mark.parametrize("name", [name for name in SPLITTABLE if "error" not in name])
async def test_a_recorded_stream_passes_unchanged(host: FakeHost, upstream: Upstream, name: str) -> None:
    kind, said = name.partition("/")[0], load(name)
    path = {"anthropic": "v1/messages", "google": "v1beta/models/m:streamGenerateContent?alt=sse"}.get(kind)
    path = "v1/responses" if "responses" in name else path or "v1/chat/completions"
    host.connect(kind, options={"ask_for_usage": "off"})
    upstream.reply = Reply([part for at in range(0, len(said), 97) for part in (said[at : at + 97], 0.0005)])
    reply = await fetch(host, f"/api/proxy/{kind}{'/custom' * (kind == 'custom')}/{path}", chat())
    assert (reply.status, reply.body) == (200, said)
    assert host.ledger.only.status == "ok"


@pytest.mark.parametrize("kind", ["openai", "anthropic", "google"])
async def test_what_the_chat_asks_for_comes_as_events(host: FakeHost, upstream: Upstream, kind: str) -> None:
    exchange = providers.get(kind).chat(Prompt("plan-chunks=2", (Message("user", "Hi"),)))
    async with pipeline.answer(Call.of(exchange, host.alice, kind, "chat"), host) as answer:
        assert dict(answer.headers)[b"content-type"].startswith(b"text/event-stream")
        assert b"00001" in b"".join([chunk async for chunk in answer.body])
    assert upstream.last.target.endswith("?alt=sse") is (kind == "google")


async def test_a_whole_answer_passes_unchanged(host: FakeHost) -> None:
    reply = await fetch(host, body=chat("plan:chunks=2", stream=False))
    assert reply.json() == openai_whole(Plan(chunks=2))
    assert int(reply.headers["content-length"]) == len(reply.body)
    row = host.ledger.only
    assert (row.status, row.output_tokens, row.streamed, row.attempt) == ("ok", 2, False, 1)
    assert (row.provider, row.slug, row.source, row.operation) == ("openai", "openai", "proxy", "chat")
    assert (row.endpoint, row.method, row.token_id) == ("v1/chat/completions", "POST", 7)
    assert row.provider_request_id == "req_fake"


async def test_the_key_goes_in_and_the_token_stays_out(host: FakeHost, upstream: Upstream) -> None:
    await fetch(host, body=chat())
    assert upstream.last.headers["authorization"] == f"Bearer {KEY}"
    assert TOKEN not in str(upstream.last)


async def test_a_key_held_by_the_browser_is_used_once(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", has_key=False)
    host.key = None
    given = {"authorization": f"Bearer {TOKEN}", "x-thinkback-provider-key": "sk-from-the-browser"}
    assert (await fetch(host, body=chat(), headers=given)).status == 200
    assert upstream.last.headers["authorization"] == "Bearer sk-from-the-browser"
    assert "sk-from-the-browser" not in repr(host.ledger.rows)
    assert "x-thinkback-provider-key" not in upstream.last.headers


async def test_paths_of_any_kind_pass(host: FakeHost, upstream: Upstream) -> None:
    path = "v1/files/a%2Fb%20c?limit=2&key=ignored&after=x%26y"
    assert (await fetch(host, f"/api/proxy/openai/{path}", method="GET")).status == 200
    assert upstream.last.target == "/v1/files/a%2Fb%20c?limit=2&after=x%26y"
    assert upstream.last.method == "GET"


async def test_a_custom_address_leads_to_custom_connections_alone(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", "mine")
    assert (await fetch(host, "/api/proxy/custom/mine/v1/models", method="GET")).status == 404
    host.connections.clear()
    host.connect("custom", "mine", format="openai")
    assert (await fetch(host, "/api/proxy/custom/mine/v1/models", method="GET")).status == 200
    assert (await fetch(host, "/api/proxy/mine/v1/models", method="GET")).status == 200


async def test_the_first_event_comes_before_the_second_is_sent(host: FakeHost) -> None:
    async with under_way(host, body=chat("plan:chunks=3,gap=60000")) as exchange:
        assert exchange.reply.chunks[0].startswith(b"data: ")
        assert exchange.reply.headers["cache-control"] == "private, no-store, no-transform"
        assert exchange.reply.headers["x-accel-buffering"] == "no"
        assert "content-length" not in exchange.reply.headers


async def test_own_time_is_told_without_the_upstreams(host: FakeHost) -> None:
    reply = await fetch(host, body=chat("plan:first=300"))
    name, _, duration = reply.headers["server-timing"].partition(";dur=")
    assert name == "thinkback"
    assert 0 <= float(duration) < 300
