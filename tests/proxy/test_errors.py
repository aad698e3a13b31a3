"""Failures: in the shape that each SDK expects, classified, without anything secret in them."""

from __future__ import annotations

import gzip
import json
import logging
from typing import Any

import anthropic
import httpx
import openai
import pytest
from google.genai import errors as google

from proxy import shapes
from tests.proxy.client import CHAT, GENERATE, MESSAGES, chat, fetch
from tests.proxy.host import KEY, FakeHost
from tests.upstream import Reply, Upstream

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("status", "ours", "theirs"),
    [
        (400, openai.BadRequestError, anthropic.BadRequestError),
        (401, openai.AuthenticationError, anthropic.AuthenticationError),
        (403, openai.PermissionDeniedError, anthropic.PermissionDeniedError),
        (404, openai.NotFoundError, anthropic.NotFoundError),
        (429, openai.RateLimitError, anthropic.RateLimitError),
        (500, openai.InternalServerError, anthropic.InternalServerError),
    ],
)
def test_sdks_raise_their_own_classes(status: int, ours: type[Exception], theirs: type[Exception]) -> None:
    response = httpx.Response(status, request=httpx.Request("POST", "https://x"))
    said = shapes.document("openai", status, "No.")
    raised: Any = openai.OpenAI(api_key="x")._make_status_error("m", body=said, response=response)
    assert type(raised) is ours and raised.message == "m" and raised.body["message"] == "No."
    said = shapes.document("anthropic", status, "No.")
    raised = anthropic.Anthropic(api_key="x")._make_status_error("m", body=said, response=response)
    assert type(raised) is theirs
    with pytest.raises(google.APIError) as caught:
        google.APIError.raise_for_response(httpx.Response(status, json=shapes.document("google", status, "No.")))
    assert (caught.value.code, caught.value.message) == (status, "No.")
    assert caught.value.status


@pytest.mark.parametrize(
    ("status", "kind"), [(401, "auth_failed"), (429, "rate_limit"), (500, "server_error"), (400, "invalid_request")]
)
@pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE])
async def test_an_upstreams_error_is_passed_on(host: FakeHost, path: str, status: int, kind: str) -> None:
    model = f"plan-status={status},retry=7"
    reply = await fetch(host, path.format(model=model), chat(model))
    assert (reply.status, reply.headers["x-thinkback-error"], reply.headers["retry-after"]) == (status, kind, "7")
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert reply.headers["content-type"] == "application/json"
    assert "error" in reply.json()
    row = host.ledger.only
    assert (row.status, row.error_type, row.http_status) == ("error", kind, status)
    assert row.input_tokens is None and row.tokens_source is None


async def test_the_key_does_not_come_back(host: FakeHost, upstream: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        reply = await fetch(host, body=chat("plan:status=401"))
    assert KEY.encode() not in reply.body and b"[redacted]" in reply.body
    assert json.loads(reply.body)
    assert KEY not in caplog.text and KEY not in repr(host.ledger.rows)


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        (f"Incorrect API key provided: {KEY}.", KEY),
        (f"Incorrect API key provided: {KEY[:12]}.", KEY[:12]),
        ("Incorrect API key provided: sk-canar****************WXYZ. You can", "WXYZ"),
        ("Key •••••••••WXYZ is not valid", "WXYZ"),
        (f"...ends in {KEY[-10:]}", KEY[-10:]),
        ("Rate limit for organization org-AbCdEfGhIjKlMnOpQr12", "AbCdEfGh"),
        ("API key AIzaSyA1234567890abcdefg not valid", "AIzaSy"),
        ("header was red-team-secret", "red-team-secret"),
    ],
)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_nor_pieces_of_it(host: FakeHost, upstream: Upstream, said: str, secret: str, encoding: str) -> None:
    host.connect("openai", headers={"x-team": "red-team-secret"})
    body = json.dumps({"error": {"message": said, "type": "x"}}, ensure_ascii=False).encode()
    head = JSON | ({"content-encoding": "gzip"} if encoding == "gzip" else {})
    upstream.reply = Reply([gzip.compress(body) if encoding == "gzip" else body], 401, head)
    reply = await fetch(host, body=chat())
    assert secret.encode() not in reply.body
    assert reply.json()["error"]["type"] == "x"
    assert "content-encoding" not in reply.headers


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-32"])
async def test_nor_in_another_spelling(host: FakeHost, upstream: Upstream, charset: str) -> None:
    key = KEY if charset != "utf-8" else "".join(f"\\u{ord(character):04x}" for character in KEY)
    body = f'{{"error": {{"message": "No \\u0022{key}\\u0022."}}}}'.encode(charset)
    upstream.reply = Reply([body], 401, {"content-type": f"application/json; charset={charset}"})
    said = (await fetch(host, body=chat())).json()["error"]["message"]
    assert said == 'No "[redacted]".' if charset == "utf-8" else "cannot be shown" in said


