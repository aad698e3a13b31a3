"""What the documents of one answer say about it: usage, model, failure, end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from providers._base import Adapter
from providers._events import Usage
from providers._failures.errors import ProviderError
from providers._frozen import frozen
from providers._json import decode, decode_first
from providers._reading.framing import Frame
from providers._reading.usage import merge

DONE = b"[DONE]"
LONGEST_COUNTS = 16 * 1024  # bytes
COUNTS = re.compile(rb'"(usage|usageMetadata)"\s*:\s*\{')
MODEL = re.compile(rb'"(?:model|modelVersion)"\s*:\s*"([^"\\]{1,200})"')


@frozen
class Reading:
    """What an answer said about itself. `complete` = it came to the end that its format prescribes."""

    usage: Usage | None = None
    response_model: str | None = None
    complete: bool = False
    failure: ProviderError | None = None


def failure_of(adapter: Adapter, frame: Frame, document: Mapping[str, Any]) -> ProviderError | None:
    """The error that an event announces: by its content, or by the name `error` alone."""
    failure = adapter.event_failure(document)
    if failure is None and frame.name == "error":
        failure = adapter.event_failure({"error": document})
    return failure


class Notes:
    """Gathers a reading from documents, in the order in which they came."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self.usage: Usage | None = None
        self.model: str | None = None
        self.failure: ProviderError | None = None
        self.ended = False
        self.documents = 0
        self.broken = 0  # events that are not JSON objects

    def take(self, frames: Iterable[Frame]) -> bool:
        """Read these events; whether any of them reported usage."""
        before = self.usage
        for frame in frames:
            if frame.data.strip() == DONE:  # before it is tried as JSON, which takes long to fail
                self.ended = True
            elif isinstance(document := decode(frame.data), dict):
                self.note(frame, document)
            else:
                self.broken += 1
        return self.usage is not before

    def note(self, frame: Frame, document: Mapping[str, Any]) -> None:
        """Read one event."""
        self.documents += 1
        self.usage = merge(self.usage, self._adapter.usage(document))
        self.model = self.model or self._adapter.answered_by(document)
        self.ended = self.ended or self._adapter.ends(document)
        self.failure = self.failure or failure_of(self._adapter, frame, document)

    def scan(self, part: bytes) -> bool:
        """Read usage and model from the middle of a document whose beginning or end is missing."""
        name = MODEL.search(part)
        if self.model is None and name is not None:
            self.model = name[1].decode("utf-8", "replace")
        for found in reversed(list(COUNTS.finditer(part))):
            counts = decode_first(part[found.end() - 1 : found.end() + LONGEST_COUNTS])
            usage = self._adapter.usage({found[1].decode(): counts})
            if usage is not None:
                self.usage = merge(self.usage, usage)
                return True
        return False
