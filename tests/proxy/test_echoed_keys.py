"""A service that says the key again, in any spelling and any place: it reaches no caller, record, log or error card."""

from __future__ import annotations

import base64
import json
import logging
import uuid
from typing import Any

import pytest

from providers import Message, Prompt, ProviderError
from proxy.refusing import is_json
from tests.proxy.client import CHAT, GENERATE, MESSAGES, chat, fetch
from tests.proxy.client import Reply as Received
from tests.proxy.host import KEY, FakeHost
from tests.proxy.spellings import SPELLINGS
from tests.upstream import Reply, Upstream
from thinkback.chat import failures
from thinkback.chat.asking import Question, ask

JSON = {"content-type": "application/json"}
BASIC = "Basic " + base64.b64encode(f"user:{KEY}".encode()).decode()
IN_HEADERS = {
    "as it is": KEY, "its end": f"…{KEY[-12:]}".encode().decode("latin-1"), "percent": SPELLINGS["percent"].write(KEY),
    "base64": BASIC, "hex": SPELLINGS["hex"].write(KEY), "spaced": SPELLINGS["spaced"].write(KEY),
    "in capitals": KEY.upper(), "scheme": f"bearer {KEY}",
}  # fmt: skip


def whole(reply: Received) -> str:
    """Everything that a caller sees."""
    return f"{reply.headers}\n{reply.body.decode()}"


def written(text: str) -> str:
    """A text within JSON whose writer leaves escapes as they are."""
    return text.replace("\r", "\\r").replace("\n", "\\n").replace('"', '\\"')


def is_hidden(name: str, *places: object) -> bool:
    """Whether nothing of the key in this spelling stands there, also once JSON is read."""
    spelling = SPELLINGS[name]
    return not any(trace in str(place) for place in places for trace in spelling.traces(KEY))


@pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE.format(model="m")])
@pytest.mark.parametrize("name", SPELLINGS)
async def test_in_an_error(
    host: FakeHost, upstream: Upstream, caplog: pytest.LogCaptureFixture, name: str, path: str
) -> None:
    said = written(SPELLINGS[name].write(KEY))
    body = f'{{"error": {{"message": "No: {said}.", "code": "bad", "param": {{"given": ["{said}", 1.50]}}}}}}'
    upstream.reply = Reply([body.encode()], 400, JSON)
    with caplog.at_level(logging.DEBUG):
        reply = await fetch(host, path, chat())
    read = reply.json() if is_json(body.encode()) else None
    assert reply.status == 400
    assert is_hidden(name, whole(reply), read, caplog.text, host.ledger.rows)
    assert is_hidden("as it is", whole(reply), read, caplog.text, host.ledger.rows)


@pytest.mark.parametrize("name", SPELLINGS)
async def test_in_the_error_that_a_stream_begins_with(host: FakeHost, upstream: Upstream, name: str) -> None:
    error = {"message": f"No: {SPELLINGS[name].write(KEY)}.", "code": KEY, "param": [SPELLINGS[name].write(KEY)]}
    upstream.reply = Reply([f"event: error\ndata: {json.dumps({'error': error})}\n\n".encode()])
    reply = await fetch(host, body=chat())
    assert reply.status == 500 and reply.json()["error"]
    assert is_hidden(name, whole(reply), reply.json(), host.ledger.rows)
    assert is_hidden("as it is", whole(reply), reply.json(), host.ledger.rows)


@pytest.mark.parametrize("status", [200, 401])
@pytest.mark.parametrize("header", ["x-request-id", "retry-after", "x-ratelimit-reset-tokens", "content-disposition"])
@pytest.mark.parametrize("said", IN_HEADERS.values(), ids=IN_HEADERS)
async def test_in_a_header(host: FakeHost, upstream: Upstream, said: str, header: str, status: int) -> None:
    kept = {"x-ratelimit-limit-requests": "500", "openai-version": "2020-10-01"}
    upstream.reply = Reply([b"{}"], status, JSON | kept | {header: said})
    reply = await fetch(host, body=chat(stream=False))
    assert (reply.status, reply.headers.get(header)) == (status, None)
    assert reply.headers["content-type"] == "application/json" and kept.items() <= reply.headers.items()
    assert host.ledger.only.provider_request_id is None


