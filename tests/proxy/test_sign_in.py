"""A service of one's own is signed in to as its settings say."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs

import httpx
import pytest

import providers
from providers import Target
from proxy.granting import GRANTS
from tests.proxy.client import chat, fetch
from tests.proxy.host import KEY, FakeHost
from tests.wire import Plan, anthropic_whole, openai_whole

PATH = "/api/proxy/custom/gateway/v1/chat/completions"
TOKEN_URL = "https://login.example.org/realms/ai/token"
OAUTH = {"sign_in": "oauth", "token_url": TOKEN_URL, "client_id": "thinkback", "scope": "models.read"}


class Gateway(httpx.AsyncBaseTransport):
    """A company's gateway, and the service that signs in to it."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.heard: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        signs_in = request.url.host == "login.example.org"
        (self.asked if signs_in else self.heard).append(request)
        document = {"access_token": "token-0123456789", "expires_in": 3600} if signs_in else whole(request)
        raw = json.dumps(document).encode()
        return httpx.Response(200, headers={"content-type": "application/json"}, stream=Once(raw))


def whole(request: httpx.Request) -> dict[str, object]:
    """A whole answer in the format of this path."""
    return anthropic_whole(Plan()) if request.url.path.endswith("messages") else openai_whole(Plan())


class Once(httpx.AsyncByteStream):
    """A body in one piece."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.raw


@pytest.fixture
def gateway(host: FakeHost) -> Iterator[Gateway]:
    GRANTS.forget()
    host.carrier = Gateway()
    yield host.carrier
    GRANTS.forget()


async def test_the_key_in_a_header_of_its_own(host: FakeHost, gateway: Gateway) -> None:
    host.connect("custom", "gateway", options={"sign_in": "header", "key_header": "X-Auth-Token"})
    assert (await fetch(host, PATH, chat(stream=False))).status == 200
    (heard,) = gateway.heard
    assert heard.headers["x-auth-token"] == KEY
    assert "authorization" not in heard.headers


@pytest.mark.parametrize("format, path", [("openai", "v1/chat/completions"), ("anthropic", "v1/messages")])
async def test_the_secret_is_exchanged_for_a_token(host: FakeHost, gateway: Gateway, format: str, path: str) -> None:
    host.connect("custom", "gateway", options=OAUTH, format=format)
    for _ in range(2):
        assert (await fetch(host, f"/api/proxy/custom/gateway/{path}", chat(stream=False))).status == 200
    (asked,) = gateway.asked
    assert str(asked.url) == TOKEN_URL
    assert {name: value for name, (value,) in parse_qs(asked.content.decode()).items()} == {
        "grant_type": "client_credentials", "client_id": "thinkback", "client_secret": KEY, "scope": "models.read",
    }  # fmt: skip
    for heard in gateway.heard:
        assert heard.headers["authorization"] == "Bearer token-0123456789"
        assert KEY not in f"{heard.headers}{heard.url}"


@pytest.mark.parametrize(
    "options, at_fault",
    [
        ({}, set()),
        ({"token_url": TOKEN_URL}, set()),
        ({"sign_in": "header"}, {"key_header"}),
        ({"sign_in": "header", "key_header": "X Auth"}, {"key_header"}),
        ({"sign_in": "oauth"}, {"token_url", "client_id"}),
        (OAUTH, set()),
    ],
)
def test_what_is_missing_is_told_by_field(options: dict[str, str], at_fault: set[str]) -> None:
    target = Target("custom", "https://ai.example.org", options=options)
    assert providers.get("custom").faults(target).keys() == at_fault
