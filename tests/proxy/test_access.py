"""Connections that may not be used, paths that are not what they seem: refused, booked as attempt 0, nothing sent."""

from __future__ import annotations

import pytest

from tests.proxy.client import CHAT, begin, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Upstream


async def test_switched_off(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", enabled=False)
    reply = await fetch(host, body=chat("m"))
    assert (reply.status, reply.headers["x-thinkback-error"]) == (403, "auth_failed")
    row = host.ledger.only
    assert (row.status, row.attempt, row.provider, row.model) == ("refused", 0, "openai", "m")
    assert (row.http_status, row.error_type) == (403, "auth_failed")
    assert row.finished_at is not None
    assert not upstream.requests


@pytest.mark.parametrize("has_key", [True, False])
async def test_without_a_key(host: FakeHost, upstream: Upstream, has_key: bool) -> None:
    host.connect("openai", has_key=has_key)
    host.key = None
    reply = await fetch(host, body=chat())
    assert (reply.status, reply.headers["x-thinkback-error"]) == (401, "auth_failed")
    assert host.ledger.only.status == "refused"
    assert not upstream.requests


async def test_an_unknown_provider(host: FakeHost) -> None:
    reply = await fetch(host, "/api/proxy/nothing/v1/models", method="GET")
    assert (reply.status, reply.headers["x-thinkback-error"]) == (404, "invalid_request")
    row = host.ledger.only
    assert (row.status, row.provider, row.slug, row.endpoint) == ("refused", "", "nothing", "v1/models")


PREFIX = "/api/proxy/openai/"
BAD = [
    "..",
    "../openai",
    "v1/../../admin",
    "v1/./models",
    "v1/%2e%2e/x",
    "v1/.%2E/x",
    "v1/%2e%2e%2fx",
    "v1/..%2fx",
    "v1/%252e%252e/x",
    "v1/..%5cx",
    "v1/a%5cb",
    "v1/a\\b",
    "v1/%00",
    "v1/a%0d%0aX:1",
    "v1/a%7f",
    "/evil.example/x",
    "//evil.example/x",
    "v1/%zz",
    "v1/%",
    "v1/a b",
    "v1/a#b",
    "v1/\xe9",
    "v1/<script>",
]


@pytest.mark.parametrize("path", BAD)
async def test_paths_with_tricks_are_refused(host: FakeHost, upstream: Upstream, path: str) -> None:
    reply = await fetch(host, PREFIX + path, method="GET")
    assert (reply.status, reply.headers["x-thinkback-error"]) == (400, "invalid_request")
    assert (host.ledger.only.status, host.ledger.only.attempt) == ("refused", 0)
    assert not upstream.requests


GOOD = [
    "v1/models/ft:gpt-4o:me::id",
    "v1/models/a%2Fb",
    "v1beta/models/m:countTokens",
    "v1/x..y/z",
    "v1/a@b",
    "v1/%C3%A9",
]


@pytest.mark.parametrize("path", GOOD)
async def test_odd_but_honest_paths_pass_unchanged(host: FakeHost, upstream: Upstream, path: str) -> None:
    assert (await fetch(host, PREFIX + path, method="GET")).status == 200
    assert upstream.last.target == f"/{path}"


@pytest.mark.parametrize("slug", ["%2e%2e", "a%2fb", "-", "a" * 80, "", "custom", "custom/"])
async def test_slugs_with_tricks_are_unknown(host: FakeHost, slug: str) -> None:
    assert (await fetch(host, f"/api/proxy/{slug}/v1/models", method="GET")).status == 404


async def test_a_caller_without_a_server_that_tells_the_raw_path(host: FakeHost, upstream: Upstream) -> None:
    exchange = begin(host, CHAT, chat())
    del exchange.scope["raw_path"]
    await exchange.task
    assert upstream.last.target == "/v1/chat/completions"