async def test_in_the_name_of_a_header(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply([b"{}"], 200, JSON | {f"x-ratelimit-{KEY}": "5"})
    assert KEY.lower() not in whole(await fetch(host, body=chat(stream=False)))


async def test_the_media_type_stays_though_a_connection_names_it(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", headers={"accept": "application/json", "x-team": "red-team-secret"})
    upstream.reply = Reply([b"{}"], 200, JSON | {"x-request-id": "req-of-red-team-secret"})
    reply = await fetch(host, body=chat(stream=False))
    assert reply.headers["content-type"] == "application/json" and "x-request-id" not in reply.headers


async def test_in_what_is_booked(host: FakeHost, upstream: Upstream) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "note": {KEY: BASIC}}
    body = {"model": KEY, "service_tier": KEY, "choices": [{"finish_reason": "stop"}], "usage": usage}
    upstream.reply = Reply([json.dumps(body).encode()], 200, JSON)
    reply = await fetch(host, body=chat(stream=False))
    row = host.ledger.only
    assert json.loads(reply.body) == body, "what a service answers with goes on as it is"
    assert (row.status, row.input_tokens, row.output_tokens) == ("ok", 3, 4)
    assert is_hidden("as it is", row) and BASIC not in str(row)


@pytest.mark.parametrize("depth", [5, 200])
async def test_in_what_is_booked_far_down(host: FakeHost, upstream: Upstream, depth: int) -> None:
    note = '{"a":[' * depth + json.dumps(KEY) + "]}" * depth
    body = f'{{"choices": [], "usage": {{"prompt_tokens": 3, "completion_tokens": 4, "note": {note}}}}}'
    upstream.reply = Reply([body.encode()], 200, JSON)
    assert (await fetch(host, body=chat(stream=False))).body == body.encode()
    row = host.ledger.only
    assert (row.status, row.input_tokens) == ("ok", 3) and is_hidden("as it is", row)


async def card(host: FakeHost) -> failures.Card:
    """The card of the failure that the chat page shows."""
    prompt = Prompt("m", (Message("user", "Hi"),))
    question = Question(host.alice, "openai", prompt, uuid.uuid4(), uuid.uuid4())
    with pytest.raises(ProviderError) as caught:
        async for _ in ask(question, host):
            pass
    assert is_hidden("as it is", repr(caught.value), str(caught.value), caught.value.code)
    return failures.card_of(failures.stored(caught.value), "OpenAI")


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("late", [False, True], ids=["at once", "in the middle"])
async def test_on_the_card_of_a_chat(host: FakeHost, upstream: Upstream, name: str, late: bool) -> None:
    word: dict[str, Any] = {"choices": [{"index": 0, "delta": {"content": "Hello"}}]}
    error = {"error": {"message": f"Failed with {SPELLINGS[name].write(KEY)} today", "code": "x"}}
    upstream.reply = Reply([f"data: {json.dumps(event)}\n\n".encode() for event in ([word] if late else []) + [error]])
    shown = (await card(host)).detail
    assert is_hidden(name, shown) and is_hidden("as it is", shown)
    assert "Failed with" in shown


async def test_a_failure_of_a_status_shows_none_either(host: FakeHost, upstream: Upstream) -> None:
    said = SPELLINGS["spaced"].write(KEY)
    upstream.reply = Reply([json.dumps({"error": {"message": f"No {said}"}}).encode()], 400, JSON)
    assert is_hidden("spaced", (await card(host)).detail)


async def test_json_that_would_break_is_replaced(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply([b'["0123", {"4": "56789"}]'], 400, JSON)
    reply = await fetch(host, body=chat())
    assert "cannot be shown" in reply.json()["error"]["message"]
