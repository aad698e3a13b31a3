"""However the bytes are cut, they come out as they went in, and the record is the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import providers
from proxy import ends
from proxy.call import new_id
from proxy.events import WholeEvents
from proxy.metering import Meter
from proxy.record import Record
from tests.proxy.host import FakeLedger
from tests.wire import Plan, anthropic_stream, google_stream, openai_stream, responses_stream

PLAN = Plan(chunks=4)
STREAMS = {
    "openai": b"".join(openai_stream(PLAN, {"stream_options": {"include_usage": True}})),
    "responses": b"".join(responses_stream(PLAN)),
    "anthropic": b"".join(anthropic_stream(PLAN)),
    "google": b"".join(google_stream(PLAN)),
    "crlf": b"".join(openai_stream(PLAN, {"stream_options": {"include_usage": True}})).replace(b"\n", b"\r\n"),
    "comments": b": wait\n\n" + b"".join(anthropic_stream(PLAN)).replace(b"\n\n", b"\n\n: still here\n\n"),
}


async def pieces(whole: bytes, cuts: list[int]) -> AsyncIterator[bytes]:
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    for a, b in zip(edges, edges[1:], strict=False):
        if a < b:
            yield whole[a:b]


def record() -> Record:
    return Record(new_id(), 1, datetime.now(UTC), 1, "proxy", "x", "x", "chat", "v1/x", "POST", model="m")


async def run(name: str, cuts: list[int]) -> tuple[bytes, Record]:
    """One stream through the meter, cut there."""
    adapter = providers.get(
        name if name in ("anthropic", "google") else "anthropic" if name == "comments" else "openai"
    )
    ledger = FakeLedger()
    meter = Meter(record(), adapter, ledger, b"{}")
    await meter.open()
    meter.answered(200, {"content-type": "text/event-stream"})
    body = ends.Live(pieces(STREAMS[name], cuts), meter, WholeEvents(), adapter.shape)
    out = b"".join([chunk async for chunk in body])
    return out, ledger.only


@pytest.mark.parametrize("name", STREAMS)
@given(cuts=st.lists(st.integers(0, 4000), max_size=40))
async def test_at_any_split(name: str, cuts: list[int]) -> None:
    out, row = await run(name, cuts)
    assert out == STREAMS[name]
    assert (row.status, row.input_tokens, row.cache_read_tokens, row.output_tokens) == ("ok", 11, 3, 4)
    assert (row.response_model, row.tokens_source) == ("said-model", "provider")


@pytest.mark.parametrize("name", STREAMS)
async def test_byte_by_byte(name: str) -> None:
    out, row = await run(name, list(range(len(STREAMS[name]))))
    assert out == STREAMS[name]
    assert (row.status, row.output_tokens) == ("ok", 4)


@pytest.mark.parametrize("name", ["openai", "anthropic", "google"])
@given(cut=st.integers(1, 400))
async def test_cut_short_it_is_never_a_success(name: str, cut: int) -> None:
    whole = STREAMS[name]
    adapter = providers.get(name)
    ledger = FakeLedger()
    meter = Meter(record(), adapter, ledger, b"{}")
    await meter.open()
    meter.answered(200, {"content-type": "text/event-stream"})
    body = ends.Live(pieces(whole[:cut], []), meter, WholeEvents(), adapter.shape)
    out = b"".join([chunk async for chunk in body])
    assert ledger.only.status == "error"
    assert b'"error"' in out


async def test_closing_twice_changes_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = FakeLedger()
    meter = Meter(record(), providers.get("openai"), ledger, b"{}")
    await meter.open()
    meter.answered(200, {"content-type": "text/event-stream"})
    meter.feed(STREAMS["openai"])
    await meter.finish()
    await meter.finish()
    assert (ledger.closes, len(ledger.rows), ledger.only.status) == (1, 1, "ok")


async def test_zero_stays_zero() -> None:
    ledger = FakeLedger()
    meter = Meter(record(), providers.get("openai"), ledger, b"x" * 400)
    meter.answered(200, {"content-type": "application/json"})
    meter.feed(b'{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}')
    await meter.finish()
    row = ledger.only
    assert (row.input_tokens, row.output_tokens, row.tokens_source) == (0, 0, "provider")
