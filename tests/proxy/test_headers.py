"""Which headers go on, in both directions, and which requests are refused for theirs."""

from __future__ import annotations

import gzip

import pytest

from tests.proxy.client import BEARER, CHAT, MESSAGES, begin, chat, fetch
from tests.proxy.host import KEY, TOKEN, FakeHost
from tests.upstream import Reply, Upstream

ODD = {
    **BEARER,
    "accept": "application/json",
    "accept-encoding": "gzip, br",
    "accept-language": "de",
    "api-key": "x",
    "cache-control": "no-cache",
    "connection": "keep-alive, openai-beta, x-named",
    "content-type": "application/json",
    "cookie": "sessionid=x",
    "dnt": "1",
    "expect": "100-continue",
    "forwarded": "for=1.2.3.4",
    "from": "me@example.org",
    "keep-alive": "timeout=5",
    "openai-beta": "named in Connection",
    "idempotency-key": "once",
    "openai-organization": "org-mine",
    "origin": "https://thinkback.example",
    "priority": "u=1",
    "proxy-authorization": "Basic eA==",
    "proxy-connection": "keep-alive",
    "range": "bytes=0-1",
    "referer": "https://thinkback.example/chat",
    "sec-fetch-mode": "cors",
    "te": "trailers",
    "trailer": "x",
    "upgrade": "h2c",
    "user-agent": "curl/8",
    "via": "1.1 x",
    "cf-connecting-ip": "1.2.3.4",
    "true-client-ip": "1.2.3.4",
    "x-client-ip": "1.2.3.4",
    "x-csrftoken": "x",
    "x-requested-with": "XMLHttpRequest",
    "x-request-id": "mine",
    "x-forwarded-for": "1.2.3.4",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil",
    "x-named": "1",
    "x-real-ip": "1.2.3.4",
    "x-thinkback-anything": "1",
}


async def test_only_a_few_request_headers_go_on(host: FakeHost, upstream: Upstream) -> None:
    assert (await fetch(host, body=chat(), headers=ODD)).status == 200
    assert upstream.last.headers == {
        "host": f"127.0.0.1:{upstream.port}",
        "accept": "application/json",
        "accept-encoding": "identity",
        "authorization": f"Bearer {KEY}",
        "content-length": str(len(upstream.last.body)),
        "content-type": "application/json",
        "idempotency-key": "once",
        "user-agent": "ThinkBack",
    }


async def test_an_sdks_own_headers_go_on(host: FakeHost, upstream: Upstream) -> None:
    sent = {"x-api-key": TOKEN, "anthropic-version": "2023-06-01", "anthropic-beta": "one,two"}
    await fetch(host, MESSAGES, chat(), headers=sent)
    seen = upstream.last.headers
    assert (seen["anthropic-version"], seen["anthropic-beta"], seen["x-api-key"]) == ("2023-06-01", "one,two", KEY)


async def test_a_list_is_added_to(host: FakeHost, upstream: Upstream) -> None:
    """A beta of the configuration does not cost an SDK its own."""
    host.connect("anthropic", headers={"Anthropic-Beta": "three"})
    for sent, seen in (({"anthropic-beta": "one,two"}, "one,two,three"), ({}, "three")):
        await fetch(host, MESSAGES, chat(stream=False), headers={**sent, "x-api-key": TOKEN})
        assert upstream.last.headers["anthropic-beta"] == seen


async def test_a_connections_own_headers_are_added(host: FakeHost, upstream: Upstream) -> None:
    own = {"X-Team": "blue", "Host": "evil.example", "Connection": "x", "Content-Length": "3"}
    host.connect("openai", headers=own)
    await fetch(host, body=chat())
    seen = upstream.last.headers
    assert (seen["x-team"], seen["host"], seen["content-length"]) == (
        "blue",
        f"127.0.0.1:{upstream.port}",
        str(len(upstream.last.body)),
    )


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00b", "a\x7fb"])
async def test_control_characters_are_refused(host: FakeHost, upstream: Upstream, value: str) -> None:
    reply = await fetch(host, body=chat(), headers={**BEARER, "accept": value})
    assert (reply.status, reply.headers["x-thinkback-error"]) == (400, "invalid_request")
    host.connect("openai", headers={"x-team": value})
    assert (await fetch(host, body=chat())).status == 400
    assert not upstream.requests


