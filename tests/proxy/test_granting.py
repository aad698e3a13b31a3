"""A stored secret is exchanged for a token: once for all who wait, until shortly before its end, shown to nobody."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs

import httpx
import pytest

from proxy import granting
from proxy.granting import GRANTS
from tests.proxy.client import Reply, chat, fetch
from tests.proxy.host import KEY, FakeHost
from tests.wire import Plan, openai_whole

TOKEN_URL = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token"
CLIENT = "11112222-3333-4444-5555-666677778888"
OPTIONS = {"sign_in": "entra", "tenant": "contoso.onmicrosoft.com", "client_id": CLIENT}
PATH = "/api/proxy/azure/openai/v1/chat/completions"


class Microsoft(httpx.AsyncBaseTransport):
    """Entra ID and the resource behind it. `say` is what the sign-in answers: a status and a document."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.heard: list[httpx.Request] = []
        self.say: tuple[int, object] | None = None
        self.lifetime: object = 3599
        self.gate = asyncio.Event()
        self.gate.set()
        self.status = 200

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "login.microsoftonline.com":
            self.asked.append(request)
            await self.gate.wait()
            document = {
                "token_type": "Bearer",
                "expires_in": self.lifetime,
                "access_token": self.token(len(self.asked)),
            }
            status, body = self.say or (200, document)
            return answer(status, body)
        self.heard.append(request)
        shown = request.headers["authorization"]
        told = openai_whole(Plan()) if self.status == 200 else {"error": {"code": "401", "message": f"Not {shown}"}}
        return answer(self.status, told)

    @staticmethod
    def token(number: int) -> str:
        return f"eyJ0eXAi.canaryToken{number}0123456789abcdef.c2lnbmF0dXJl"


def answer(status: int, body: object) -> httpx.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, headers={"content-type": "application/json"}, stream=Once(raw))


