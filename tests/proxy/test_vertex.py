"""Vertex AI through the proxy: a key file becomes a token, Gemini and Claude are metered, a broken stream says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from proxy.granting import GRANTS
from tests import wire
from tests.proxy.client import Reply, fetch
from tests.proxy.host import FakeHost
from tests.proxy.test_granting import Once, answer
from tests.service_account import KEY_ID, key_file
from tests.wire import CACHED, INPUT, Plan

TOKEN = "ya29.canaryToken0123456789abcdefghijklmnop"
OPTIONS = {"project": "my-project", "location": "europe-west4"}
MODELS = "/api/proxy/vertex/v1/publishers"
GEMINI = f"{MODELS}/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse"
CLAUDE = f"{MODELS}/anthropic/models/claude-opus-4-8:streamRawPredict"


class Google(httpx.AsyncBaseTransport):
    """The sign-in and the models behind it. `say` is what the sign-in answers, `cut` the events of a broken stream."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.heard: list[httpx.Request] = []
        self.say: tuple[int, object] = (200, {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"})
        self.cut: int | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "oauth2.googleapis.com":
            self.asked.append(request)
            return answer(*self.say)
        self.heard.append(request)
        claude = "anthropic" in request.url.path
        events = list(wire.anthropic_stream(Plan()) if claude else wire.google_stream(Plan()))
        headers = {"content-type": "text/event-stream"}
        return httpx.Response(200, headers=headers, stream=Once(b"".join(events[: self.cut])))


@pytest.fixture
def google(host: FakeHost) -> Iterator[Google]:
    GRANTS.forget()
    host.carrier, host.url, host.key = Google(), "https://aiplatform.googleapis.com", key_file()
    host.connect("vertex", options=OPTIONS)
    yield host.carrier
    GRANTS.forget()


async def ask(host: FakeHost, path: str, **more: Any) -> Reply:
    return await fetch(host, path, json.dumps({"contents": [], "messages": [], **more}).encode())


@pytest.mark.parametrize("path", [GEMINI, CLAUDE], ids=["gemini", "claude"])
async def test_a_key_file_signs_in_and_the_answer_is_metered(host: FakeHost, google: Google, path: str) -> None:
    reply = await ask(host, path, stream=True)
    assert reply.status == 200
    (asked,), (heard,) = google.asked, google.heard
    assert parse_qs(asked.content.decode())["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assert b"PRIVATE" not in asked.content
    assert heard.headers["authorization"] == f"Bearer {TOKEN}"
    assert heard.url.host == "europe-west4-aiplatform.googleapis.com"
    assert heard.url.path.startswith("/v1/projects/my-project/locations/europe-west4/publishers/")
    record = host.ledger.only
    assert (record.status, record.operation, record.streamed) == ("ok", "chat", True)
    assert (record.input_tokens, record.cache_read_tokens, record.output_tokens) == (INPUT, CACHED, 3)
    assert record.model in path and record.price_id == "google"


async def test_one_token_serves_both(host: FakeHost, google: Google) -> None:
    assert [(await ask(host, path)).status for path in (GEMINI, CLAUDE)] == [200, 200]
    assert len(google.asked) == 1


async def test_a_sign_in_that_is_refused_says_why_and_shows_no_key(host: FakeHost, google: Google) -> None:
    secret = json.loads(key_file())["private_key"].splitlines()[2][:24]  # too short to look like a key
    google.say = (400, {"error": "invalid_grant", "error_description": f"Invalid grant: account not found {secret}"})
    reply = await ask(host, GEMINI)
    assert (reply.status, reply.headers["x-thinkback-error"]) == (401, "auth_failed")
    assert "Invalid grant: account not found" in reply.body.decode() and secret not in reply.body.decode()
    assert not google.heard


async def test_a_stored_key_file_that_is_broken_asks_nobody(host: FakeHost, google: Google) -> None:
    host.key = key_file(private_key="broken")
    reply = await ask(host, GEMINI)
    assert (reply.status, reply.headers["x-thinkback-error"]) == (401, "auth_failed")
    assert "private_key" in reply.body.decode() and KEY_ID not in reply.body.decode()
    assert not google.asked and not google.heard


async def test_an_api_key_needs_no_sign_in(host: FakeHost, google: Google) -> None:
    host.key = "AQ.canary0123456789abcdef"
    host.connect("vertex")
    assert (await ask(host, GEMINI)).status == 200
    assert not google.asked and google.heard[0].headers["x-goog-api-key"] == host.key
    assert google.heard[0].url.path == "/v1/publishers/google/models/gemini-2.5-pro:streamGenerateContent"


@pytest.mark.parametrize("path, mark", [(GEMINI, b'data: {"error":'), (CLAUDE, b"event: error\n")])
async def test_a_stream_cut_short_ends_with_an_error_of_its_format(
    host: FakeHost, google: Google, path: str, mark: bytes
) -> None:
    google.cut = -1
    reply = await ask(host, path, stream=True)
    assert mark in reply.body and host.ledger.only.status == "error"
