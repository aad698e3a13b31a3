"""Puts values back into a stream, although a placeholder may be split over any number of its events."""

from __future__ import annotations

from typing import Any

from proxy.masking.deltas import Path, Slot, speech_of
from proxy.masking.documents import changed
from proxy.masking.masks import Masks
from proxy.middleware.hooks import StreamEvent


class Restoring:
    """Beside one stream. Of each text, only what may be the beginning of a placeholder waits for the next piece."""

    def __init__(self, masks: Masks) -> None:
        self.masks = masks
        self.held: dict[Path, tuple[str, Slot, str]] = {}  # what waits, where it stood, the name of its event
        self.added = 0  # events of ours, which shift the numbers of those after them

    def event(self, event: StreamEvent) -> list[StreamEvent]:
        """The event with its values, after what it brings to an end."""
        speech = speech_of(event.data)
        going_on = {slot.key for slot in speech.slots}
        over = [key for key in self.held if key not in going_on and begins(key, speech.ends)]
        first = [self._release(key, event.data.get("sequence_number")) for key in over]
        texts = [self._text(slot, event.name, last=speech.last) for slot in speech.slots]
        for slot in speech.slots:
            slot.holder[slot.name] = ""
        document = changed(event.data, self._restore)
        whole = StreamEvent(document, event.name)
        for slot, text in zip(speech_of(document).slots, texts, strict=True):
            slot.holder[slot.name] = text
        return [*first, self._numbered(whole)]

    def end(self) -> list[StreamEvent]:
        """What still waits at the end of the stream."""
        return [self._release(key) for key in list(self.held)]

    def _text(self, slot: Slot, name: str, *, last: bool) -> str:
        waiting = self.held.pop(slot.key, None)
        text = ("" if waiting is None else waiting[0]) + slot.holder[slot.name]
        cut = len(text) if last else self.masks.open_end(text)
        if cut < len(text):
            self.held[slot.key] = text[cut:], slot, name
        return self._restore(text[:cut], slot.is_json)

    def _release(self, key: Path, number: Any = None) -> StreamEvent:
        text, slot, name = self.held.pop(key)
        event = StreamEvent(slot.alone(self._restore(text, slot.is_json)), name)
        if number is not None:
            event = self._numbered(StreamEvent(event.data | {"sequence_number": number}, name))
        self.added += 1
        return event

    def _numbered(self, event: StreamEvent) -> StreamEvent:
        number = event.data.get("sequence_number")
        if self.added and isinstance(number, int):
            event.data["sequence_number"] = number + self.added
        return event

    def _restore(self, text: str, is_json: bool) -> str:
        return self.masks.restore(text, is_json=is_json)


def begins(key: Path, ends: tuple[Path, ...]) -> bool:
    """Whether a key begins with one of these."""
    return any(key[: len(end)] == end for end in ends)


def restored(document: Any, masks: Masks) -> Any:
    """A whole answer with its values. A list of events (Google's, without `alt=sse`) is read as a stream."""
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        return changed(document, lambda text, is_json: masks.restore(text, is_json=is_json))
    stream = Restoring(masks)
    events = [said.data for row in document for said in stream.event(StreamEvent(row))]
    return events + [said.data for said in stream.end()]
