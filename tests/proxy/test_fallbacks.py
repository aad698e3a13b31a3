"""A connection that fails is followed by the next one: once, honestly booked, and never where it could do harm."""

from __future__ import annotations

import asyncio
import copy
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from providers import NetworkFailed, TimedOut
from proxy import pipeline, retries
from proxy.breaker import BREAKERS, FEWEST
from proxy.call import Call, Connection, Fallback, Limits
from proxy.limits import LIMITER
from proxy.memory_counts import MemoryStore
from proxy.record import Record
from tests.proxy.client import BEARER, CHAT, GENERATE, MESSAGES, Reply, begin, chat, fetch, under_way
from tests.proxy.host import KEY, TOKEN, FakeHost
from tests.upstream import Reply as Told
from tests.upstream import Upstream

JSON = {"content-type": "application/json"}
FAILS = "plan:status=503"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing but what a service asks for."""
    monkeypatch.setattr(retries, "FIRST", 0.0)


@pytest.fixture
def chain(host: FakeHost) -> FakeHost:
    """The site, where each kind has a second connection to fall back on."""
    for kind in ("openai", "anthropic", "google"):
        host.connect(kind, f"{kind}-2")
        host.connect(kind, fallbacks=(Fallback(f"{kind}-2", "m-2"),))
    return host


def rows(host: FakeHost) -> list[Record]:
    return list(host.ledger.rows.values())


def told(host: FakeHost) -> list[tuple[str, int, str, int | None]]:
    return [(row.slug, row.attempt, row.status, row.http_status) for row in rows(host)]


@pytest.mark.parametrize("kind", ["openai", "anthropic", "google"])
@pytest.mark.parametrize("stream", [True, False])
async def test_the_next_one_answers(chain: FakeHost, upstream: Upstream, kind: str, stream: bool) -> None:
    paths = {
        "openai": CHAT,
        "anthropic": MESSAGES,
        "google": GENERATE.format(model="plan-status=503"),
    }
    path = paths[kind] if stream else paths[kind].replace("streamGenerate", "generate")
    reply = await fetch(chain, path, chat(FAILS, stream=stream))
    assert reply.status == 200 and b"00002" in reply.body
    assert reply.headers["x-thinkback-provider"] == f"{kind}-2"
    assert reply.headers["x-thinkback-route"] == f"fallback: {kind} answered 503"
    assert "x-thinkback-error" not in reply.headers and "x-should-retry" not in reply.headers
    assert told(chain) == [(kind, 1, "error", 503), (f"{kind}-2", 2, "ok", 200)]
    first, second = rows(chain)
    assert first.operation_id == second.operation_id and first.route_reason is None
    assert second.route_reason == f"fallback: {kind} answered 503"
    assert (second.model, second.input_tokens) == ("m-2", 11)


async def test_only_the_model_is_changed(chain: FakeHost, upstream: Upstream) -> None:
    rest = b'[1.10, "\\u00e9", {"model": "mine"}]'
    body = b'{ "seed": 12345678901234567890, "model": "plan:status=503",\n "x": %b, "messages": []}'
    await fetch(chain, body=body % rest)
    assert upstream.last.body == b'{"seed":12345678901234567890,"model":"m-2","x":%b,"messages":[]}' % rest


async def test_without_a_model_of_its_own_the_bytes_are_the_same(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", "openai-2")
    host.connect("openai", fallbacks=(Fallback("openai-2"),))
    await fetch(host, body=b'{"model" : "plan:status=503" } ')
    assert len(upstream.requests) == 2 and len({request.body for request in upstream.requests}) == 1


async def test_each_is_tried_as_often_as_it_wants(chain: FakeHost) -> None:
    chain.connect("openai", "openai-2", retries=1)
    chain.connect("openai", retries=2, fallbacks=(Fallback("openai-2", "plan:status=500"),))
    reply = await fetch(chain, body=chat(FAILS))
    assert (reply.status, reply.headers["x-thinkback-provider"], reply.headers["x-should-retry"]) == (
        500,
        "openai-2",
        "false",
    )
    assert [(slug, attempt) for slug, attempt, _, _ in told(chain)] == [
        ("openai", 1), ("openai", 2), ("openai", 3), ("openai-2", 4), ("openai-2", 5),
    ]  # fmt: skip


async def test_they_are_asked_in_order(chain: FakeHost) -> None:
    for number in (2, 3, 4):
        chain.connect("openai", f"openai-{number}", enabled=number != 3)
    chain.connect(
        "openai", fallbacks=(Fallback("gone"), Fallback("openai-2", "plan:status=429"), Fallback("openai-3"),
                             Fallback("anthropic"), Fallback("openai-4", "m"))
    )  # fmt: skip
    reply = await fetch(chain, body=chat(FAILS))
    assert (reply.status, reply.headers["x-thinkback-provider"]) == (200, "openai-4")
    assert rows(chain)[-1].route_reason == "fallback: openai answered 503; openai-2 answered 429"


@pytest.mark.parametrize("status", [401, 402, 403, 408, 429, 500, 501, 502, 503, 504, 529])
async def test_what_is_the_providers_trouble(chain: FakeHost, status: int) -> None:
    assert (await fetch(chain, body=chat(f"plan:status={status}"))).status == 200


@pytest.mark.parametrize("status", [400, 404, 409, 413, 422])
async def test_what_would_fail_everywhere(chain: FakeHost, upstream: Upstream, status: int) -> None:
    reply = await fetch(chain, body=chat(f"plan:status={status}"))
    assert (reply.status, reply.headers["x-thinkback-provider"], len(upstream.requests)) == (status, "openai", 1)


async def test_a_model_that_is_unknown_there(chain: FakeHost, upstream: Upstream) -> None:
    chain.connect("openai", "openai-2", headers={"x-second": "yes"})
    said = b'{"error": {"message": "no", "type": "invalid_request_error", "code": "model_not_found"}}'
    upstream.reply = Told([said], 404, JSON, length=len(said))
    await fetch(chain, body=chat())
    assert [request.headers.get("x-second") for request in upstream.requests] == [None, "yes"]


async def test_an_error_in_place_of_the_answer(chain: FakeHost) -> None:
    reply = await fetch(chain, body=chat("plan:cut=0,how=error"))
    assert reply.status == 200 and b"00002" in reply.body
    assert told(chain) == [("openai", 1, "error", 200), ("openai-2", 2, "ok", 200)]


async def test_never_after_the_first_word(chain: FakeHost, upstream: Upstream) -> None:
    reply = await fetch(chain, body=chat("plan:cut=3,how=error"))
    assert b"00000" in reply.body and len(upstream.requests) == 1
    assert told(chain) == [("openai", 1, "error", 200)]


async def failing_first(chain: FakeHost, error: Exception, **more: Any) -> Reply:
    """An answer where the network to the first one fails."""
    network = chain.network.transport()

    class Broken(httpx.AsyncBaseTransport):
        tries = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.tries += 1
            if self.tries == 1:
                raise error
            return await network.handle_async_request(request)

    chain.carrier = Broken()
    return await fetch(chain, body=chat(), **more)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NetworkFailed("x", unsent=True), "openai was not reached"),
        (NetworkFailed("x"), "openai broke off"),
        (TimedOut("x"), "openai gave no word in time"),
    ],
)
async def test_one_that_says_nothing(chain: FakeHost, error: Exception, reason: str) -> None:
    assert (await failing_first(chain, error)).status == 200
    assert rows(chain)[-1].route_reason == f"fallback: {reason}"


async def test_one_that_is_silent_for_too_long(chain: FakeHost) -> None:
    connection = chain.connections["openai"]
    chain.connections["openai"] = replace(connection, first_byte_timeout=0.1)
    assert (await fetch(chain, body=chat("plan:first=60000"))).status == 200
    assert rows(chain)[-1].route_reason == "fallback: openai gave no word in time"


@pytest.mark.parametrize(("resend", "status"), [(False, 502), (True, 200)])
async def test_what_began_may_have_been_billed(chain: FakeHost, upstream: Upstream, resend: bool, status: int) -> None:
    chain.connections["openai"] = replace(chain.connections["openai"], retry_after_send=resend)
    reply = await fetch(chain, body=chat("plan:cut=1,how=eof", stream=True))  # a role without a word
    assert (reply.status, len(upstream.requests)) == (status, 2 if resend else 1)


async def test_the_time_for_all_is_that_of_the_first(chain: FakeHost, upstream: Upstream) -> None:
    chain.connections["openai"] = replace(chain.connections["openai"], total_timeout=0.2)
    reply = await fetch(chain, body=chat("plan:first=60000"))
    assert (reply.status, len(upstream.requests)) == (504, 1)


async def test_nobody_waits_long_who_has_another(chain: FakeHost) -> None:
    chain.connections["openai"] = replace(chain.connections["openai"], retries=2)
    assert (await fetch(chain, body=chat("plan:status=429,retry=20"))).status == 200
    assert [slug for slug, *_ in told(chain)] == ["openai", "openai-2"]


async def test_a_missing_key(chain: FakeHost) -> None:
    chain.connections["openai"] = replace(chain.connections["openai"], has_key=False)
    assert (await fetch(chain, body=chat())).headers["x-thinkback-provider"] == "openai-2"
    assert told(chain) == [("openai-2", 1, "ok", 200)]
    assert rows(chain)[0].route_reason == "fallback: openai has no key"


async def test_each_has_a_key_of_its_own(chain: FakeHost, upstream: Upstream) -> None:
    async def find_key(connection: Connection, call: Call) -> str:
        return f"sk-of-{connection.slug}"

    chain.find_key = find_key  # type: ignore[method-assign]
    await fetch(chain, body=chat(FAILS))
    sent = [request.headers["authorization"] for request in upstream.requests]
    assert sent == ["Bearer sk-of-openai", "Bearer sk-of-openai-2"]


async def test_the_callers_own_key_goes_to_its_own_provider_alone(chain: FakeHost, upstream: Upstream) -> None:
    own = {**BEARER, "x-thinkback-provider-key": "sk-callers-own"}
    assert (await fetch(chain, body=chat(FAILS), headers=own)).status == 200
    sent = [request.headers["authorization"] for request in upstream.requests]
    assert sent == ["Bearer sk-callers-own", f"Bearer {KEY}"]
    assert (await fetch(chain, body=chat("plan:status=401"), headers=own)).status == 401


async def test_one_that_is_left_alone(chain: FakeHost, upstream: Upstream) -> None:
    for _ in range(FEWEST):
        await fetch(chain, body=chat(FAILS))
    before = len(upstream.requests)
    reply = await fetch(chain, body=chat())
    assert (reply.status, reply.headers["x-thinkback-provider"], len(upstream.requests) - before) == (
        200,
        "openai-2",
        1,
    )
    assert rows(chain)[-1].route_reason == "fallback: openai is left alone after failures"
    BREAKERS.forget()


@pytest.mark.parametrize(("first", "second"), [("openai", ""), ("", ""), ("", "openai"), ("openai", "openai-native")])
async def test_one_of_another_wire_format_is_passed_over(
    chain: FakeHost, upstream: Upstream, first: str, second: str
) -> None:
    for slug, wire_format in (("openai", first), ("openai-2", second)):
        adapter = copy.copy(chain.connections[slug].adapter)
        adapter.wire_format = wire_format
        assert adapter.shape == "openai"
        chain.connections[slug] = replace(chain.connections[slug], adapter=adapter)
    reply = await fetch(chain, body=chat(FAILS))
    assert (reply.status, reply.headers["x-thinkback-provider"], len(upstream.requests)) == (503, "openai", 1)


async def test_another_model_of_the_same_provider_always_fits(chain: FakeHost, upstream: Upstream) -> None:
    adapter = copy.copy(chain.connections["openai"].adapter)
    adapter.wire_format = ""
    chain.connections["openai"] = replace(
        chain.connections["openai"], adapter=adapter, fallbacks=(Fallback("openai", "m-2"),)
    )
    assert (await fetch(chain, body=chat(FAILS))).status == 200
    assert [request.json()["model"] for request in upstream.requests] == [FAILS, "m-2"]


async def test_when_none_can_be_asked_the_first_one_says_why(chain: FakeHost) -> None:
    for slug in ("openai", "openai-2"):
        chain.connections[slug] = replace(chain.connections[slug], has_key=False)
    reply = await fetch(chain, body=chat())
    assert (reply.status, reply.headers["x-thinkback-error"]) == (401, "auth_failed")
    assert told(chain) == [("openai", 0, "refused", 401)]


async def test_what_was_answered_stands_when_no_other_can_be_asked(chain: FakeHost) -> None:
    chain.connections["openai-2"] = replace(chain.connections["openai-2"], has_key=False)
    reply = await fetch(chain, body=chat(FAILS))
    assert (reply.status, reply.headers["x-thinkback-provider"]) == (503, "openai")
    assert told(chain) == [("openai", 1, "error", 503)]


async def test_one_that_is_switched_off_stays_off(chain: FakeHost, upstream: Upstream) -> None:
    chain.connections["openai"] = replace(chain.connections["openai"], enabled=False)
    assert (await fetch(chain, body=chat())).status == 403
    assert not upstream.requests


def used(name: str) -> tuple[int, int, int]:
    """Requests, tokens and open streams that a gate counts now."""
    store = LIMITER.store
    assert isinstance(store, MemoryStore)
    account = store.accounts[name]
    return account.requests.used, account.tokens.used, account.streams


async def test_each_has_limits_of_its_own(chain: FakeHost) -> None:
    for slug in ("openai", "openai-2"):
        chain.connections[slug] = replace(chain.connections[slug], limits=Limits(requests_per_minute=2))
    first, second = (f"connection:{chain.connections[slug].id}" for slug in ("openai", "openai-2"))
    user = f"user:{chain.alice.user_id}"
    async with under_way(chain, body=chat(FAILS, max_tokens=500)):
        assert (used(first), used(second)[2], used(user)[2]) == ((1, 0, 0), 0, 0)
    assert (used(first), used(second), used(user)) == ((1, 0, 0), (1, 14, 0), (1, 14, 0))
    await fetch(chain, body=chat(FAILS))
    reply = await fetch(chain, body=chat())
    assert (reply.status, rows(chain)[-1].status) == (429, "refused")  # both are at their limit
    assert used(user) == (2, 28, 0)


async def test_a_provider_at_its_limit_hands_on(chain: FakeHost) -> None:
    chain.connections["openai"] = replace(chain.connections["openai"], limits=Limits(requests_per_minute=1))
    assert (await fetch(chain, body=chat())).headers["x-thinkback-provider"] == "openai"
    assert (await fetch(chain, body=chat())).headers["x-thinkback-provider"] == "openai-2"
    assert rows(chain)[-1].route_reason == "fallback: openai is at its limit"


async def test_the_users_own_limit_holds_everywhere(chain: FakeHost) -> None:
    chain.limit(requests_per_minute=1)
    assert (await fetch(chain, body=chat(FAILS))).status == 200
    assert (await fetch(chain, body=chat())).status == 429


async def test_failed_attempts_pay_too(chain: FakeHost) -> None:
    connection = chain.connections["anthropic"]
    chain.connections["anthropic"] = replace(connection, retry_after_send=True, retries=1)
    reply = await fetch(chain, MESSAGES, chat("plan:cut=1,how=eof"))  # its prompt was read, and that was told
    assert reply.headers["x-thinkback-provider"] == "anthropic-2"
    spent = [(row.input_tokens or 0) + (row.output_tokens or 0) for row in rows(chain)]
    assert len(spent) == 3 and min(spent) >= 11
    assert used(f"user:{chain.alice.user_id}") == (1, sum(spent), 0)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "v1/models", {}),
        ("GET", "v1/chat/completions/chatcmpl-1", {}),
        ("POST", "v1/chat/completions/chatcmpl-1", {}),
        ("GET", "v1/responses/resp_1", {}),
        ("POST", "v1/responses/resp_1/cancel", {}),
        ("POST", "v1/responses", {"previous_response_id": "resp_1"}),
        ("POST", "v1/responses", {"conversation": {"id": "conv_1"}}),
        ("POST", "v1/responses", {"background": True}),
        ("POST", "v1/responses", {"prompt": {"id": "pmpt_1"}}),
        ("POST", "v1/responses", {"input": [{"type": "input_file", "file_id": "file-1"}]}),
        ("POST", "v1/files", {}),
        ("POST", "v1/batches", {}),
        ("POST", "v1/embeddings", {}),
    ],
)
async def test_what_belongs_to_one_provider(
    chain: FakeHost, upstream: Upstream, method: str, path: str, body: dict[str, Any]
) -> None:
    upstream.reply = Told([b"{}"], 503, JSON, length=2)
    content = json.dumps({"model": "m", **body}).encode() if method == "POST" else b""
    await fetch(chain, f"/api/proxy/openai/{path}", content, method=method)
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("v1/responses", {"input": "Hi", "previous_response_id": None, "background": False}),
        ("v1/completions", {"prompt": "Hi"}),
        ("v1/embeddings", {"model": "m-2", "input": "Hi"}),
    ],
)
async def test_what_any_can_answer(chain: FakeHost, upstream: Upstream, path: str, body: dict[str, Any]) -> None:
    upstream.reply = Told([b"{}"], 503, JSON, length=2)
    await fetch(chain, f"/api/proxy/openai/{path}", json.dumps({"model": "m", **body}).encode())
    assert [request.json()["model"] for request in upstream.requests] == [body.get("model", "m"), "m-2"]


async def test_a_test_of_a_connection_tells_of_that_one(chain: FakeHost, upstream: Upstream) -> None:
    call = Call(chain.alice, "openai", "test", "POST", "v1/chat/completions", body=chat(FAILS))
    async with pipeline.answer(call, chain) as answer:
        assert (answer.status, answer.connection.slug) == (503, "openai")
    assert len(upstream.requests) == 1


async def test_leaving_between_two(chain: FakeHost, upstream: Upstream) -> None:
    chain.connections["openai"] = replace(
        chain.connections["openai"], fallbacks=(Fallback("openai-2", "plan:first=60000"),)
    )
    exchange = begin(chain, body=chat(FAILS))
    while len(upstream.requests) < 2:
        await asyncio.sleep(0.002)
    exchange.leave()
    await exchange.task
    await upstream.idle()
    assert told(chain) == [("openai", 1, "error", 503), ("openai-2", 2, "cancelled", None)]


async def test_google_keeps_the_version_in_its_path(chain: FakeHost, upstream: Upstream) -> None:
    chain.connections["google"] = replace(chain.connections["google"], fallbacks=(Fallback("google-2", "models/a/b"),))
    await fetch(chain, "/api/proxy/google/v1/models/plan-status=503:generateContent", chat())
    assert upstream.last.path == "/v1/models/a%2Fb:generateContent"


async def test_a_token_bound_to_origins_may_read_who_answered(chain: FakeHost) -> None:
    chain.allowed.add("https://app.example")
    reply = await fetch(chain, body=chat(FAILS), headers={**BEARER, "origin": "https://app.example"})
    assert "x-thinkback-provider" in reply.headers["access-control-expose-headers"].lower()
    assert TOKEN not in str(reply.headers)
