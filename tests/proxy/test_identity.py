"""Who may call: a token in any SDK's place, or the site's own page with its session; a stranger learns nothing."""

from __future__ import annotations

import logging

import pytest

from proxy.call import Caller
from tests.proxy.client import CHAT, GENERATE, MESSAGES, begin, chat, fetch
from tests.proxy.host import TOKEN, FakeHost
from tests.upstream import Upstream

PLACES = [
    {"authorization": f"Bearer {TOKEN}"},
    {"authorization": f"bearer {TOKEN}"},
    {"x-api-key": TOKEN},
    {"x-goog-api-key": TOKEN},
    {"api-key": TOKEN},
    {"authorization": "Bearer unused", "x-api-key": TOKEN},
]


@pytest.mark.parametrize("headers", PLACES)
async def test_a_token_is_found_where_an_sdk_sends_it(host: FakeHost, headers: dict[str, str]) -> None:
    assert (await fetch(host, body=chat(), headers=headers)).status == 200


@pytest.mark.parametrize("query", ["key=" + TOKEN, "a=1&key=" + TOKEN + "&b=2", "k%65y=" + TOKEN, f"key=x&key={TOKEN}"])
async def test_a_token_in_the_query_is_cut_out(
    host: FakeHost, upstream: Upstream, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        exchange_reply = await fetch(host, f"{CHAT}?{query}", chat(), headers={})
    assert exchange_reply.status == 200
    assert "key" not in upstream.last.target and TOKEN not in str(upstream.last)
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(host.ledger.rows)


async def test_the_scope_keeps_no_token(host: FakeHost) -> None:
    exchange = begin(host, f"{CHAT}?alt=sse&key={TOKEN}", chat(), headers={})
    await exchange.task
    assert exchange.scope["query_string"] == b"alt=sse"


STRANGERS = [
    {},
    {"authorization": "Bearer tb_unknown"},
    {"authorization": "Bearer sk-something"},
    {"authorization": f"Basic {TOKEN}"},
    {"x-api-key": "tb_unknown"},
    {"cookie": "sessionid=unknown", "origin": "https://thinkback.example"},
    {"cookie": 'sessionid="; \x7e', "sec-fetch-site": "same-origin"},
]


@pytest.mark.parametrize("headers", STRANGERS)
@pytest.mark.parametrize("path", [CHAT, "/api/proxy/nothing/v1/x", "/api/proxy/openai/../x", "/api/proxy/"])
async def test_a_stranger_learns_nothing(
    host: FakeHost, upstream: Upstream, headers: dict[str, str], path: str
) -> None:
    reply = await fetch(host, path, chat(), headers=headers)
    expected = await fetch(host, CHAT, b"", headers={})
    assert (reply.status, reply.body) == (401, expected.body)
    assert reply.headers["x-thinkback-error"] == "auth_failed"
    assert not host.ledger.rows and not upstream.requests


SHAPES = [
    (CHAT, {}, ["error", "type"], "invalid_request_error"),
    (MESSAGES, {"anthropic-version": "2023-06-01"}, ["error", "type"], "authentication_error"),
    ("/api/proxy/x/v1/models", {"anthropic-version": "2023-06-01"}, ["error", "type"], "authentication_error"),
    (GENERATE.format(model="m"), {"x-goog-api-key": "tb_no"}, ["error", "status"], "UNAUTHENTICATED"),
    ("/api/proxy/x/v1beta/models", {}, ["error", "status"], "UNAUTHENTICATED"),
]


@pytest.mark.parametrize(("path", "headers", "where", "what"), SHAPES)
async def test_a_strangers_refusal_has_his_sdks_shape(
    host: FakeHost, path: str, headers: dict[str, str], where: list[str], what: str
) -> None:
    said = (await fetch(host, path, chat(), headers=headers)).json()
    assert said[where[0]][where[1]] == what


SESSION = "theme=dark; sessionid=alices-session"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://thinkback.example"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "same-origin", "sec-fetch-dest": "empty"}, 200),
        ({"sec-fetch-site": "same-origin", "sec-fetch-dest": "document"}, 401),
        ({"sec-fetch-site": "same-origin", "sec-fetch-dest": "script"}, 401),
        ({"origin": "https://thinkback.example", "sec-fetch-dest": "document"}, 401),
        ({"origin": "https://thinkback.example", "sec-fetch-site": "cross-site"}, 401),
        ({}, 401),
        ({"sec-fetch-site": "same-site"}, 401),
        ({"sec-fetch-site": "cross-site"}, 401),
        ({"origin": "https://evil.example"}, 401),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, 401),
        ({"origin": "http://thinkback.example"}, 401),
        ({"origin": "null"}, 401),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_session_counts_on_the_sites_own_pages_alone(
    host: FakeHost, headers: dict[str, str], status: int, method: str
) -> None:
    host.allowed.add("https://evil.example")
    path = CHAT if method == "POST" else "/api/proxy/openai/v1/models"
    body = chat() if method == "POST" else b""
    reply = await fetch(host, path, body, headers={"cookie": SESSION, **headers}, method=method)
    assert reply.status == status


@pytest.mark.parametrize("others", ["a[b]=1; ", 'json={"a": "b c"}; ', "naked; ", 'quote="; ', "=; ;; "])
async def test_a_session_is_found_among_odd_cookies(host: FakeHost, others: str) -> None:
    headers = {"cookie": others + SESSION, "sec-fetch-site": "same-origin"}
    assert (await fetch(host, body=chat(), headers=headers)).status == 200


async def test_a_token_needs_the_scope(host: FakeHost, upstream: Upstream) -> None:
    host.tokens[TOKEN] = Caller(host.alice.user_id, "token", scopes=frozenset({"chat", "usage"}))
    reply = await fetch(host, body=chat())
    assert (reply.status, reply.headers["x-thinkback-error"]) == (403, "auth_failed")
    assert host.ledger.only.status == "refused" and not upstream.requests


async def test_bob_does_not_reach_alices_connection(host: FakeHost, upstream: Upstream) -> None:
    host.tokens["tb_bob"] = Caller(host.alice.user_id + 10**6, "token", scopes=frozenset({"proxy"}))
    reply = await fetch(host, body=chat(), headers={"x-api-key": "tb_bob"})
    assert reply.status == 404 and not upstream.requests
