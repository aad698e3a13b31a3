"""A round of an answer while the model writes it: what is shown of it, and what is to be said back to the model."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from providers import Citation, Event, Reasoning, Text, ToolCall
from proxy.call import new_id
from thinkback.chat.growing import Growing
from thinkback.chat.rounds import Call, Drawn, Round, Source, Thought, Words
from thinkback.chat.seams import Seam
from thinkback.chat.wellformed import wellformed

MOST_SOURCES = 200


@dataclass(slots=True)
class Run:
    """Pieces of text, or of one block of reasoning, that came one after the other."""

    kind: type[Words] | type[Thought]
    pieces: list[str] = field(default_factory=list)
    signature: str = ""
    hidden: str = ""

    def whole(self) -> Words | Thought:
        """The pieces as one."""
        text = wellformed("".join(self.pieces))
        return Words(text) if self.kind is Words else Thought(text, self.signature, self.hidden)


class Parts(NamedTuple):
    """What the page calls the parts of a round, and what stands before the names inside of them."""

    text: str
    text_prefix: str
    reasoning: str
    reasoning_prefix: str


def part_names(message_id: UUID, index: int) -> Parts:
    """Those of one round; `index` counts from 0."""
    mark = f"-{index}" if index else ""
    return Parts(f"text{mark}", f"{message_id}{mark}-", f"reasoning{mark}", f"{message_id}{mark}-r-")


class Writing:
    """One round. `index` counts from 0; the page tells the parts of each round by their names.

    One that goes on in the middle of the round before grows in the parts of that one.
    """

    def __init__(self, message_id: UUID, index: int, earlier: Round | None = None, on: Writing | None = None) -> None:
        parts = part_names(message_id, index)
        self.index = index
        self.on = on
        self.text: Growing = Growing(parts.text, parts.text_prefix) if on is None else on.text
        self.reasoning: Growing = Growing(parts.reasoning, parts.reasoning_prefix) if on is None else on.reasoning
        self._seam = Seam("" if on is None or earlier is not None else self.text.text)
        self.operation_id = new_id() if earlier is None else earlier.operation
        self.calls: list[Call] = []
        self.drawn: list[Drawn] = []
        self.sources: list[Source] = []
        self._said: list[Run | Call | Drawn] = []
        self._earlier = earlier
        self._born = time.monotonic()
        self.thought = 0.0 if earlier is None else earlier.thought  # seconds
        self.begins = False  # its first word has come after a thought, and is not shown yet
        self._thought = False
        if earlier is not None:
            self.calls, self.drawn, self.sources = earlier.calls, earlier.drawn, earlier.sources
            self.text.add(earlier.text)
            self._think(earlier.reasoning)

    def keep(self, event: Event) -> bool:
        """Take in what came; whether there is anything new to show."""
        if isinstance(event, Text):
            if self.thought and not any(isinstance(part, Run) and part.kind is Words for part in self._said):
                self.thought, self.begins = time.monotonic() - self._born, True
            self._say(self._seam.feed(event.text))
        elif isinstance(event, Reasoning):
            run = self._run(Thought, alone=bool(event.hidden))
            run.pieces.append(event.text)
            run.signature, run.hidden = event.signature, event.hidden
            self._think(event.text)
            self.thought = time.monotonic() - self._born
        elif isinstance(event, ToolCall):
            self._call(event)
        elif isinstance(event, Citation):
            self._cite(Source(wellformed(event.url), wellformed(event.title)))
        return isinstance(event, Text | Reasoning)

    def show(self, drawn: Drawn) -> None:
        """A picture, which has been stored."""
        self.drawn.append(drawn)
        self._said.append(drawn)

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing but text and reasoning."""
        return not (self.calls or self.drawn or self.sources)

    def close(self) -> None:
        """There is no more."""
        self._say(self._seam.close())
        self.text.close()
        self.reasoning.close()

    def record(self) -> Round:
        """All so far, to be stored."""
        if self._earlier is not None:
            return self._earlier
        said = [part.whole() if isinstance(part, Run) else part for part in self._said]
        return Round(self.operation_id, [*said, *self.sources], self.thought, self.on is not None)

    def _say(self, text: str) -> None:
        if text:
            self._run(Words).pieces.append(text)
            self.text.add(text)

    def _think(self, text: str) -> None:
        if text and self.on is not None and not self._thought and self.reasoning.length:
            self.reasoning.add("\n\n")
        self._thought = self._thought or bool(text)
        self.reasoning.add(text)

    def _run(self, kind: type[Words] | type[Thought], *, alone: bool = False) -> Run:
        last = self._said[-1] if self._said else None
        if isinstance(last, Run) and last.kind is kind and not (alone or last.signature or last.hidden):
            return last
        run = Run(kind)
        self._said.append(run)
        return run

    def _cite(self, source: Source) -> None:
        known = {known.url for known in self.sources}
        if source.url.startswith(("https://", "http://")) and source.url not in known and len(known) < MOST_SOURCES:
            self.sources.append(source)

    def _call(self, event: ToolCall) -> None:
        key = f"{self.index}.{len(self.calls)}"
        id = event.id or f"call_{self.index}_{len(self.calls)}"  # some services give none
        name, arguments = wellformed(event.name), wellformed(event.arguments)
        call = Call(key, wellformed(id), name, arguments, event.signature)
        self.calls.append(call)
        self._said.append(call)
