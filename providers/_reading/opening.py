"""The first events of a stream: do they say anything, or that the request has failed although its status was 200?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers._base import Adapter
from providers._bedrock.event_stream import framing_of
from providers._failures.errors import ProviderError
from providers._json import decode
from providers._reading.framing import Frame
from providers._reading.notes import failure_of
from providers._service import announced_error


class Opening:
    """Beside one stream of events: feed it chunks until one settles the question."""

    def __init__(self, adapter: Adapter, media_type: str = "text/event-stream") -> None:
        self._adapter = adapter
        self._framing = framing_of(media_type)
        self.failure: ProviderError | None = None
        self.said: Mapping[str, Any] = {}  # the event that announced the failure

    def feed(self, chunk: bytes) -> bool:
        """Whether the stream has begun to say something, or failed (then `failure` is set)."""
        try:
            return any(map(self._settles, self._framing.feed(chunk)))
        except ProviderError:  # an event beyond all bounds; that is for those who read it
            return True

    def _settles(self, frame: Frame) -> bool:
        document = decode(frame.data)
        if not isinstance(document, dict):
            return True
        if frame.name == "error" or announced_error(document) is not None:
            self.failure = failure_of(self._adapter, frame, document)
            self.said = document
        return self.failure is not None or not (frame.name == "ping" or self._adapter.preliminary(document))
