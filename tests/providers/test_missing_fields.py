"""Whatever a service leaves out of an answer, nothing breaks: not the chat's reader, not the meter, not the opening."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from providers import Opening, Sampler, StreamTruncated
from providers._bedrock.event_stream import AmazonEvents
from tests.event_stream import chunk, event
from tests.providers.recorded import STREAMS, adapter_of, load, read_all
from tests.providers.test_agreement import TYPES

GONE = object()


def documents(name: str) -> list[dict[str, Any]]:
    """The JSON objects that a recording consists of."""
    body = load(name).decode("utf-8", "replace")
    if name.endswith(".json"):
        return list(json.loads(body))
    if name.endswith(".eventstream"):
        return [json.loads(frame.data) for frame in AmazonEvents().feed(load(name))]
    lines = (line.removeprefix("data:").strip() for line in body.replace("\r", "").split("\n"))
    return [json.loads(line) for line in lines if line.startswith("{")]


def variants(value: Any) -> Iterator[Any]:
    """Copies of a value, each with one part of it missing or null, at any depth."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        less = copy.copy(value)
        del less[key]
        yield less
        for inner in (None, *variants(value[key])):
            changed = copy.copy(value)
            changed[key] = inner
            yield changed


def server_sent(events: list[Any]) -> bytes:
    """These documents as a stream that ends properly."""
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events) + b"data: [DONE]\n\n"


def binary(events: list[Any]) -> bytes:
    """The same as AWS would send them: a document of one name is an event, others are what a model itself said."""
    parts = [event(*one.popitem()) if one and len(one) == 1 else chunk(one) for one in map(copy.copy, events)]
    return b"".join(parts) + event("metadata", {})


@pytest.mark.parametrize("name", [name for name in STREAMS if "error" not in name])
def test_any_field_of_any_event_may_be_missing(name: str) -> None:
    adapter, said, tried = adapter_of(name), documents(name), 0
    assert said
    for at, document in enumerate(said):
        for variant in variants(document):
            changed = [*said[:at], variant, *said[at + 1 :]]
            body = binary(changed) if adapter.last_events else server_sent(changed)
            _, failure = read_all(adapter.reader(), [body])
            assert failure is None, (variant, failure)
            sampler = Sampler(adapter, TYPES[name.rpartition(".")[2]] if adapter.last_events else TYPES["sse"])
            sampler.feed(body)
            reading = sampler.reading()
            assert reading.complete and reading.failure is None, variant
            Opening(adapter, TYPES["eventstream" if adapter.last_events else "sse"]).feed(body)
            tried += 1
    assert tried > 20


@pytest.mark.parametrize("name", STREAMS)
def test_nothing_at_all_is_cut_short(name: str) -> None:
    adapter = adapter_of(name)
    for body in (b"", b": nothing\n\n", b"data: {}\n\n", b"[]"):
        events, failure = read_all(adapter.reader(), [body])
        assert events == [] and type(failure) is StreamTruncated
        sampler = Sampler(adapter, TYPES[name.rpartition(".")[2]])
        sampler.feed(body)
        assert sampler.reading().failure is None
