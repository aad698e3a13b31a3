"""Ollama's own lines through the proxy: bytes unchanged, one record, an honest end."""

from __future__ import annotations

import json

import pytest

from tests import ollama_wire
from tests.providers.recorded import load
from tests.proxy.client import chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Reply, Upstream
from tests.wire import INPUT, Plan

CHAT = "/api/proxy/ollama/api/chat"
LINES = {"content-type": "application/x-ndjson"}


@pytest.fixture(autouse=True)
def ollama(host: FakeHost) -> None:
    """Alice has an Ollama."""
    host.connect("ollama")


async def test_a_stream_passes_unchanged(host: FakeHost) -> None:
    body = json.dumps({"model": "plan:chunks=4", "messages": [{"role": "user", "content": "Hi"}]}).encode()
    reply = await fetch(host, CHAT, body)
    lines = ollama_wire.said(CHAT, Plan(chunks=4), {})
    assert reply.body == b"".join(lines) and reply.headers["content-type"] == LINES["content-type"]
    row = host.ledger.only
    assert (row.status, row.operation, row.streamed, row.tokens_source) == ("ok", "chat", True, "provider")
    assert (row.input_tokens, row.output_tokens, row.response_model) == (INPUT, 4, "said-model")
    assert row.price_id == "local"


@pytest.mark.parametrize("name", ["chat", "thinking", "tools", "generate"])
@pytest.mark.parametrize("size", [1, 97])
async def test_a_recorded_stream_passes_unchanged(host: FakeHost, upstream: Upstream, name: str, size: int) -> None:
    said = load(f"ollama/{name}.ndjson")
    upstream.reply = Reply([said[at : at + size] for at in range(0, len(said), size)], headers=LINES)
    reply = await fetch(host, CHAT, chat())
    assert (reply.status, reply.body, host.ledger.only.status) == (200, said, "ok")


async def test_what_a_caller_sends_arrives_unchanged(host: FakeHost, upstream: Upstream) -> None:
    picture = {"role": "user", "content": "?", "images": ["iVBORw0KGgo="]}
    body = json.dumps({"model": "m", "options": {"num_ctx": 4096}, "messages": [picture]}, indent=1).encode()
    host.connect("ollama", options={"num_ctx": "16384", "think": "true"})
    await fetch(host, CHAT, body)
    assert upstream.last.body == body


async def test_an_error_among_the_lines_is_booked_as_one(host: FakeHost, upstream: Upstream) -> None:
    said = load("ollama/error_in_stream.ndjson")
    upstream.reply = Reply([said], headers=LINES)
    reply = await fetch(host, CHAT, chat())
    row = host.ledger.only
    assert (reply.body, row.status, row.error_type) == (said, "error", "server_error")


async def test_openais_api_passes_as_well(host: FakeHost, upstream: Upstream) -> None:
    said = load("ollama/openai.sse")
    upstream.reply = Reply([said])
    host.connect("ollama", options={"ask_for_usage": "off"})
    reply = await fetch(host, "/api/proxy/ollama/v1/chat/completions", chat())
    assert reply.body == said and upstream.last.path == "/v1/chat/completions"
    row = host.ledger.only
    assert (row.status, row.input_tokens, row.output_tokens) == ("ok", 11, 5)


async def test_its_errors_have_its_shape(host: FakeHost) -> None:
    host.connect("ollama", enabled=False)
    reply = await fetch(host, CHAT, chat())
    assert reply.status >= 400 and isinstance(reply.json()["error"], str)


async def test_a_model_in_the_cloud_has_no_price_of_ours(host: FakeHost) -> None:
    await fetch(host, CHAT, chat("gpt-oss:120b-cloud"))
    assert host.ledger.only.price_id is None
