"""The beginning of a stream: held until it says something, so that an error is answered as one."""

from __future__ import annotations

import asyncio
import json

import httpx
import openai
import pytest

from proxy import opening, retries
from tests import wire
from tests.proxy.client import CHAT, GENERATE, MESSAGES, begin, chat, fetch, under_way
from tests.proxy.host import KEY, FakeHost
from tests.upstream import CLOSE, Reply, Upstream
from tests.wire import Plan

RESPONSES = "/api/proxy/openai/v1/responses"
CREATED = wire.named({"type": "response.created", "response": {"status": "in_progress", "error": None}})
PING = b": OPENROUTER PROCESSING\n\n"
START = next(wire.anthropic_stream(Plan()))
ROLE = next(wire.openai_stream(Plan(), {}))
AZURE = wire.data({"choices": [], "prompt_filter_results": [{"prompt_index": 0}]})


def error(**said: object) -> bytes:
    return wire.data({"error": {"message": "x", **said}})


ANNOUNCED = {
    "quota": (RESPONSES, CREATED + error(code="insufficient_quota"), 429, "quota_exceeded"),
    "limit": (CHAT, ROLE + error(code="rate_limit_exceeded"), 429, "rate_limit"),
    "key": (CHAT, AZURE + error(code="invalid_api_key"), 401, "auth_failed"),
    "number": (CHAT, PING + error(code=502), 502, "server_error"),
    "model": (CHAT, error(code="model_not_found"), 404, "invalid_request"),
    "null code": (CHAT, error(code=None, type="server_error"), 500, "server_error"),
    "prompt": (CHAT, wire.data({"object": "error", "message": "too long", "code": 400}), 400, "invalid_request"),
    "failed": (
        RESPONSES,
        CREATED + wire.named({"type": "response.failed", "response": {"error": {"code": "server_error"}}}),
        500,
        "server_error",
    ),
    "anthropic": (
        MESSAGES,
        START + wire.named({"type": "error", "error": {"type": "overloaded_error", "message": "x"}}),
        529,
        "server_error",
    ),
    "google": (
        GENERATE.format(model="m"),
        wire.data({"error": {"code": 429, "message": "x", "status": "RESOURCE_EXHAUSTED"}}, "\r\n\r\n"),
        429,
        "rate_limit",
    ),
}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing but what a service asks for."""
    monkeypatch.setattr(retries, "FIRST", 0.0)


@pytest.mark.parametrize("name", ANNOUNCED)
@pytest.mark.parametrize("split", [0, 7])
async def test_an_error_is_answered_as_one(host: FakeHost, upstream: Upstream, name: str, split: int) -> None:
    path, said, status, kind = ANNOUNCED[name]
    upstream.reply = Reply([said[:split], 0.01, said[split:], 60.0])
    reply = await fetch(host, path, chat())
    assert (reply.status, reply.headers["x-thinkback-error"]) == (status, kind)
    assert reply.headers["content-type"] == "application/json"
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert reply.json()["error"]["message"]
    row = host.ledger.only
    assert (row.status, row.error_type, row.http_status, row.streamed) == ("error", kind, 200, True)
    await upstream.idle()
    assert upstream.stats.aborted == 1


async def test_its_code_is_kept_and_its_secrets_are_not(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply([CREATED + error(code="insufficient_quota", hint=f"Your key is {KEY}")])
    reply = await fetch(host, RESPONSES, chat())
    assert reply.json()["error"]["code"] == "insufficient_quota"
    assert KEY not in reply.body.decode()
    upstream.reply = Reply([wire.named({"type": "error", "code": "insufficient_quota", "message": "x"})])
    reply = await fetch(host, RESPONSES, chat())
    assert (reply.status, reply.json()["error"]["code"]) == (429, "insufficient_quota")


async def test_the_sdk_raises_its_own_class(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply([ROLE + error(code="insufficient_quota")])
    reply = await fetch(host, body=chat())
    response = httpx.Response(reply.status, request=httpx.Request("POST", "https://x"), content=reply.body)
    raised = openai.OpenAI(api_key="x")._make_status_error_from_response(response)
    assert isinstance(raised, openai.RateLimitError) and raised.code == "insufficient_quota"


async def test_its_usage_is_booked(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply([START + wire.named({"type": "error", "error": {"type": "api_error", "message": "x"}})])
    assert (await fetch(host, MESSAGES, chat())).status == 500
    assert (host.ledger.only.input_tokens, host.ledger.only.tokens_source) == (11, "partial")


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
async def test_it_is_tried_again(host: FakeHost, upstream: Upstream, path: str) -> None:
    for kind in ("openai", "anthropic"):
        host.connect(kind, retries=2)
    reply = await fetch(host, path, chat("plan:fails=2,cut=1,how=error"))
    assert reply.status == 200 and b"00002" in reply.body and b'"error"' not in reply.body
    rows = list(host.ledger.rows.values())
    assert [(row.attempt, row.status, row.http_status) for row in rows] == [
        (1, "error", 200),
        (2, "error", 200),
        (3, "ok", 200),
    ]
    reply = await fetch(host, path, chat("plan:cut=1,how=error"))
    assert (reply.status, reply.headers["x-should-retry"]) == (529 if path == MESSAGES else 500, "false")


async def test_a_hint_inside_the_stream_is_handed_on(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", retries=2)
    upstream.reply = Reply([error(code="rate_limit_exceeded", retry_after=45.5)])
    reply = await fetch(host, body=chat())
    assert (reply.status, reply.headers["retry-after"], len(upstream.requests)) == (429, "46", 1)


@pytest.mark.parametrize(("how", "kind"), [("reset", "network_error"), ("eof", "server_error")])
async def test_a_stream_that_says_nothing_at_all(host: FakeHost, upstream: Upstream, how: str, kind: str) -> None:
    upstream.reply = Reply([START, 0.02, *([CLOSE] if how == "reset" else [])])
    reply = await fetch(host, MESSAGES, chat())
    assert (reply.status, reply.headers["x-thinkback-error"]) == (502, kind)
    assert reply.json()["error"]["type"] == "api_error"
    row = host.ledger.only
    assert (row.status, row.error_type, row.input_tokens) == ("error", kind, 11)


async def test_what_is_held_goes_on_unchanged(host: FakeHost, upstream: Upstream) -> None:
    said = [PING, START, *list(wire.anthropic_stream(Plan()))[1:]]
    upstream.reply = Reply([part for event in said for part in (event[:9], 0.001, event[9:], 0.001)])
    exchange = begin(host, MESSAGES, chat())
    await exchange.task
    assert exchange.reply.body == b"".join(said)
    assert len(exchange.reply.chunks) > 3  # the rest is not held
    assert host.ledger.only.status == "ok"


async def test_it_is_held_for_a_moment_only(
    host: FakeHost, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "LONGEST", 0.05)
    late = error(code="rate_limit_exceeded")
    upstream.reply = Reply([PING, 0.2, PING, 0.01, late])
    reply = await fetch(host, body=chat())
    assert reply.status == 200 and reply.body == PING + PING + late  # too late to take it back, so it is told as it is
    assert (host.ledger.only.status, host.ledger.only.error_type) == ("error", "rate_limit")


async def test_no_more_is_held_than_so_much(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply([*[PING * 100] * 40, 60.0])
    async with under_way(host, body=chat()) as exchange:
        assert exchange.reply.status == 200
        assert opening.LARGEST < len(exchange.reply.chunks[0]) < opening.LARGEST + 70_000


@pytest.mark.parametrize("parts", [[PING, 60.0], [PING, 0.02, PING, 60.0], [60.0]])
async def test_the_client_leaves_while_it_is_held(host: FakeHost, upstream: Upstream, parts: list[object]) -> None:
    upstream.reply = Reply(parts)
    exchange = begin(host, body=chat())
    while not upstream.stats.active:
        await asyncio.sleep(0.002)
    await asyncio.sleep(0.05)
    exchange.leave()
    await exchange.task
    async with asyncio.timeout(1):
        await upstream.idle()
    assert exchange.reply.status == 0 and upstream.stats.aborted == 1
    assert host.ledger.only.status == "cancelled"


async def test_and_right_after(host: FakeHost, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LONGEST", 0.02)
    upstream.reply = Reply([PING, 60.0])
    async with under_way(host, body=chat()) as exchange:
        exchange.leave()
        await exchange.task
        await upstream.idle()
    assert host.ledger.only.status == "cancelled"
    assert not [task for task in asyncio.all_tasks() if "Beginning" in repr(task.get_coro())]


async def test_silence_after_it_ends_in_a_timeout(
    host: FakeHost, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "LONGEST", 0.02)
    host.connect("openai", idle_timeout=0.1)
    upstream.reply = Reply([PING, 60.0])
    reply = await fetch(host, body=chat())
    assert reply.status == 200 and reply.body.startswith(PING)
    assert json.loads(reply.body.rpartition(b"data: ")[2])["error"]["code"] == "timeout"
    assert host.ledger.only.error_type == "timeout"


async def test_silence_while_it_is_held_is_answered_with_a_status(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", idle_timeout=0.05)
    upstream.reply = Reply([ROLE, 60.0])
    reply = await fetch(host, body=chat())
    assert (reply.status, reply.headers["x-thinkback-error"]) == (504, "timeout")


async def test_a_blocked_prompt_stays_an_answer(host: FakeHost, upstream: Upstream) -> None:
    said = wire.data({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 4}})
    upstream.reply = Reply([said])
    reply = await fetch(host, GENERATE.format(model="m"), chat())
    assert reply.status == 200 and reply.body.startswith(said)
