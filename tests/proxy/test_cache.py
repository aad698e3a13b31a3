"""An answer given once is given again from memory: only to the same person, only whole, and for nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from proxy import pipeline
from proxy.caching import ANSWERS
from proxy.call import Call
from proxy.record import Record
from tests.proxy.client import BEARER, CHAT, GENERATE, MESSAGES, chat, fetch, under_way
from tests.proxy.host import TOKEN, FakeHost
from tests.upstream import Reply as Said
from tests.upstream import Upstream

RESPONSES = "/api/proxy/openai/v1/responses"
EMBEDDINGS = "/api/proxy/openai/v1/embeddings"


@pytest.fixture(autouse=True)
def turned_on(host: FakeHost) -> None:
    for kind in ("openai", "anthropic", "google"):
        host.connect(kind, cache_seconds=60.0)


def price(host: FakeHost, cost: str | None) -> None:
    """Let every answer of a provider cost as much."""
    close = host.ledger.close

    async def priced(record: Record) -> None:
        if record.cost_source is None:
            record.cost_usd = None if cost is None else Decimal(cost)
        await close(record)

    host.ledger.close = priced  # type: ignore[method-assign]


def rows(host: FakeHost) -> list[Record]:
    return list(host.ledger.rows.values())


ANSWERED = [
    pytest.param(CHAT, chat("plan:chunks=4"), id="openai stream"),
    pytest.param(CHAT, chat("plan:chunks=4", stream=False), id="openai whole"),
    pytest.param(RESPONSES, b'{"model": "m", "input": "x", "stream": true, "store": false}', id="responses"),
    pytest.param(MESSAGES, chat("plan:chunks=4"), id="anthropic"),
    pytest.param(GENERATE.format(model="plan-chunks=4"), b"{}", id="google"),
    pytest.param(EMBEDDINGS, b'{"model": "m", "input": "x"}', id="embeddings"),
]


@pytest.mark.parametrize(("path", "body"), ANSWERED)
async def test_the_second_answer_is_the_first_again(host: FakeHost, upstream: Upstream, path: str, body: bytes) -> None:
    price(host, "0.25")
    first = await fetch(host, path, body)
    second = await fetch(host, path, body)
    assert (first.headers["x-thinkback-cache"], second.headers["x-thinkback-cache"]) == ("miss", "hit")
    assert second.body == first.body and len(first.body) > 20
    assert second.headers["content-type"] == first.headers["content-type"]
    assert second.headers["age"] == "0" and "age" not in first.headers
    assert "x-request-id" not in second.headers and "ratelimit-limit" in second.headers
    assert upstream.stats.requests == 1
    asked, again = rows(host)
    assert (again.status, again.attempt, again.http_status) == ("ok", 1, 200)
    assert (again.cost_usd, again.cost_source, again.saved_usd) == (Decimal(0), "cache", Decimal("0.25"))
    assert (again.input_tokens, again.output_tokens, again.tokens_source) == (
        asked.input_tokens,
        asked.output_tokens,
        "provider",
    )
    assert again.streamed == asked.streamed and again.response_model == asked.response_model
    assert again.provider_request_id is None and again.operation_id != asked.operation_id
    assert asked.saved_usd is None


async def test_what_was_saved_is_unknown_where_the_price_is(host: FakeHost) -> None:
    price(host, None)
    await fetch(host, body=chat())
    await fetch(host, body=chat())
    assert (rows(host)[1].cost_usd, rows(host)[1].saved_usd) == (Decimal(0), None)


async def test_it_is_off_unless_turned_on(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai")
    for _ in range(2):
        assert "x-thinkback-cache" not in (await fetch(host, body=chat())).headers
    assert upstream.stats.requests == 2


async def test_white_space_means_nothing_but_everything_else_does(host: FakeHost, upstream: Upstream) -> None:
    body = json.loads(chat(stream=False))
    same = [json.dumps(body), json.dumps(body, indent=3)]
    other = [
        json.dumps(body | {"temperature": 1}),
        json.dumps(body | {"messages": [{"role": "user", "content": "Hi "}]}),
        json.dumps(dict(reversed(body.items()))),
    ]
    told = [(await fetch(host, body=text.encode())).headers["x-thinkback-cache"] for text in same + other]
    assert told == ["miss", "hit", "miss", "miss", "miss"]
    assert upstream.stats.requests == 4


@pytest.mark.parametrize(
    "header", [{"openai-beta": "x"}, {"accept": "text/plain"}, {"x-thinkback-provider-key": "sk-other-key-0123456789"}]
)
async def test_headers_that_change_the_answer_count(host: FakeHost, header: dict[str, str]) -> None:
    await fetch(host, body=chat())
    assert (await fetch(host, body=chat(), headers=BEARER | header)).headers["x-thinkback-cache"] == "miss"
    assert (await fetch(host, body=chat(), headers=BEARER | header)).headers["x-thinkback-cache"] == "hit"
    again = BEARER | {"idempotency-key": "a", "user-agent": "b"}
    assert (await fetch(host, body=chat(), headers=again)).headers["x-thinkback-cache"] == "hit"


async def test_a_change_of_the_configuration_counts(host: FakeHost) -> None:
    await fetch(host, body=chat())
    host.connect("openai", options={"organization": "other"}, cache_seconds=60.0)
    assert (await fetch(host, body=chat())).headers["x-thinkback-cache"] == "miss"
    host.connect("openai", headers={"X-Team": "other"}, cache_seconds=60.0)
    assert (await fetch(host, body=chat())).headers["x-thinkback-cache"] == "miss"


async def test_two_people_never_share(host: FakeHost, upstream: Upstream) -> None:
    await fetch(host, body=chat())
    host.alice = host.tokens[TOKEN] = replace(host.alice, user_id=host.alice.user_id + 10_000)
    assert (await fetch(host, body=chat())).headers["x-thinkback-cache"] == "miss"
    assert upstream.stats.requests == 2


@pytest.mark.parametrize(
    "asked",
    [{}, {"store": None}, {"store": True}]  # the Responses API stores unless it is told not to
    + [{"store": False, "background": True}, {"store": False, "conversation": "conv_1"}],
)
async def test_what_leaves_something_at_the_service_always_goes_there(
    host: FakeHost, upstream: Upstream, asked: dict[str, Any]
) -> None:
    for _ in range(2):
        reply = await fetch(host, RESPONSES, json.dumps({"model": "m", "input": "x", **asked}).encode())
        assert "x-thinkback-cache" not in reply.headers
    assert upstream.stats.requests == 2


async def test_other_operations_always_go_there(host: FakeHost, upstream: Upstream) -> None:
    for _ in range(2):
        await fetch(host, "/api/proxy/openai/v1/images/generations", chat(stream=False))
        await fetch(host, "/api/proxy/openai/v1/models", method="GET")
        await fetch(host, body=b"this is no JSON")
    assert upstream.stats.requests == 6


async def test_a_caller_may_opt_out(host: FakeHost, upstream: Upstream) -> None:
    opted_out = BEARER | {"cache-control": "no-store"}
    for _ in range(2):
        assert "x-thinkback-cache" not in (await fetch(host, body=chat(), headers=opted_out)).headers
    assert (await fetch(host, body=chat())).headers["x-thinkback-cache"] == "miss"


async def test_a_caller_may_ask_for_a_new_answer(host: FakeHost, upstream: Upstream) -> None:
    await fetch(host, body=chat())
    anew = BEARER | {"cache-control": "private, no-cache"}
    assert (await fetch(host, body=chat(), headers=anew)).headers["x-thinkback-cache"] == "miss"
    assert (await fetch(host, body=chat())).headers["x-thinkback-cache"] == "hit"
    assert upstream.stats.requests == 2


@pytest.mark.parametrize("source", ["chat", "title", "tool", "test"])
async def test_the_chat_page_never_reads_it(host: FakeHost, upstream: Upstream, source: Any) -> None:
    await fetch(host, body=chat())
    call = Call(host.alice, "openai", source, "POST", "v1/chat/completions", body=chat())
    async with pipeline.answer(call, host) as answer:
        assert b"x-thinkback-cache" not in dict(answer.headers)
        assert b"".join([chunk async for chunk in answer.body])
    assert upstream.stats.requests == 2


@pytest.mark.parametrize(
    "plan", ["cut=2,how=reset", "cut=2,how=eof", "cut=2,how=half", "cut=2,how=error", "status=500"]
)
async def test_what_failed_or_was_cut_short_is_never_kept(host: FakeHost, upstream: Upstream, plan: str) -> None:
    for _ in range(2):
        assert (await fetch(host, body=chat(f"plan:{plan}"))).headers.get("x-thinkback-cache") != "hit"
    assert upstream.stats.requests == 2


@pytest.mark.parametrize("path", [CHAT, EMBEDDINGS])
async def test_a_whole_answer_that_is_not_whole_is_never_kept(host: FakeHost, upstream: Upstream, path: str) -> None:
    upstream.reply = Said([b'{"object": "list", "data": [{"emb'], headers={"content-type": "application/json"})
    for _ in range(2):
        await fetch(host, path, chat(stream=False))
    assert upstream.stats.requests == 2


async def test_what_its_reader_left_is_never_kept(host: FakeHost) -> None:
    async with under_way(host, body=chat("plan:chunks=3,gap=5000")):
        pass
    assert ANSWERS.size == 0


async def test_what_is_too_large_is_never_kept(host: FakeHost) -> None:
    for _ in range(2):
        reply = await fetch(host, body=chat("plan:chunks=6,size=200000"))
        assert reply.headers["x-thinkback-cache"] == "miss" and len(reply.body) > 1024 * 1024


async def test_it_grows_old(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(ANSWERS, "clock", lambda: now[0])
    await fetch(host, body=chat())
    now[0] += 59.5
    assert (await fetch(host, body=chat())).headers["age"] == "59"
    now[0] += 1
    assert (await fetch(host, body=chat())).headers["x-thinkback-cache"] == "miss"


async def test_what_was_forgotten_meanwhile_is_not_kept(host: FakeHost) -> None:
    async with under_way(host, body=chat("plan:chunks=3,gap=20")) as exchange:
        ANSWERS.forget(host.alice.user_id)
        await exchange.task
    assert (await fetch(host, body=chat("plan:chunks=3,gap=20"))).headers["x-thinkback-cache"] == "miss"


async def test_nothing_is_answered_that_cannot_be_booked(host: FakeHost) -> None:
    await fetch(host, body=chat())
    host.ledger.broken = True
    assert (await fetch(host, body=chat())).status == 503