class Once(httpx.AsyncByteStream):
    """A body in one piece."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.raw


@pytest.fixture
def microsoft(host: FakeHost) -> Iterator[Microsoft]:
    GRANTS.forget()
    host.carrier = Microsoft()
    host.connect("azure", options=OPTIONS)
    yield host.carrier
    GRANTS.forget()


async def ask(host: FakeHost) -> Reply:
    return await fetch(host, PATH, chat(stream=False))


async def test_the_secret_goes_to_the_sign_in_and_the_token_to_the_service(
    host: FakeHost, microsoft: Microsoft
) -> None:
    reply = await ask(host)
    assert (reply.status, reply.json()) == (200, openai_whole(Plan()))
    (asked,), (heard,) = microsoft.asked, microsoft.heard
    assert (asked.method, str(asked.url)) == ("POST", TOKEN_URL)
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert {name: value for name, (value,) in parse_qs(asked.content.decode()).items()} == {
        "grant_type": "client_credentials",
        "client_id": CLIENT,
        "client_secret": KEY,
        "scope": "https://cognitiveservices.azure.com/.default",
    }
    assert heard.headers["authorization"] == f"Bearer {microsoft.token(1)}"
    assert "api-key" not in heard.headers and KEY not in f"{heard.headers}{heard.url}"


async def test_one_token_serves_many_calls(host: FakeHost, microsoft: Microsoft) -> None:
    microsoft.gate.clear()
    calls = [asyncio.create_task(ask(host)) for _ in range(5)]
    while not microsoft.asked:
        await asyncio.sleep(0.001)
    microsoft.gate.set()
    assert [(await call).status for call in calls] == [200] * 5
    assert (await ask(host)).status == 200
    assert (len(microsoft.asked), len(microsoft.heard)) == (1, 6)


async def test_who_leaves_does_not_spoil_it_for_the_others(host: FakeHost, microsoft: Microsoft) -> None:
    microsoft.gate.clear()
    first, second = (asyncio.create_task(ask(host)) for _ in range(2))
    while not microsoft.asked:
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    microsoft.gate.set()
    assert (await second).status == 200
    assert len(microsoft.asked) == 1


@pytest.mark.parametrize("lifetime", [3599, "3599"])
async def test_another_is_asked_for_shortly_before_its_end(
    host: FakeHost, microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch, lifetime: object
) -> None:
    now = GRANTS.clock()
    monkeypatch.setattr(GRANTS, "clock", lambda: now)
    microsoft.lifetime = lifetime
    await ask(host)
    now += 3599 - 121
    await ask(host)
    assert len(microsoft.asked) == 1
    now += 2
    await ask(host)
    assert [heard.headers["authorization"][7:] for heard in microsoft.heard][1:] == [
        microsoft.token(1), microsoft.token(2),
    ]  # fmt: skip


@pytest.mark.parametrize("changed", ["secret", "address", "option", "user"])
async def test_another_secret_or_place_has_another_token(host: FakeHost, microsoft: Microsoft, changed: str) -> None:
    await ask(host)
    if changed == "secret":
        host.key = f"{KEY}new"
    elif changed == "address":
        host.url = "https://other.openai.azure.com"
        host.connect("azure", options=OPTIONS)
    elif changed == "option":
        host.connect("azure", options={**OPTIONS, "tenant": "fabrikam.onmicrosoft.com"})
    else:
        host.connections["azure"] = host.connect("azure", options=OPTIONS, enabled=True)
        object.__setattr__(host.connections["azure"], "id", 99)
    await ask(host)
    assert len(microsoft.asked) == 2


async def test_a_token_that_the_service_refuses_is_not_shown_again(host: FakeHost, microsoft: Microsoft) -> None:
    await ask(host)
    microsoft.status = 401
    refused = await ask(host)
    assert refused.status == 401 and "canaryToken" not in refused.body.decode()
    microsoft.status = 200
    assert (await ask(host)).status == 200
    assert len(microsoft.asked) == 2


SECRET = "Wq8Q~a.b-c_shortOne1"  # nothing but knowing it tells that it is one
WRONG = {
    "error": "invalid_client",
    "error_description": f"AADSTS7000215: Invalid client secret provided: {SECRET}. Trace ID: 0b0a8685",
}


@pytest.mark.parametrize(
    ("said", "status", "type"),
    [
        ((401, WRONG), 401, "auth_failed"),
        ((400, {"error": "unauthorized_client"}), 401, "auth_failed"),
        ((200, {"token_type": "Bearer"}), 401, "auth_failed"),
        ((200, {"access_token": "a\r\nb", "expires_in": 9}), 401, "auth_failed"),
        ((302, {}), 401, "auth_failed"),
        ((429, {"error": "temporarily_unavailable"}), 429, "rate_limit"),
        ((503, b"<html>"), 502, "server_error"),
    ],
)
async def test_a_sign_in_that_fails(
    host: FakeHost, microsoft: Microsoft, said: tuple[int, object], status: int, type: str
) -> None:
    microsoft.say, host.key = said, SECRET
    reply = await ask(host)
    assert reply.headers["x-thinkback-error"] == type
    assert reply.status == status
    assert "Microsoft Entra ID" in reply.body.decode() and SECRET not in reply.body.decode()
    assert not microsoft.heard and host.ledger.only.error_type == type
    microsoft.say = None
    assert (await ask(host)).status == 200


async def test_a_sign_in_that_stays_silent(
    host: FakeHost, microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(granting, "PATIENCE", 0.05)
    microsoft.gate.clear()
    reply = await ask(host)
    assert (reply.status, reply.headers["x-thinkback-error"]) == (504, "timeout")


async def test_nothing_is_logged_or_shown(
    host: FakeHost, microsoft: Microsoft, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await ask(host)
    assert "canaryToken" not in caplog.text and KEY not in caplog.text
    assert "canaryToken" not in repr(vars(GRANTS)) and KEY not in repr(vars(GRANTS))
    assert "canaryToken" not in repr(host.ledger.only)
