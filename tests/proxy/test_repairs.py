"""What a service declines by name is worded otherwise once, and remembered; everything else is the caller's affair."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from proxy import pipeline
from proxy.call import Call
from proxy.record import Record
from tests.proxy.client import chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Reply, Upstream, answer, document
from tests.upstream import Request as Asked
from tests.wire import Plan

USE = "Unsupported parameter: '{0}' is not supported with this model. Use '{1}' instead."


class Particular(Upstream):
    """A service that declines requests with certain fields."""

    declined: dict[str, tuple[int, Any]]

    def _plan(self, request: Asked) -> Reply:
        body = request.json()
        for name, (status, complaint) in self.declined.items():
            if name in body:
                return document(complaint, status)
        return answer(request, Plan.parse(body.get("model")), body)


def unsupported(name: str, message: str, code: str = "unsupported_parameter") -> tuple[int, Any]:
    """As OpenAI says it."""
    error = {"message": message, "type": "invalid_request_error", "param": name, "code": code}
    return 400, {"error": error}


FORBIDDEN = {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs"}]}
UNKNOWN = {"error": {"message": "Unrecognized request argument supplied: stream_options", "type": "invalid_request"}}


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """One that declines whatever `declined` says."""
    async with Particular() as made:
        decline(made)
        yield made


def decline(upstream: Upstream, **declined: tuple[int, Any]) -> None:
    assert isinstance(upstream, Particular)
    upstream.declined = declined


def rows(host: FakeHost) -> list[Record]:
    return list(host.ledger.rows.values())


@pytest.mark.parametrize("said", [(422, FORBIDDEN), (400, UNKNOWN)])
async def test_a_question_for_usage_that_is_declined(host: FakeHost, upstream: Upstream, said: tuple[int, Any]) -> None:
    decline(upstream, stream_options=said)
    reply = await fetch(host, body=chat("plan:chunks=9"))
    assert reply.status == 200 and b"[DONE]" in reply.body
    assert ["stream_options" in request.json() for request in upstream.requests] == [True, False]
    assert upstream.last.json() == json.loads(chat("plan:chunks=9"))
    first, second = rows(host)
    assert (first.status, first.http_status, first.attempt, second.attempt) == ("error", said[0], 1, 2)
    assert (second.status, second.tokens_source) == ("ok", "estimate")
    assert second.input_tokens and second.output_tokens
    await fetch(host, body=chat("plan:chunks=9"))
    assert len(upstream.requests) == 3, "it is remembered"
    assert rows(host)[2].tokens_source == "estimate"
    await fetch(host, body=chat("another"))
    assert len(upstream.requests) == 5, "for this model"


async def test_usage_that_comes_all_the_same_is_believed(host: FakeHost, upstream: Upstream) -> None:
    decline(upstream, stream_options=(422, FORBIDDEN))
    await fetch(host, body=chat("plan:chunks=4,usage=joined"))
    assert (rows(host)[1].tokens_source, rows(host)[1].output_tokens) == ("provider", 4)


async def test_who_asks_himself_is_told(host: FakeHost, upstream: Upstream) -> None:
    decline(upstream, stream_options=(422, FORBIDDEN))
    reply = await fetch(host, body=chat(stream_options={"include_usage": True}))
    assert (reply.status, reply.json(), len(upstream.requests)) == (422, FORBIDDEN, 1)


async def test_what_does_not_help_is_not_remembered(host: FakeHost, upstream: Upstream) -> None:
    decline(upstream, model=(422, FORBIDDEN))
    for _ in range(2):
        assert (await fetch(host, body=chat())).status == 422
    asked = ["stream_options" in request.json() for request in upstream.requests]
    assert asked == [True, False, True, False]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("old", "new"), [("max_tokens", "max_completion_tokens"), ("max_completion_tokens", "max_tokens")]
)
async def test_a_maximum_under_its_other_name(
    host: FakeHost, upstream: Upstream, old: str, new: str, stream: bool
) -> None:
    decline(upstream, **{old: unsupported(old, USE.format(old, new))})
    body = chat(stream=stream, **{old: 77}, temperature=0.5)
    assert (await fetch(host, body=body)).status == 200
    assert upstream.last.json()[new] == 77 and upstream.last.json()["temperature"] == 0.5
    assert (await fetch(host, body=body)).status == 200
    assert [old in request.json() for request in upstream.requests] == [True, False, False]
    assert [row.status for row in rows(host)] == ["error", "ok", "ok"]


async def test_one_repair_not_a_quarrel(host: FakeHost, upstream: Upstream) -> None:
    one, other = "max_tokens", "max_completion_tokens"
    decline(
        upstream, **{one: unsupported(one, USE.format(one, other)), other: unsupported(other, USE.format(other, one))}
    )
    reply = await fetch(host, body=chat(max_tokens=7))
    assert (reply.status, reply.json()["error"]["param"], len(upstream.requests)) == (400, other, 2)


@pytest.mark.parametrize("kind", ["deepseek", "mistral"])
@pytest.mark.parametrize(
    "said",
    [
        unsupported("max_tokens", "max_tokens is too large"),
        (400, {"error": {"message": USE.format("max_tokens", "max_completion_tokens"), "code": "invalid_request"}}),
        (422, {"detail": [{"loc": ["body", "max_tokens"], "msg": "Input should be less than 8193"}]}),
    ],
)
async def test_never_on_a_guess(host: FakeHost, upstream: Upstream, kind: str, said: tuple[int, Any]) -> None:
    host.connect(kind)
    decline(upstream, max_tokens=said)
    reply = await fetch(host, f"/api/proxy/{kind}/v1/chat/completions", chat(max_tokens=9000))
    assert (reply.status, len(upstream.requests)) == (said[0], 1)
    assert "max_completion_tokens" not in upstream.last.json()


@pytest.mark.parametrize(("source", "status"), [("chat", 200), ("proxy", 400)])
async def test_the_chat_can_do_without_a_temperature(
    host: FakeHost, upstream: Upstream, source: Any, status: int
) -> None:
    decline(upstream, temperature=unsupported("temperature", "Only the default (1).", "unsupported_value"))
    body = chat(temperature=0.5, stream_options={"include_usage": True})
    call = Call(host.alice, "openai", source, "POST", "v1/chat/completions", body=body)
    async with pipeline.answer(call, host) as reply:
        assert reply.status == status
        assert [chunk async for chunk in reply.body]
    assert len(upstream.requests) == (2 if status == 200 else 1)


async def test_the_chats_own_question_for_usage(host: FakeHost, upstream: Upstream) -> None:
    decline(upstream, stream_options=(422, FORBIDDEN))
    body = chat("plan:chunks=9", stream_options={"include_usage": True})
    call = Call(host.alice, "openai", "chat", "POST", "v1/chat/completions", body=body)
    async with pipeline.answer(call, host) as reply:
        assert reply.status == 200
        assert [chunk async for chunk in reply.body]
    assert (rows(host)[1].status, rows(host)[1].tokens_source) == ("ok", "estimate")