async def test_other_words_stay(host: FakeHost, upstream: Upstream) -> None:
    words = b"No model `gpt-4o-mini-2024`: user_location, user_preferences, user_message_content 12345"
    said = b'{"error": {"message": "%b", "n": 1.50}}' % words
    upstream.reply = Reply([said], 404, JSON)
    assert (await fetch(host, body=chat())).body == said


@pytest.mark.parametrize(
    "reply",
    [
        Reply([b"x" * 70_000], 500, JSON),
        Reply([gzip.compress(b"x" * 10_000_000)], 500, JSON | {"content-encoding": "gzip"}),
        Reply([b"\x28\xb5\x2f\xfd"], 500, JSON | {"content-encoding": "zstd"}),
    ],
)
async def test_what_cannot_be_redacted_is_replaced(host: FakeHost, upstream: Upstream, reply: Reply) -> None:
    upstream.reply = reply
    answer = await fetch(host, body=chat())
    assert answer.status == 500
    assert answer.json()["error"]["type"] == "server_error"
    assert len(answer.body) < 1000


@pytest.mark.parametrize(
    ("path", "where", "what"),
    [
        (CHAT, "type", "server_error"),
        (MESSAGES, "type", "api_error"),
        (GENERATE.format(model="m"), "status", "UNAVAILABLE"),
    ],
)
async def test_nobody_there(host: FakeHost, path: str, where: str, what: str) -> None:
    host.url = "http://127.0.0.1:9"
    for kind in ("openai", "anthropic", "google"):
        host.connect(kind)
    reply = await fetch(host, path, chat())  # not listed as a private upstream, so refused at connect time
    assert (reply.status, reply.headers["x-thinkback-error"]) == (502, "network_error")
    assert reply.json()["error"][where] == what
    assert (host.ledger.only.status, host.ledger.only.http_status) == ("error", None)


async def test_a_connection_reset_before_the_headers(host: FakeHost, upstream: Upstream) -> None:
    class Reset(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ReadError("reset by 10.0.0.1")

    host.carrier = Reset()
    reply = await fetch(host, body=chat())
    assert (reply.status, reply.headers["x-thinkback-error"]) == (502, "network_error")
    assert "10.0.0.1" not in reply.body.decode()


async def test_a_fault_of_our_own(host: FakeHost, caplog: pytest.LogCaptureFixture) -> None:
    class Faulty(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise RuntimeError("broken")

    host.carrier = Faulty()
    reply = await fetch(host, body=chat())
    assert (reply.status, reply.headers["x-thinkback-error"]) == (500, "server_error")
    assert (host.ledger.only.status, host.ledger.only.error_type) == ("error", "server_error")
    assert KEY not in caplog.text and "broken" in caplog.text


async def test_nothing_is_sent_when_it_cannot_be_booked(host: FakeHost, upstream: Upstream) -> None:
    host.ledger.broken = True
    reply = await fetch(host, body=chat())
    assert (reply.status, reply.headers["x-thinkback-error"], reply.headers["retry-after"]) == (
        503,
        "server_error",
        "1",
    )
    assert not upstream.requests


async def test_a_refusal_stands_even_if_it_cannot_be_booked(host: FakeHost) -> None:
    host.ledger.broken = True
    assert (await fetch(host, "/api/proxy/nothing/v1/models", method="GET")).status == 404
