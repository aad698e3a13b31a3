"""Reasoning that a model writes into its answer: `<think>…</think>` at its very start is told apart from the text."""

from __future__ import annotations

from collections.abc import Iterator

from providers._events import Reasoning, Text

OPEN, CLOSE = "<think>", "</think>"


class ThinkTags:
    """Pieces of an answer in, text and reasoning out. Only what may become a tag is held back.

    Tags anywhere else are text: somebody may ask about them.
    """

    def __init__(self) -> None:
        self._read = self._begin
        self._held = ""

    def feed(self, piece: str) -> Iterator[Text | Reasoning]:
        """What this piece says."""
        held, self._held = self._held + piece, ""
        return self._read(held)

    def close(self) -> Iterator[Text | Reasoning]:
        """What was held back when the answer ends."""
        held, self._held = self._held, ""
        if held:
            yield Reasoning(held) if self._read == self._think else Text(held)

    def _begin(self, text: str) -> Iterator[Text | Reasoning]:
        said = text.lstrip()
        if said.startswith(OPEN):
            self._read = self._begin_thinking
            yield from self._read(said[len(OPEN) :])
        elif OPEN.startswith(said):  # so far; nothing at all may become anything
            self._held = text
        else:
            self._read = self._pass
            yield from self._read(text)

    def _begin_thinking(self, text: str) -> Iterator[Text | Reasoning]:
        if thought := text.lstrip():
            self._read = self._think
            yield from self._read(thought)

    def _think(self, text: str) -> Iterator[Text | Reasoning]:
        thought, mark, said = text.partition(CLOSE)
        if mark:
            self._read = self._begin_text
        else:
            end = len(text) - start_of(CLOSE, text)
            thought, self._held = text[:end], text[end:]
        if thought:
            yield Reasoning(thought)
        if said:
            yield from self._read(said)

    def _begin_text(self, text: str) -> Iterator[Text | Reasoning]:
        if said := text.lstrip():
            self._read = self._pass
            yield from self._read(said)

    def _pass(self, text: str) -> Iterator[Text | Reasoning]:
        if text:
            yield Text(text)


def start_of(mark: str, text: str) -> int:
    """How many characters at the end of a text may be the start of a mark."""
    return next((size for size in range(min(len(mark) - 1, len(text)), 0, -1) if text.endswith(mark[:size])), 0)
