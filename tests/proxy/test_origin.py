"""From which pages may be called: exactly those on the list; nothing else is reflected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.proxy.client import BEARER, CHAT, chat, fetch
from tests.proxy.host import TOKEN, FakeHost
from tests.upstream import Upstream

APP = "https://app.example"
NEAR = [
    "null",
    "http://app.example",
    "https://app.example:8443",
    "https://app.example.evil.com",
    "https://evil.com/https://app.example",
    "https://sub.app.example",
    "https://APP.example",
    "https://app.example/",
    "https://app.example, https://evil.com",
    "*",
    "",
]


def asking(origin: str, method: str = "POST") -> dict[str, str]:
    return {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type",
    }


async def test_a_preflight_of_a_listed_origin_succeeds(host: FakeHost) -> None:
    host.listed.add(APP)
    reply = await fetch(host, headers=asking(APP), method="OPTIONS")
    assert reply.status == 204
    assert reply.headers["access-control-allow-origin"] == APP
    assert "POST" in reply.headers["access-control-allow-methods"]
    assert reply.headers["access-control-allow-headers"] == "authorization,content-type"
    assert "Origin" in reply.headers["vary"]
    assert "access-control-allow-credentials" not in reply.headers


@pytest.mark.parametrize("origin", NEAR)
async def test_a_preflight_of_any_other_origin_is_refused(host: FakeHost, origin: str) -> None:
    host.listed.add(APP)
    reply = await fetch(host, headers=asking(origin), method="OPTIONS")
    assert reply.status == 403
    assert not [name for name in reply.headers if name.startswith("access-control")]


async def test_an_allowed_origin_may_read(host: FakeHost) -> None:
    host.allowed.add(APP)
    reply = await fetch(host, body=chat(), headers={**BEARER, "origin": APP})
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == APP
    assert reply.headers["vary"] == "Origin"
    exposed = reply.headers["access-control-expose-headers"].lower().split(", ")
    assert {"x-thinkback-error", "retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"} <= {
        *exposed
    }
    assert host.ledger.only.origin == APP


@pytest.mark.parametrize("origin", NEAR)
async def test_any_other_origin_is_refused_before_anything_is_sent(
    host: FakeHost, upstream: Upstream, origin: str
) -> None:
    host.allowed.add(APP)
    reply = await fetch(host, body=chat(), headers={**BEARER, "origin": origin})
    assert (reply.status, reply.headers["x-thinkback-error"]) == (403, "auth_failed")
    assert not [name for name in reply.headers if name.startswith("access-control")]
    assert reply.json()["error"]["type"] == "permission_error"
    assert "under Account" in reply.json()["error"]["message"]  # where the list is
    row = host.ledger.only
    assert (row.status, row.attempt, row.origin, row.provider) == ("refused", 0, origin, "openai")
    assert row.operation == "chat"
    assert not upstream.requests


async def test_an_origin_that_only_others_list_passes_the_preflight_alone(host: FakeHost) -> None:
    host.listed.add(APP)
    assert (await fetch(host, headers=asking(APP), method="OPTIONS")).status == 204
    assert (await fetch(host, body=chat(), headers={**BEARER, "origin": APP})).status == 403


async def test_the_site_itself_needs_no_list(host: FakeHost) -> None:
    reply = await fetch(host, body=chat(), headers={**BEARER, "origin": "https://thinkback.example"})
    assert reply.status == 200
    assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize(
    ("origin", "status"), [(APP, 200), ("https://other.example", 403), (None, 403), ("https://thinkback.example", 403)]
)
async def test_a_bound_token_works_from_its_own_pages_alone(host: FakeHost, origin: str | None, status: int) -> None:
    host.tokens[TOKEN] = replace(host.alice, origins=frozenset({APP}))
    host.allowed |= {APP, "https://other.example"}
    reply = await fetch(host, body=chat(), headers=BEARER | ({"origin": origin} if origin else {}))
    assert reply.status == status
    assert (status == 200) is not (b"only from the web pages that it was made for" in reply.body)


async def test_a_page_of_a_listed_origin_can_read_that_its_token_is_unknown(host: FakeHost) -> None:
    host.listed.add(APP)
    reply = await fetch(host, CHAT, chat(), headers={"authorization": "Bearer tb_old", "origin": APP})
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (401, APP)
    reply = await fetch(host, CHAT, chat(), headers={"authorization": "Bearer tb_old", "origin": "https://evil.com"})
    assert "access-control-allow-origin" not in reply.headers
