"""AWS's event streams: the same events at any split, nothing taken on trust, the end known by its name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import providers
from providers import Sampler, ServerFailed
from providers._bedrock.event_stream import AmazonEvents, MessageWatch
from providers._reading.framing import LARGEST_EVENT, Frame
from tests.event_stream import MEDIA_TYPE, chunk, converse_stream, event, exception, framed, header, message
from tests.providers.recorded import cut, load, places
from tests.wire import Plan

BEDROCK = providers.get("bedrock")
TWO = event("contentBlockDelta", {"delta": {"text": "你好🦀é"}}) + event("metadata", {"usage": {"inputTokens": 1}})
STREAM = load("bedrock/converse.eventstream")


def frames(chunks: list[bytes]) -> list[Frame]:
    framing = AmazonEvents()
    return [frame for chunk in chunks for frame in framing.feed(chunk)] + list(framing.close())


def test_an_event_is_its_payload_under_its_name() -> None:
    assert [json.loads(frame.data) for frame in frames([TWO])] == [
        {"contentBlockDelta": {"delta": {"text": "你好🦀é"}}},
        {"metadata": {"usage": {"inputTokens": 1}}},
    ]


def test_every_split_of_two_messages() -> None:
    whole = frames([TWO])
    for first in range(len(TWO) + 1):
        assert frames([TWO[:first], TWO[first:]]) == whole
        for second in range(first, len(TWO) + 1, 7):
            assert frames([TWO[:first], TWO[first:second], TWO[second:]]) == whole
    assert frames([TWO[at : at + 1] for at in range(len(TWO))]) == whole


@settings(max_examples=150, deadline=None)
@given(places())
def test_any_split(at: list[int]) -> None:
    watch = MessageWatch(frozenset({"metadata"}))
    pieces = cut(STREAM, at)
    assert frames(pieces) == frames([STREAM])
    for number, piece in enumerate(pieces, 1):
        watch.feed(piece)
        assert watch.ended is (sum(map(len, pieces[:number])) == len(STREAM))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(TWO) - 1), st.integers(1, 255))
def test_a_byte_that_changed_is_noticed(at: int, by: int) -> None:
    broken = TWO[:at] + bytes([TWO[at] ^ by]) + TWO[at + 1 :]
    with pytest.raises(ServerFailed) as failed:
        frames([broken])
    assert failed.value.code == "malformed_event"


def test_a_message_beyond_all_bounds_is_refused_by_its_prelude() -> None:
    announced = framed(b"", b" " * (LARGEST_EVENT + 1))[:12]
    with pytest.raises(ServerFailed) as failed:
        frames([announced])
    assert failed.value.code == "event_too_large"
    large = event("contentBlockDelta", {"delta": {"text": "x" * 2**21}})
    assert len(frames([large[:9], large[9:]])[0].data) > 2**21


def test_every_type_of_header_is_passed_over() -> None:
    def of(kind: int, value: bytes) -> bytes:
        return b"\x01x" + bytes([kind]) + value

    others = (of(0, b""), of(1, b""), of(2, b"1"), of(3, b"12"), of(4, b"1234"), of(5, b"12345678"))
    block = b"".join(others) + of(6, b"\x00\x03abc") + of(8, b"12345678") + of(9, b"0123456789abcdef")
    (frame,) = frames([framed(block + header(":event-type", "metadata"), b"{}")])
    assert frame.data == b'{"metadata":{}}'


@pytest.mark.parametrize(
    "block", [b"\x05:even", b"\x01x\x07\x00\x09short", b"\x01x\x0a", b"\x01x", b"\x02\xff\xfe\x00"]
)
def test_headers_that_do_not_hold_together(block: bytes) -> None:
    with pytest.raises(ServerFailed):
        frames([framed(block, b"{}")])


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (exception("throttlingException", "Slow down."), {"throttlingException": {"message": "Slow down."}}),
        (
            message({":message-type": "error", ":error-code": "Internal", ":error-message": "No."}),
            {"error": {"code": "Internal", "message": "No."}},
        ),
    ],
)
def test_a_failure_is_an_event_called_error(sent: bytes, said: dict[str, Any]) -> None:
    (frame,) = frames([sent])
    assert (json.loads(frame.data), frame.name) == (said, "error")


def test_an_invocation_is_unpacked() -> None:
    assert json.loads(frames([chunk({"type": "ping"})])[0].data) == {"type": "ping"}
    assert json.loads(frames([event("chunk", {"bytes": "?"})])[0].data) == {"bytes": "?"}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), places())
def test_garbage_never_upsets_the_watch(garbage: bytes, at: list[int]) -> None:
    watch = MessageWatch(frozenset({"metadata"}))
    sampler = Sampler(BEDROCK, MEDIA_TYPE)
    for piece in cut(garbage + STREAM[:100] + garbage, at):
        watch.feed(piece)
        sampler.feed(piece)
    assert sampler.reading().usage is None


def test_the_watch_passes_over_a_mark_in_a_payload() -> None:
    mark = "\x0b:event-type\x07\x00\x08metadata"
    watch = MessageWatch(frozenset({"metadata"}))
    watch.feed(framed(header(":event-type", "contentBlockDelta"), mark.encode()))
    assert not watch.ended
    watch.feed(event("metadata", {}))
    assert watch.ended


@pytest.mark.parametrize("size", [1000, 16384, 200_000])
def test_a_long_answer_is_read_from_its_head_and_tail(size: int) -> None:
    body = b"".join(converse_stream(Plan(chunks=5000)))
    sampler = Sampler(BEDROCK, MEDIA_TYPE)
    passed = [sampler.feed(body[at : at + size]) for at in range(0, len(body), size)]
    assert passed.index(True) == len(passed) - 1
    reading = sampler.reading()
    assert reading.complete and reading.usage is not None and reading.failure is None
    assert (reading.usage.input_tokens, reading.usage.output_tokens) == (11, 5000)


def test_usage_is_found_in_an_event_that_is_longer_than_what_is_kept() -> None:
    told = {"trace": {"guardrail": "x" * 200_000}, "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}}
    sampler = Sampler(BEDROCK, MEDIA_TYPE)
    sampler.feed(b"".join(converse_stream(Plan()))[:-200] + b"")
    sampler = Sampler(BEDROCK, MEDIA_TYPE)
    sampler.feed(event("messageStart", {}) + event("metadata", told))
    reading = sampler.reading()
    assert reading.complete and reading.usage is not None and reading.usage.output_tokens == 4


@pytest.mark.parametrize("plan", [Plan(), Plan(tools=2)])
def test_whole_only_with_its_last_event(plan: Plan) -> None:
    events = list(converse_stream(plan))
    for known in range(len(events) + 1):
        sampler = Sampler(BEDROCK, MEDIA_TYPE)
        sampler.feed(b"".join(events[:known]))
        assert sampler.reading().complete is sampler.at_end is (known == len(events))


def test_other_providers_do_not_read_such_streams() -> None:
    sampler = Sampler(providers.get("openai"), MEDIA_TYPE)
    assert not sampler.feed(STREAM)
    assert sampler.reading().complete and sampler.reading().usage is None
