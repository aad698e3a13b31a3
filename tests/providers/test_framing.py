"""Bytes become the same events, however they are cut and whatever their line ends are."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import ServerFailed
from providers._reading import framing
from providers._reading.framing import AnyFraming, EventStream, Frame, Framing, JsonValues
from tests.providers.recorded import LINE_ENDS, cut, places, with_line_ends

STREAM = (
    "\ufeffdata: first\n\n: a comment\n:\n\nevent: named\ndata:no space\ndata\ndata:  two\nid: 7\nretry: 10\n\n"
    'data: {"text": "a\u2028b\u2029c\u0085d\u000be\u000cf \U0001f980 你好é"}\n\nevent: only\n\ndata: last\n\n'
).encode()
FRAMES = [
    Frame(b"first"),
    Frame(b"no space\n\n two", "named"),
    Frame('{"text": "a\u2028b\u2029c\u0085d\u000be\u000cf \U0001f980 你好é"}'.encode()),
    Frame(b"last"),
]


def frames(machine: Framing, chunks: list[bytes]) -> list[Frame]:
    """Everything that comes out of these chunks."""
    return [frame for chunk in chunks for frame in machine.feed(chunk)] + list(machine.close())


@pytest.mark.parametrize("end", LINE_ENDS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_event_stream_at_every_split(end: bytes, size: int) -> None:
    body = with_line_ends(STREAM, end)
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    assert frames(EventStream(), chunks) == FRAMES
    assert frames(AnyFraming(), chunks) == FRAMES


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LINE_ENDS), places())
def test_event_stream_at_any_split(end: bytes, at: list[int]) -> None:
    assert frames(EventStream(), cut(with_line_ends(STREAM, end), at)) == FRAMES


def test_an_event_without_its_blank_line_comes_at_the_end() -> None:
    assert frames(EventStream(), [b"data: [DONE]"]) == [Frame(b"[DONE]")]


def test_a_line_end_split_between_cr_and_lf_is_one() -> None:
    assert frames(EventStream(), [b"data: a\r", b"\ndata: b\r", b"", b"\n\r", b"\n"]) == [Frame(b"a\nb")]


def test_an_event_is_given_out_before_anything_follows_it() -> None:
    assert list(EventStream().feed(b"data: a\r\r")) == [Frame(b"a")]


VALUES = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=5)


@settings(max_examples=80, deadline=None)
@given(DOCUMENTS, places(), st.sampled_from([None, 2]), st.booleans())
def test_json_values_at_any_split(documents: list[object], at: list[int], indent: int | None, array: bool) -> None:
    texts = [json.dumps(document, ensure_ascii=False, indent=indent) for document in documents]
    body = ("[" + "\n,\r\n".join(texts) + "]" if array else "\n".join(texts)).encode("utf-8", "surrogatepass")
    found = frames(JsonValues(), cut(body, at))
    assert [json.loads(frame.data.decode("utf-8", "surrogatepass")) for frame in found] == documents


def test_a_broken_line_of_ndjson_does_not_spoil_the_next() -> None:
    found = frames(JsonValues(), [b'{"a": "cut off\n{"b": 1}\n'])
    assert found == [Frame(b'{"a": "cut off\n'), Frame(b'{"b": 1}')]


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf[{}]", b" \n\n {}", b"\xef\xbb\xbf\n{}"])
def test_json_is_told_from_an_event_stream(body: bytes) -> None:
    assert frames(AnyFraming(), [body]) == [Frame(b"{}")]
    assert frames(AnyFraming(), [bytes([byte]) for byte in body]) == [Frame(b"{}")]


@pytest.mark.parametrize("start", [b"data: ", b"", b'{"a":"'])
def test_an_event_beyond_all_bounds_is_a_failure(start: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LARGEST_EVENT", 100_000)
    machine: Framing = JsonValues() if start.startswith(b"{") else EventStream()
    list(machine.feed(start))
    with pytest.raises(ServerFailed, match="larger than"):
        for _ in range(100):
            list(machine.feed(b"x" * 5000))


def test_many_lines_of_one_event_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LARGEST_EVENT", 100_000)
    with pytest.raises(ServerFailed):
        list(EventStream().feed((b"data: " + b"x" * 1000 + b"\n") * 200))


@pytest.mark.parametrize("kind", [EventStream, JsonValues])
def test_time_grows_with_the_length_not_with_its_square(kind: type[Framing]) -> None:
    def duration(length: int) -> float:
        body = b'data: {"text":"' + b"x" * length + b'"}\n\n'
        machine, began = kind(), time.process_time()
        for at in range(0, len(body), 64):
            list(machine.feed(body[at : at + 64]))
        assert not list(machine.close())
        return time.process_time() - began

    short = min(duration(100_000) for _ in range(3))
    assert duration(1_600_000) < short * 16 * 4
