"""Several attempts at one call: one record each, the caller sees one answer, and nothing is multiplied."""

from __future__ import annotations

import asyncio
import copy
from itertools import pairwise

import httpx
import pytest

from providers import HostRefused, NetworkFailed
from proxy import pipeline, retries, settling
from proxy.breaker import BREAKERS, FEWEST
from proxy.call import Call, Connection
from proxy.record import Record
from tests.proxy.client import CHAT, GENERATE, MESSAGES, Reply, begin, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import CLOSE, Upstream
from tests.upstream import Reply as Told

JSON = {"content-type": "application/json"}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing but what a service asks for."""
    monkeypatch.setattr(retries, "FIRST", 0.0)


@pytest.fixture
def stubborn(host: FakeHost) -> FakeHost:
    """The site, whose connections have the usual retries."""
    for kind in ("openai", "anthropic", "google"):
        host.connect(kind, retries=2)
    return host


def rows(host: FakeHost) -> list[Record]:
    return list(host.ledger.rows.values())


@pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE.format(model="plan-fails=2")])
@pytest.mark.parametrize("stream", [True, False])
async def test_the_third_attempt_answers(stubborn: FakeHost, upstream: Upstream, path: str, stream: bool) -> None:
    reply = await fetch(stubborn, path, chat("plan:fails=2", stream=stream))
    assert reply.status == 200 and b"00002" in reply.body
    assert "x-thinkback-error" not in reply.headers and "x-should-retry" not in reply.headers
    told = rows(stubborn)
    assert [(row.attempt, row.status, row.http_status) for row in told] == [
        (1, "error", 503),
        (2, "error", 503),
        (3, "ok", 200),
    ]
    assert len({row.operation_id for row in told}) == 1 and len({row.id for row in told}) == 3
    assert [row.input_tokens for row in told] == [None, None, 11]
    assert len({request.body for request in upstream.requests}) == 1


async def test_each_record_is_closed_before_the_next_attempt(stubborn: FakeHost) -> None:
    states = []
    opened = stubborn.ledger.open

    async def look(record: Record) -> None:
        states.append([row.status for row in rows(stubborn)])
        await opened(record)

    stubborn.ledger.open = look  # type: ignore[method-assign]
    await fetch(stubborn, body=chat("plan:fails=2"))
    assert states == [[], ["error"], ["error", "error"]]


async def test_the_key_is_asked_for_anew(stubborn: FakeHost, upstream: Upstream) -> None:
    keys = iter(["sk-old", "sk-older", "sk-new"])

    async def find_key(connection: Connection, call: Call) -> str:
        return next(keys)

    stubborn.find_key = find_key  # type: ignore[method-assign]
    await fetch(stubborn, body=chat("plan:fails=2"))
    sent = [request.headers["authorization"] for request in upstream.requests]
    assert sent == ["Bearer sk-old", "Bearer sk-older", "Bearer sk-new"]


@pytest.mark.parametrize(
    ("status", "kind"), [(429, "rate_limit"), (500, "server_error"), (503, "server_error"), (529, "server_error")]
)
@pytest.mark.parametrize("path", [CHAT, MESSAGES])
async def test_what_fails_to_the_end_says_so(stubborn: FakeHost, path: str, status: int, kind: str) -> None:
    reply = await fetch(stubborn, path, chat(f"plan:status={status}"))
    assert (reply.status, reply.headers["x-thinkback-error"], reply.headers["x-should-retry"]) == (
        status,
        kind,
        "false",
    )
    assert [(row.attempt, row.status) for row in rows(stubborn)] == [(1, "error"), (2, "error"), (3, "error")]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 501])
async def test_what_will_not_get_better_is_asked_once(stubborn: FakeHost, upstream: Upstream, status: int) -> None:
    reply = await fetch(stubborn, body=chat(f"plan:status={status}"))
    assert (reply.status, len(upstream.requests)) == (status, 1)
    assert "x-should-retry" not in reply.headers


async def test_nor_is_an_empty_purse(stubborn: FakeHost, upstream: Upstream) -> None:
    said = b'{"error": {"message": "x", "type": "insufficient_quota", "code": "insufficient_quota"}}'
    upstream.reply = Told([said], 429, JSON, length=len(said))
    reply = await fetch(stubborn, body=chat())
    assert (reply.status, reply.headers["x-thinkback-error"], len(upstream.requests)) == (429, "quota_exceeded", 1)
    assert reply.json()["error"]["code"] == "insufficient_quota"


async def test_retries_can_be_turned_off(host: FakeHost, upstream: Upstream) -> None:
    assert (await fetch(host, body=chat("plan:fails=2"))).status == 503
    assert len(upstream.requests) == 1


async def test_a_hint_is_waited_for(stubborn: FakeHost) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert (await fetch(stubborn, body=chat("plan:fails=1,status=429,retry=0.2"))).status == 200
    assert loop.time() - began >= 0.2


async def test_a_long_one_is_handed_on(stubborn: FakeHost, upstream: Upstream) -> None:
    reply = await fetch(stubborn, body=chat("plan:status=429,retry=31"))
    assert (reply.status, reply.headers["retry-after"], len(upstream.requests)) == (429, "31", 1)
    assert "x-should-retry" not in reply.headers


async def test_what_the_provider_says_of_retrying_is_overruled(stubborn: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Told([b"{}"], 503, {**JSON, "x-should-retry": "true"}, length=2)
    assert (await fetch(stubborn, body=chat())).headers["x-should-retry"] == "false"


async def fetch_broken(host: FakeHost, error: Exception, **more: object) -> tuple[Reply, int]:
    """An answer where the network fails, and how often it was tried."""
    tries = 0

    class Broken(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal tries
            tries += 1
            raise copy.copy(error)

    host.carrier = Broken()
    host.connect("openai", retries=2, **more)
    return await fetch(host, body=chat()), tries


@pytest.mark.parametrize(
    ("error", "tries", "if_asked"),
    [
        (NetworkFailed("x", unsent=True), 3, 3),
        (httpx.ConnectError("x"), 3, 3),
        (httpx.ConnectTimeout("x"), 3, 3),
        (httpx.ReadError("x"), 1, 3),
        (httpx.ReadTimeout("x"), 1, 3),
        (HostRefused("x"), 1, 1),
    ],
)
@pytest.mark.parametrize("asked", [False, True])
async def test_a_connection_that_fails(
    host: FakeHost, error: Exception, tries: int, if_asked: int, asked: bool
) -> None:
    reply, tried = await fetch_broken(host, error, retry_after_send=asked)
    assert tried == (if_asked if asked else tries)
    assert reply.status in (502, 504)
    assert reply.headers.get("x-should-retry") == ("false" if tried > 1 else None)
    assert len(rows(host)) == tried


async def test_nobody_listens_at_first(stubborn: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Told([b": x\n\n", CLOSE])
    assert (await fetch(stubborn, body=chat())).status == 502
    assert len(upstream.requests) == 1  # it was sent, and may be billed
    reply = await fetch(stubborn, "/api/proxy/openai/v1/models", method="GET")
    assert reply.status == 502 and len(upstream.requests) == 4  # what nobody bills


async def test_never_again_after_the_first_byte(stubborn: FakeHost, upstream: Upstream) -> None:
    stubborn.connect("openai", retries=2, retry_after_send=True)
    reply = await fetch(stubborn, body=chat("plan:chunks=4,cut=2,how=reset"))
    assert reply.status == 200 and b'"error"' in reply.body
    assert len(upstream.requests) == len(rows(stubborn)) == 1


async def test_the_client_leaves_during_the_pause(
    stubborn: FakeHost, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = begin(stubborn, body=chat("plan:fails=1,status=429,retry=20"))
    while not any(row.status == "error" for row in rows(stubborn)):
        await asyncio.sleep(0.002)
    await asyncio.sleep(0.01)
    exchange.leave()
    async with asyncio.timeout(1):
        await exchange.task
    assert not exchange.reply.ended and exchange.reply.status == 0
    assert [row.status for row in rows(stubborn)] == ["error"] and len(upstream.requests) == 1


async def test_nothing_is_sent_when_a_later_attempt_cannot_be_booked(stubborn: FakeHost, upstream: Upstream) -> None:
    closed = stubborn.ledger.close

    async def close(record: Record) -> None:
        await closed(record)
        stubborn.ledger.broken = True

    stubborn.ledger.close = close  # type: ignore[method-assign]
    assert (await fetch(stubborn, body=chat("plan:fails=2"))).status == 503
    assert len(upstream.requests) == 1 and [row.status for row in rows(stubborn)] == ["error"]


async def test_the_total_time_ends_it_all(stubborn: FakeHost, upstream: Upstream) -> None:
    stubborn.connect("openai", retries=2, total_timeout=0.3)
    reply = await fetch(stubborn, body=chat("plan:chunks=100,gap=20"))
    assert reply.status == 200 and b"did not finish" in reply.body and b"[DONE]" not in reply.body
    assert (rows(stubborn)[0].status, rows(stubborn)[0].error_type) == ("error", "timeout")
    reply = await fetch(stubborn, body=chat("plan:status=429,retry=5"))  # there is no time to wait for that
    assert (reply.status, reply.headers["retry-after"]) == (429, "5")


async def test_a_reader_who_is_too_slow_for_the_total_time(host: FakeHost) -> None:
    host.connect("openai", total_timeout=0.2)
    exchange = begin(host, body=chat("plan:chunks=400,size=20000"))
    await exchange.first()
    exchange.gate.clear()
    await asyncio.sleep(0.3)
    exchange.gate.set()
    await exchange.task
    assert b"did not finish" in exchange.reply.chunks[-1]
    assert rows(host)[0].error_type == "timeout"


async def test_a_hundred_callers_of_a_dead_service(stubborn: FakeHost, upstream: Upstream) -> None:
    replies = await asyncio.gather(
        *(fetch(stubborn, body=chat("plan:status=503,first=20", stream=False)) for _ in range(100))
    )
    assert {reply.status for reply in replies} == {503}
    assert len(upstream.requests) <= 120


async def test_a_failing_service_is_left_alone(stubborn: FakeHost, upstream: Upstream) -> None:
    for _ in range(FEWEST):
        await fetch(stubborn, body=chat("plan:status=500"))
    before, booked = len(upstream.requests), len(rows(stubborn))
    reply = await fetch(stubborn, body=chat())
    assert (reply.status, reply.headers["x-thinkback-error"]) == (503, "server_error")
    assert 1 <= int(reply.headers["retry-after"]) <= 15
    assert reply.json()["error"]["type"] == "server_error"
    row = rows(stubborn)[-1]
    assert len(upstream.requests) == before and len(rows(stubborn)) == booked + 1
    assert (row.attempt, row.status, row.error_type, row.http_status) == (0, "refused", "server_error", 503)
    assert (await fetch(stubborn, MESSAGES, chat())).status == 200  # another connection is another matter


async def test_a_probe_that_fails_is_not_tried_again(
    stubborn: FakeHost, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(FEWEST):
        await fetch(stubborn, body=chat("plan:status=500"))
    before = len(upstream.requests)
    real = BREAKERS.clock
    monkeypatch.setattr(BREAKERS, "clock", lambda: real() + 16)
    assert (await fetch(stubborn, body=chat("plan:status=500"))).status == 500
    assert len(upstream.requests) == before + 1
    monkeypatch.setattr(BREAKERS, "clock", lambda: real() + 32)
    assert (await fetch(stubborn, body=chat())).status == 200
    assert (await fetch(stubborn, body=chat())).status == 200


@pytest.mark.parametrize("status", [400, 401, 429])
async def test_what_callers_do_wrong_opens_nothing(host: FakeHost, status: int) -> None:
    for _ in range(FEWEST + 2):
        assert (await fetch(host, body=chat(f"plan:status={status}"))).status == status
    assert (await fetch(host, body=chat())).status == 200


async def test_the_chats_door_sees_one_answer(stubborn: FakeHost) -> None:
    call = Call(stubborn.alice, "openai", "chat", "POST", "v1/chat/completions", body=chat("plan:fails=1"))
    async with pipeline.answer(call, stubborn) as answer:
        body = b"".join([chunk async for chunk in answer.body])
    assert answer.status == 200 and b"[DONE]" in body and answer.record.attempt == 2
    await settling.drained()
    assert all(a.started_at <= b.started_at for a, b in pairwise(rows(stubborn)))


async def test_a_test_of_the_connection_is_told_the_truth_at_once(stubborn: FakeHost, upstream: Upstream) -> None:
    for _ in range(FEWEST):
        await fetch(stubborn, body=chat("plan:status=500"))
    before = len(upstream.requests)
    for model, status in (("plan:status=500", 500), ("m", 200)):
        call = Call(stubborn.alice, "openai", "test", "POST", "v1/chat/completions", body=chat(model))
        async with pipeline.answer(call, stubborn) as answer:
            assert answer.status == status
            assert [chunk async for chunk in answer.body]
    assert len(upstream.requests) == before + 2
    assert (await fetch(stubborn, body=chat())).status == 503