@pytest.mark.parametrize(
    "pairs",
    [
        [("content-length", "5"), ("transfer-encoding", "chunked")],
        [("content-length", "5"), ("content-length", "6")],
        [("authorization", "Bearer tb_other")],
        [("host", "other.example")],
        [("origin", "https://a.example"), ("origin", "https://b.example")],
        [("bad name", "x")],
        [("content-length", "+5")],
        [("content-length", "-1")],
    ],
)
async def test_ambiguous_requests_are_refused(host: FakeHost, pairs: list[tuple[str, str]]) -> None:
    reply = await fetch(host, body=chat(), headers=[*BEARER.items(), *pairs])
    assert (reply.status, reply.headers["x-thinkback-error"]) == (400, "invalid_request")


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip"])
async def test_compressed_requests_are_refused(host: FakeHost, upstream: Upstream, encoding: str) -> None:
    body = gzip.compress(chat())
    reply = await fetch(host, body=body, headers={**BEARER, "content-encoding": encoding})
    assert (reply.status, reply.headers["x-thinkback-error"]) == (415, "invalid_request")
    assert host.ledger.only.status == "refused" and not upstream.requests


@pytest.mark.parametrize("stream", [True, False])
async def test_only_a_few_response_headers_come_back(host: FakeHost, stream: bool) -> None:
    reply = await fetch(host, body=chat(stream=stream))
    kept = {"content-type", "x-request-id", "x-ratelimit-remaining-requests", "cache-control", "vary", "server-timing"}
    kept |= {"ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"}
    kept |= {"content-security-policy", "x-content-type-options", "x-thinkback-provider"}
    assert reply.headers.keys() == kept | ({"x-accel-buffering"} if stream else {"content-length"})


@pytest.mark.parametrize("status", [200, 401])
async def test_a_header_that_echoes_the_key_is_left_out(host: FakeHost, upstream: Upstream, status: int) -> None:
    head = {"content-type": "application/json", "x-request-id": f"req-{KEY}", "request-id": "req-2"}
    upstream.reply = Reply([b"{}"], status, head)
    reply = await fetch(host, body=chat(stream=False))
    assert KEY not in str(reply.headers) and reply.headers["request-id"] == "req-2"
    assert host.ledger.only.provider_request_id == "req-2"


@pytest.mark.parametrize("status", [200, 404])
async def test_a_providers_page_is_not_run_as_the_sites_own(host: FakeHost, upstream: Upstream, status: int) -> None:
    page = {"content-type": "text/html", "content-security-policy": "script-src *", "content-disposition": "inline"}
    upstream.reply = Reply([b"<script>alert(1)</script>"], status, page)
    reply = await fetch(host, "/api/proxy/openai/v1/files/1/content", method="GET")
    assert reply.headers["content-type"] == "text/html"
    assert reply.headers["content-security-policy"].startswith("sandbox; default-src 'none';")
    assert reply.headers["x-content-type-options"] == "nosniff"


async def test_a_compressed_answer_passes_as_it_is(host: FakeHost, upstream: Upstream) -> None:
    body = gzip.compress(b'{"id": "x"}')
    head = {"content-type": "application/json", "content-encoding": "gzip"}
    upstream.reply = Reply([body], headers=head, length=len(body))
    reply = await fetch(host, body=chat(stream=False))
    assert (reply.body, reply.headers["content-encoding"]) == (body, "gzip")


async def test_methods_that_are_never_passed_on(host: FakeHost, upstream: Upstream) -> None:
    for method in ("TRACE", "CONNECT", "OPTIONS", "BREW"):
        assert (await fetch(host, CHAT, method=method)).status == 405
    assert not upstream.requests


async def test_redirects_are_not_followed_nor_passed_on(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply([], 302, {"location": "https://evil.example/"}, length=0)
    exchange = begin(host, body=chat())
    await exchange.task
    assert (exchange.reply.status, exchange.reply.headers["x-thinkback-error"]) == (502, "server_error")
    assert "evil.example" not in str(exchange.reply)
    assert len(upstream.requests) == 1
    assert (host.ledger.only.status, host.ledger.only.http_status) == ("error", 302)
