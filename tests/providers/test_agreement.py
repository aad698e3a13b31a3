"""Every recorded answer says the same however it is cut, to the chat's reader and to the meter on the side alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import ProviderError, Sampler, StreamTruncated, Usage
from tests.providers.recorded import (
    SPLITTABLE,
    STREAMS,
    adapter_of,
    cut,
    load,
    places,
    read_all,
)

TYPES = {
    "sse": "text/event-stream; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "json": "application/json",
    "eventstream": "application/vnd.amazon.eventstream",
}


def last_usage(events: list[object]) -> Usage | None:
    """The usage that counts."""
    return next((event for event in reversed(events) if isinstance(event, Usage)), None)


def sampler_of(name: str, chunks: list[bytes]) -> Sampler:
    """A sampler past which these chunks went."""
    sampler = Sampler(adapter_of(name), TYPES[name.rpartition(".")[2]])
    for chunk in chunks:
        sampler.feed(chunk)
    return sampler


def type_of(failure: ProviderError | None) -> type[ProviderError] | None:
    """What kind of failure it is."""
    return None if failure is None else type(failure)


@pytest.mark.parametrize("name", STREAMS)
def test_one_byte_at_a_time(name: str) -> None:
    body = load(name)
    whole = read_all(adapter_of(name).reader(), [body])
    singly = read_all(adapter_of(name).reader(), [body[at : at + 1] for at in range(len(body))])
    assert singly[0] == whole[0]
    assert type_of(singly[1]) is type_of(whole[1])
    assert whole[0] or whole[1]


@pytest.mark.parametrize("name", STREAMS)
def test_the_meter_agrees_with_the_reader(name: str) -> None:
    body = load(name)
    events, failure = read_all(adapter_of(name).reader(), [body])
    reading = sampler_of(name, [body]).reading()
    assert reading.usage == last_usage(list(events)) or failure is not None
    assert type_of(reading.failure) is type_of(failure)
    assert reading.complete or failure is not None


@pytest.mark.parametrize("name", STREAMS)
def test_skipping_dull_events_loses_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = sampler_of(name, [load(name)]).reading()
    monkeypatch.setattr(type(adapter_of(name)), "telling", None, raising=False)
    full = sampler_of(name, [load(name)]).reading()
    assert replace(reading, failure=None) == replace(full, failure=None)
    assert type_of(reading.failure) is type_of(full.failure)


@pytest.mark.parametrize("name", [name for name in STREAMS if "error" not in name])
def test_an_answer_cut_short_is_never_a_success(name: str) -> None:
    body, adapter = load(name), adapter_of(name)
    for at in range(1, len(body), max(1, len(body) // 60)):
        _, failure = read_all(adapter.reader(), [body[:at]])
        reading = sampler_of(name, [body[:at]]).reading()
        assert (failure is None) is reading.complete, at
        if failure is not None:
            assert type(failure) is StreamTruncated


@pytest.mark.parametrize("name", [name for name in SPLITTABLE if "error" not in name])
def test_the_end_is_announced_with_the_last_event_and_not_before(name: str) -> None:
    body = load(name)
    sampler = sampler_of(name, [body])
    assert sampler.at_end
    events = body.replace(b"\r\n", b"\n").rstrip().split(b"\n\n")
    before = sampler_of(name, [b"\n\n".join(events[:-1]) + b"\n\n"])
    assert not before.at_end


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([name for name in SPLITTABLE if "error" not in name]), st.binary(max_size=200), places())
def test_garbage_never_upsets_the_meter(name: str, garbage: bytes, at: list[int]) -> None:
    body = load(name)
    middle = len(body) // 2
    sampler_of(name, cut(body[:middle] + garbage + body[middle:], at)).reading()
    sampler_of(name, cut(garbage, at)).reading()
