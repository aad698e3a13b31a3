"""What Vertex AI's models answer: Gemini in Google's format, Claude in Anthropic's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers._anthropic.reader import AnthropicReader
from providers._base import Adapter
from providers._events import Event
from providers._google.reader import GoogleReader
from providers._reading.frame_reader import FrameReader


class VertexReader(FrameReader):
    """Tells the formats apart by each event: Anthropic's have a type."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._claude = AnthropicReader(adapter)
        self._gemini = GoogleReader(adapter)

    def events(self, document: Mapping[str, Any]) -> Iterator[Event]:
        """What one document says."""
        return (self._claude if "type" in document else self._gemini).events(document)

    def left_open(self) -> Iterator[Event]:
        """What is still to be said once the proper end has come."""
        yield from self._claude.left_open()
        yield from self._gemini.left_open()
