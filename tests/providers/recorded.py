"""The recorded answers, and ways to cut them up as a network would."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import strategies as st

import providers
from providers import Adapter, Event, ProviderError, Reader, Target, Usage

FOLDER = Path(__file__).parent.parent / "recordings"
STREAMS = sorted(
    f"{path.parent.name}/{path.name}"
    for path in FOLDER.glob("*/*")
    if path.suffix in (".sse", ".ndjson", ".eventstream") or path.name == "stream_array.json"
)
SPLITTABLE = [name for name in STREAMS if name.endswith(".sse")]
LINE_ENDS = (b"\n", b"\r\n", b"\r")


def load(name: str) -> bytes:
    """One recording, such as `openai/chat.sse`."""
    return (FOLDER / name).read_bytes()


def adapter_of(name: str) -> Adapter:
    """The adapter that a recording belongs to."""
    kind = name.partition("/")[0]
    return providers.get(kind).wire(Target(kind, "https://example.com"))


def with_line_ends(body: bytes, end: bytes) -> bytes:
    """The same event stream with other line ends."""
    return re.sub(rb"\r\n|\r|\n", lambda _: end, body)


def cut(body: bytes, places: list[int]) -> list[bytes]:
    """The body in pieces, cut at these places."""
    marks = [0, *sorted({place % (len(body) + 1) for place in places}), len(body)]
    return [body[start:end] for start, end in zip(marks, marks[1:], strict=False)]


def read_all(reader: Reader, chunks: list[bytes]) -> tuple[list[Event], ProviderError | None]:
    """Every event, and the failure that ended them."""
    events: list[Event] = []
    try:
        for chunk in chunks:
            for event in reader.feed(chunk):
                events.append(event)
        for event in reader.close():
            events.append(event)
    except ProviderError as failure:
        return events, failure
    return events, None


def read(name: str) -> tuple[list[Event], ProviderError | None]:
    """The events of a recording, without usage, and its failure."""
    events, failure = read_all(adapter_of(name).reader(), [load(name)])
    return [event for event in events if not isinstance(event, Usage)], failure


def places() -> st.SearchStrategy[list[int]]:
    """Where to cut."""
    return st.lists(st.integers(0, 1_000_000), max_size=30)
