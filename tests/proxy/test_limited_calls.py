"""What callers see of limits, and what their calls take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proxy.breaker import FEWEST
from proxy.call import Limits
from proxy.limits import LIMITER, USUAL_OUTPUT
from proxy.memory_counts import Account, MemoryStore
from tests.proxy.client import CHAT, GENERATE, MESSAGES, Reply, chat, fetch, under_way
from tests.proxy.host import TOKEN, FakeHost
from tests.upstream import Upstream

MODELS = "/api/proxy/openai/v1/models"


def account(host: FakeHost) -> Account:
    """What Alice's gate counts now."""
    store = LIMITER.store
    assert isinstance(store, MemoryStore)
    return store.accounts[f"user:{host.alice.user_id}"]


def limits_in(reply: Reply) -> tuple[str | None, str | None]:
    """What it tells of the tightest limit."""
    return reply.headers.get("ratelimit-limit"), reply.headers.get("ratelimit-remaining")


@pytest.mark.parametrize(
    ("path", "kind"),
    [(CHAT, "rate_limit_error"), (MESSAGES, "rate_limit_error"), (GENERATE.format(model="m"), "RESOURCE_EXHAUSTED")],
)
async def test_too_often(host: FakeHost, upstream: Upstream, path: str, kind: str) -> None:
    host.limit(requests_per_minute=1)
    first = await fetch(host, path, chat())
    assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("1", "0")
    reply = await fetch(host, path, chat())
    assert (reply.status, reply.headers["x-thinkback-error"]) == (429, "rate_limit")
    assert kind in (reply.json()["error"].get("type"), reply.json()["error"].get("status"))
    assert 0 < int(reply.headers["retry-after"]) <= 60
    assert (reply.headers["ratelimit-limit"], reply.headers["ratelimit-remaining"]) == ("1", "0")
    assert 0 < int(reply.headers["ratelimit-reset"]) <= 60
    assert len(upstream.requests) == 1
    assert sorted((row.status, row.attempt) for row in host.ledger.rows.values()) == [("ok", 1), ("refused", 0)]


@pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE.format(model="plan-cut=0,how=reset")])
async def test_one_that_was_not_answered_tells_of_limits_too(host: FakeHost, path: str) -> None:
    host.limit(requests_per_minute=9)
    reply = await fetch(host, path, chat("plan:cut=0,how=reset"))
    assert (reply.status, limits_in(reply)) == (502, ("9", "8"))
    host.connections["openai"] = replace(host.connections["openai"], first_byte_timeout=0.05)
    reply = await fetch(host, body=chat("plan:first=60000"))
    assert (reply.status, limits_in(reply)) == (504, ("9", "7"))


async def test_one_that_is_left_alone_tells_of_limits_and_when_to_come_again(host: FakeHost) -> None:
    for _ in range(FEWEST):
        await fetch(host, body=chat("plan:status=500"))
    host.limit(requests_per_minute=100)
    reply = await fetch(host, body=chat())
    assert (reply.status, limits_in(reply)) == (503, ("100", str(100 - FEWEST - 1)))
    assert 0 < int(reply.headers["retry-after"]) <= 15


async def test_one_that_cannot_be_booked_tells_of_limits_too(host: FakeHost) -> None:
    host.limit(requests_per_minute=9)
    host.ledger.broken = True
    reply = await fetch(host, body=chat())
    assert (reply.status, limits_in(reply), reply.headers["retry-after"]) == (503, ("9", "8"), "1")


async def test_one_without_a_key_has_asked_nothing_yet(host: FakeHost) -> None:
    host.connections["openai"] = replace(host.connections["openai"], has_key=False)
    assert limits_in(await fetch(host, body=chat())) == (None, None)


async def test_too_many_streams(host: FakeHost) -> None:
    host.limit(streams=1)
    async with under_way(host, body=chat("plan:chunks=9,gap=60000")):
        refused = await fetch(host, body=chat())
        assert (refused.status, refused.headers["retry-after"]) == (429, "1")
        assert (await fetch(host, body=chat(stream=False))).status == 200
    assert (await fetch(host, body=chat())).status == 200


async def test_too_many_tokens(host: FakeHost, upstream: Upstream) -> None:
    host.limit(tokens_per_minute=5000)
    async with under_way(host, body=chat("plan:chunks=9,gap=60000", max_tokens=4000)):
        refused = await fetch(host, body=chat(max_tokens=4000))
        assert refused.status == 429 and "More than 5000 tokens a minute." in refused.body.decode()
        assert (await fetch(host, MODELS, method="GET")).status == 200, "what uses no tokens needs none"
    assert (await fetch(host, body=chat(max_tokens=4000))).status == 200
    assert len(upstream.requests) == 3


@pytest.mark.parametrize("stream", [True, False])
async def test_what_was_booked_is_what_counts(host: FakeHost, stream: bool) -> None:
    await fetch(host, body=chat(stream=stream))
    row = host.ledger.only
    assert row.input_tokens and row.output_tokens
    assert account(host).tokens.used == row.input_tokens + row.output_tokens


async def test_an_answer_without_usage_counts_as_estimated(host: FakeHost) -> None:
    body = chat("plan:usage=never")
    await fetch(host, body=body)
    assert host.ledger.only.input_tokens is None
    assert account(host).tokens.used == len(body) // 4 + USUAL_OUTPUT


@pytest.mark.parametrize("plan", ["plan:status=500", "plan:status=429", "plan:cut=0,how=reset"])
async def test_a_failed_call_counts_no_tokens(host: FakeHost, plan: str) -> None:
    reply = await fetch(host, body=chat(plan))
    assert reply.status >= 400
    assert (account(host).tokens.used, account(host).streams, account(host).requests.used) == (0, 0, 1)


async def test_one_who_leaves_frees_his_place(host: FakeHost) -> None:
    async with under_way(host, body=chat("plan:chunks=9,gap=60000", max_tokens=100_000)):
        assert account(host).streams == 1
    row = host.ledger.only
    assert (row.status, row.tokens_source) == ("cancelled", "estimate")
    assert (account(host).streams, account(host).tokens.used) == (0, (row.input_tokens or 0) + (row.output_tokens or 0))


async def test_token_and_provider_have_limits_of_their_own(host: FakeHost) -> None:
    host.tokens[TOKEN] = replace(host.alice, token_limits=Limits(requests_per_minute=2))
    host.connections["openai"] = replace(host.connections["openai"], limits=Limits(requests_per_minute=1))
    first = await fetch(host, body=chat())
    assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("1", "0")
    assert "with this provider" in (await fetch(host, body=chat())).body.decode()
    assert (await fetch(host, MESSAGES, chat())).status == 200
    assert "with this token" in (await fetch(host, MESSAGES, chat())).body.decode()
    host.tokens[TOKEN] = host.alice
    assert (await fetch(host, MESSAGES, chat())).status == 200
