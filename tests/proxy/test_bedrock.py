"""Bedrock through the proxy: binary streams pass byte for byte, are metered on the side, and end honestly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from providers import Request
from providers._bedrock.sigv4 import AccessKey, Scope, sign
from proxy.call import Fallback
from tests.event_stream import MEDIA_TYPE, converse_stream, exception, invoke_stream
from tests.proxy.client import begin, fetch
from tests.proxy.host import KEY, FakeHost
from tests.upstream import CLOSE, RESET, Reply, Upstream
from tests.wire import Plan

STREAM = b"".join(converse_stream(Plan()))
BODY = b'{"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}'
PATH = "/api/proxy/bedrock/model/{model}/converse-stream"
PAIR = AccessKey("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with Upstream() as upstream:
        yield upstream


@pytest.fixture
def host(upstream: Upstream) -> FakeHost:
    host = FakeHost(upstream.url)
    host.connect("bedrock")
    return host


def said(*parts: bytes | object) -> Reply:
    return Reply(parts, headers={"content-type": MEDIA_TYPE, "x-amzn-requestid": "r-1"})


@pytest.mark.parametrize("model", ["us.anthropic.claude-v1:0", "us.anthropic.claude-v1%3A0"])
@pytest.mark.parametrize("size", [7, 100, 10_000])
async def test_a_stream_passes_byte_for_byte(host: FakeHost, upstream: Upstream, model: str, size: int) -> None:
    upstream.reply = said(*(STREAM[at : at + size] for at in range(0, len(STREAM), size)))
    reply = await fetch(host, PATH.format(model=model), BODY)
    assert (reply.status, reply.body, reply.headers["content-type"]) == (200, STREAM, MEDIA_TYPE)
    assert upstream.last.target == f"/model/{model}/converse-stream"
    assert (upstream.last.body, upstream.last.headers["authorization"]) == (BODY, f"Bearer {KEY}")
    record = host.ledger.only
    assert (record.status, record.operation, record.model) == ("ok", "chat", "us.anthropic.claude-v1:0")
    assert (record.input_tokens, record.cache_read_tokens, record.output_tokens) == (11, 3, 3)
    assert (record.tokens_source, record.streamed, record.provider_request_id) == ("provider", True, "r-1")


async def test_the_record_is_closed_before_the_last_event_goes_on(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = said(*(part for event in converse_stream(Plan()) for part in (0.02, event)))
    states: list[str] = []
    exchange = begin(host, PATH.format(model="m"), BODY)
    exchange.seen = lambda message: states.append(host.ledger.only.status) if message.get("body") else None
    await exchange.task
    assert exchange.reply.body == STREAM
    assert states[-1] == "ok" and states[0] == "started"


async def test_an_invocation_is_metered(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = said(*invoke_stream(Plan()))
    await fetch(host, "/api/proxy/bedrock/model/m/invoke-with-response-stream", b"{}")
    record = host.ledger.only
    assert (record.status, record.input_tokens, record.output_tokens) == ("ok", 11, 3)


@pytest.mark.parametrize("end", [None, CLOSE, RESET])
async def test_a_cut_stream_is_an_error(host: FakeHost, upstream: Upstream, end: object) -> None:
    events = list(converse_stream(Plan()))
    cut = b"".join(events[:-1])
    upstream.reply = said(cut, *([] if end is None else [end]))
    exchange = begin(host, PATH.format(model="m"), BODY)
    with pytest.raises(ConnectionAbortedError):
        await exchange.task
    assert not exchange.reply.ended and cut.startswith(exchange.reply.body)
    record = host.ledger.only
    assert record.status == "error" and record.error_type in ("server_error", "network_error")
    assert record.tokens_source == "estimate"


async def test_a_damaged_stream_is_an_error(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = said(STREAM[:300] + b"?" + STREAM[301:])
    exchange = begin(host, PATH.format(model="m"), BODY)
    await exchange.task
    assert exchange.reply.body == STREAM[:300] + b"?" + STREAM[301:]
    assert host.ledger.only.status == "error"


async def test_an_exception_at_the_start_gets_its_real_status(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = said(exception("throttlingException", "Too many tokens."))
    reply = await fetch(host, PATH.format(model="m"), BODY)
    assert (reply.status, reply.headers["x-thinkback-error"]) == (429, "rate_limit")
    assert reply.json()["__type"] == "ThrottlingException"
    assert (host.ledger.only.status, host.ledger.only.error_type) == ("error", "rate_limit")


async def test_an_exception_in_mid_answer_passes_and_is_booked(host: FakeHost, upstream: Upstream) -> None:
    events = [*list(converse_stream(Plan()))[:2], exception("modelStreamErrorException", "It failed.")]
    upstream.reply = said(*events)
    reply = await fetch(host, PATH.format(model="m"), BODY)
    assert reply.body == b"".join(events)
    assert (host.ledger.only.status, host.ledger.only.error_type) == ("error", "server_error")


async def test_another_connection_answers(host: FakeHost, upstream: Upstream) -> None:
    host.connect("bedrock", "spare")
    host.connect("bedrock", fallbacks=(Fallback("spare", "plan-chunks=2"),))
    reply = await fetch(host, PATH.format(model="plan-status=503"), BODY)
    assert reply.body == b"".join(converse_stream(Plan(chunks=2)))
    assert upstream.last.target == "/model/plan-chunks%3D2/converse-stream"


async def test_each_attempt_is_signed_anew(host: FakeHost, upstream: Upstream) -> None:
    host.key = f"{PAIR.id}:{PAIR.secret}"
    host.connect("bedrock", retries=1)
    reply = await fetch(host, PATH.format(model="plan-fails=1"), BODY)
    assert reply.body == STREAM
    assert len(upstream.requests) == 2
    for seen in upstream.requests:
        moment = datetime.strptime(seen.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        names = seen.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
        fields = [(name.encode(), seen.headers[name].encode()) for name in names if name != "x-amz-date"]
        again = Request("POST", httpx.URL(upstream.url + seen.target), fields, seen.body)
        expected = dict(sign(again, PAIR, Scope(moment, "us-east-1", "bedrock")))
        assert seen.headers["authorization"] == expected[b"authorization"].decode()
        assert {"host", "x-amz-date"} <= set(names) and PAIR.secret not in str(seen.headers)


async def test_a_stranger_is_answered_in_the_words_of_aws(host: FakeHost) -> None:
    reply = await fetch(host, PATH.format(model="m"), BODY, headers={"authorization": "Bearer tb_wrong"})
    assert (reply.status, reply.json()["__type"]) == (401, "UnrecognizedClientException")
