"""Reads usage on the side from raw passing bytes: a bounded head and tail are kept, and parsed once, at the end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from providers._base import Adapter
from providers._bedrock.event_stream import MEDIA_TYPE, MessageWatch, events_in
from providers._failures.errors import ProviderError
from providers._json import decode, decode_whole
from providers._reading.excerpt import Excerpt
from providers._reading.framing import AnyFraming, EventStream, Frame, JsonValues
from providers._reading.notes import DONE, MODEL, Notes, Reading
from providers._reading.terminals import Watch
from providers._reading.unpacking import PACKED, PLAIN, Unpacking

READABLE = ("json", "event-stream", "text/", "octet-stream")  # DeepSeek names its JSON octet-stream
BETWEEN = b"\n\n"  # two events
STREAMED = ("event-stream", "eventstream", "ndjson", "stream+json", "jsonl")


class Sampler:
    """Beside one answer: feed it every chunk that passes, ask for the reading at the end."""

    def __init__(self, adapter: Adapter, content_type: str, coding: str = "") -> None:
        self._adapter = adapter
        self._opaque, self._streamed = kind_of(content_type)
        self._json = "json" in content_type.lower()
        self._binary = bool(adapter.last_events) and MEDIA_TYPE in content_type.lower()
        self._opaque = (self._opaque and not self._binary) or coding.lower() not in PLAIN | PACKED
        self._unpacking = Unpacking() if coding.lower() in PACKED and not self._opaque else None
        self._watch = MessageWatch(adapter.last_events) if self._binary else Watch(adapter.terminals)
        self._excerpt = Excerpt()

    def feed(self, chunk: bytes) -> bool:
        """Take note of the next bytes: a short copy and a search for the end, no parsing. Whether it has passed."""
        if self._unpacking is not None:
            chunk = self._unpacking.feed(chunk)
            self._opaque = self._unpacking.lost
        self._excerpt.feed(chunk)
        if not self._opaque:
            self._watch.feed(chunk)
        return self._watch.ended

    @property
    def size(self) -> int:
        """The bytes so far."""
        return self._excerpt.size

    @property
    def head(self) -> bytes:
        """The beginning of them, at most 64 KB."""
        return self._excerpt.head

    @property
    def at_end(self) -> bool:
        """Whether the event that ends the stream has passed, whole."""
        return self._watch.ended

    def reading(self) -> Reading:
        """What the bytes so far say. Never raises."""
        if self._opaque:
            return Reading(complete=True)
        notes = Notes(self._adapter)
        try:
            self._read(notes)
        except ProviderError as failure:  # an event beyond all bounds
            notes.failure = notes.failure or failure
        complete = self._watch.ended or notes.ended or self._is_whole_document(notes)
        return Reading(notes.usage, notes.model, complete, notes.failure)

    def _read(self, notes: Notes) -> None:
        if self._binary:
            if not notes.take(events_in(self._excerpt)) and notes.usage is None:
                notes.scan(self._excerpt.tail)
            return
        whole = self._excerpt.whole
        if whole is not None:
            document = decode_whole(whole) if whole.startswith(b"{") else None
            if document is not None:  # the usual answer that is no stream
                notes.note(Frame(whole), document)
            else:
                notes.take(frames_of(without_dull_events(whole, self._adapter)))
            return
        head, tail = self._excerpt.head, self._excerpt.tail
        notes.take(AnyFraming().feed(head))
        if not notes.take(frames_after_gap(head, tail)) and not notes.scan(tail) and notes.usage is None:
            notes.scan(head)

    def _is_whole_document(self, notes: Notes) -> bool:
        """Whether this is one answer that is not a stream, and came whole."""
        if self._unpacking is not None and not self._unpacking.whole:
            return False
        start, end = self._excerpt.head.lstrip()[:1], self._excerpt.tail.rstrip()[-1:]
        if self._streamed or notes.documents > 1:
            return False
        if start == b"{":
            return end == b"}" and not notes.broken
        if start == b"[":
            return end == b"]" and not self._watch.keyed
        whole = self._excerpt.whole
        return not self._json or whole == b"" or (whole is not None and decode(whole) is not None)


@lru_cache
def kind_of(content_type: str) -> tuple[bool, bool]:
    """Whether bodies of this type cannot be read, and whether they are streams."""
    content_type = content_type.lower()
    opaque = bool(content_type) and not any(word in content_type for word in READABLE)
    return opaque, any(word in content_type for word in STREAMED)


def without_dull_events(body: bytes, adapter: Adapter) -> bytes:
    """The body without events that can only hold a piece of the text, as most do; all until one names the model stay.

    Where lines end otherwise than with LF, all of it. Plain bytes are sought, one kind after the other: an expression
    takes ten times as long.
    """
    named = MODEL.search(body)
    if adapter.telling is None or named is None:
        return body
    end = event_end(body, named.end())
    kept, searched = [body[:end]], body
    for phrase in adapter.idle_phrases:
        if phrase in kept[0]:  # the service's way to say nothing, in each event
            searched = searched.replace(phrase, bytes(len(phrase)))  # as long: places stay what they are
    places = [at for mark in adapter.telling for at in places_of(mark, searched, end)]
    for at in sorted([*places, body.rfind(DONE)]):
        if at >= end:
            start, end = body.rfind(BETWEEN, end, at), event_end(body, at)
            kept.append(body[start:end])
    return b"".join(kept)


def places_of(mark: bytes, body: bytes, start: int) -> Iterator[int]:
    """Where a mark stands from there on."""
    at = body.find(mark, start)
    while at >= 0:
        yield at
        at = body.find(mark, at + 1)


def event_end(body: bytes, at: int) -> int:
    """Where the event ends in whose midst this place is."""
    end = body.find(BETWEEN, at)
    return len(body) if end < 0 else end


def frames_of(body: bytes) -> Iterator[Frame]:
    """The events of a whole body."""
    framing = AnyFraming()
    yield from framing.feed(body)
    yield from framing.close()


def frames_after_gap(head: bytes, tail: bytes) -> Iterator[Frame]:
    """The events of a body's end, from the first line on that can begin one."""
    is_json = head.lstrip()[:1] in (b"{", b"[")
    start = tail.find(b"\n{" if is_json else b"\n")
    if start < 0:
        return
    framing = JsonValues() if is_json else EventStream()
    yield from framing.feed(tail[start + 1 :])
    yield from framing.close()
