"""The part of reading a streamed answer that is the same for every format made of JSON events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers._base import Adapter, Reader
from providers._events import Event, Usage
from providers._failures.errors import ServerFailed, StreamTruncated
from providers._json import decode
from providers._reading.framing import AnyFraming, Frame, Framing
from providers._reading.notes import DONE, failure_of
from providers._reading.usage import merge


class FrameReader(Reader):
    """Cuts bytes into JSON events, raises their errors, merges their usage; a subclass reads what they say."""

    def __init__(self, adapter: Adapter, framing: Framing | None = None) -> None:
        self._adapter = adapter
        self._framing = framing or AnyFraming()
        self._usage: Usage | None = None
        self._ended = False

    def events(self, document: Mapping[str, Any]) -> Iterator[Event]:
        """What one document says."""
        raise NotImplementedError

    def left_open(self) -> Iterator[Event]:
        """What is still to be said once the proper end has come."""
        return iter(())

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that this chunk completes. Raises ProviderError for an error inside the stream."""
        for frame in self._framing.feed(chunk):
            document = decode(frame.data)
            if isinstance(document, dict):
                yield from self._read(frame, document)
            elif frame.data.strip() == DONE:
                self._ended = True
            elif frame.data.lstrip().startswith(b"{"):
                raise ServerFailed(f"{self._adapter.speaker} sent an event that is not JSON.", code="malformed_event")

    def close(self) -> Iterator[Event]:
        """The events still open at the end. Raises StreamTruncated when the proper end never came."""
        for frame in self._framing.close():
            document = decode(frame.data)
            self._ended = self._ended or frame.data.strip() == DONE
            if isinstance(document, dict):
                yield from self._read(frame, document)
        if not self._ended:
            raise StreamTruncated(f"{self._adapter.speaker} ended the answer before its proper end.")
        yield from self.left_open()

    def _read(self, frame: Frame, document: Mapping[str, Any]) -> Iterator[Event]:
        failure = failure_of(self._adapter, frame, document)
        usage = self._adapter.usage(document)
        if usage is not None and (merged := merge(self._usage, usage)) is not None:
            self._usage = merged
        if failure is not None:
            if usage is not None and self._usage is not None:
                yield self._usage
            raise failure
        yield from self.events(document)
        if usage is not None and self._usage is not None:
            yield self._usage
        self._ended = self._ended or self._adapter.ends(document)
