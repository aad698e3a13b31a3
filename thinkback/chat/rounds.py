"""The rounds of an answer: what the model said in each, the tools that it called, and what they answered.

One round is one call of a model. An answer without tools is one round, of which only text and reasoning are kept,
unless there are pictures or pages beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal, cast
from uuid import UUID

import msgspec
from msgspec import Struct

from providers import Image, Part, Prompt, Reasoning, Text, ToolCall, ToolResult
from providers import Message as Said
from thinkback.chat.wellformed import wellformed

State = Literal["waiting", "allowed", "running", "done", "failed", "denied", "stopped"]
DENIED = "The user did not allow this call."
NOT_RUN = "This call was not run: the answer was broken off."
BROKEN_OFF = "This call was broken off. Whether it had any effect is not known."


class Words(Struct, tag="text"):
    """Text of the answer."""

    text: str


class Thought(Struct, tag="reasoning"):
    """A block of reasoning, as `providers.Reasoning` has it."""

    text: str
    signature: str = ""
    hidden: str = ""


class Call(Struct, tag="call"):
    """A tool that the model called. `key` is its place in the answer, `label` the tool's name for the reader."""

    key: str
    id: str
    name: str
    arguments: str
    signature: str = ""
    label: str = ""
    origin: str = ""
    grant: str = ""  # what allows it from now on
    state: State = "waiting"
    result: str = ""

    def end(self, state: State, result: str) -> None:
        """How it ended, and what the model is told."""
        self.state, self.result = state, wellformed(result)


class Drawn(Struct, tag="picture"):
    """A picture that the model drew: which `models.Picture` it is."""

    id: UUID
    media_type: str


class Source(Struct, tag="source"):
    """A page that the answer rests on."""

    url: str
    title: str = ""


Stored = Words | Thought | Call | Drawn | Source


class Round(Struct):
    """What a model said in one call of it, in order."""

    operation: UUID
    said: list[Stored] = []
    thought: float = 0  # seconds before the first word, where reasoning was shown
    goes_on: bool = False  # in the middle of what the round before said, which was broken off there

    @property
    def calls(self) -> list[Call]:
        """The tools called, in order."""
        return [part for part in self.said if isinstance(part, Call)]

    @property
    def drawn(self) -> list[Drawn]:
        """The pictures, in order."""
        return [part for part in self.said if isinstance(part, Drawn)]

    @property
    def sources(self) -> list[Source]:
        """The pages that were cited, in order."""
        return [part for part in self.said if isinstance(part, Source)]

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing but text and reasoning."""
        return all(isinstance(part, Words | Thought) for part in self.said)

    @property
    def text(self) -> str:
        """The text alone."""
        return "".join(part.text for part in self.said if isinstance(part, Words))

    @property
    def reasoning(self) -> str:
        """The reasoning alone."""
        return "".join(part.text for part in self.said if isinstance(part, Thought))


def read(stored: Any) -> list[Round]:
    """The rounds as the database has them."""
    return msgspec.convert(stored, list[Round]) if stored else []


def to_store(rounds: Sequence[Round]) -> list[dict[str, Any]]:
    """The rounds as the database keeps them: none where text and reasoning tell all."""
    if len(rounds) < 2 and all(round.is_plain for round in rounds):
        return []
    return cast("list[dict[str, Any]]", msgspec.to_builtins(rounds))


def seamless(rounds: Iterable[Round]) -> list[Round]:
    """The rounds as a reader sees them: one that goes on in the middle of the one before is one with it."""
    whole: list[Round] = []
    for round in rounds:
        whole.append(_sewn(whole.pop(), round) if round.goes_on and whole else round)
    return whole


def _sewn(first: Round, second: Round) -> Round:
    said, more = list(first.said), list(second.said)
    place = max((place for place, part in enumerate(said) if isinstance(part, Words)), default=None)
    begins = next((part for part in more if isinstance(part, Words)), None)
    if place is not None and begins is not None:
        said[place] = Words(cast(Words, said[place]).text + begins.text)
        more.remove(begins)
    if first.reasoning and second.reasoning:
        said.append(Thought("\n\n"))
    return Round(first.operation, [*said, *more], first.thought + second.thought)


def joined(texts: Iterable[str]) -> str:
    """The texts of all rounds as one."""
    return "\n\n".join(text for text in texts if text.strip())


def exchanged(
    rounds: Iterable[Round], *, signed: bool, pictures: Mapping[UUID, Image] = MappingProxyType({})
) -> Iterator[Said]:
    """What was said between model and tools, as turns.

    Signatures are for the model that gave them alone; pictures that are not at hand are left out.
    """
    for round in _given_back(rounds):
        parts = tuple(part for said in round.said if (part := _part(said, pictures, signed=signed)) is not None)
        if parts:
            yield Said("assistant", parts)
        if round.calls:
            yield Said("user", tuple(_result(call) for call in round.calls))


def _given_back(rounds: Iterable[Round]) -> list[Round]:
    """What was thought about an answer that was broken off is told no more: its proof is missing, or of one half."""
    told: list[Round] = []
    for round in rounds:
        if round.goes_on and told:
            told[-1] = _without_thoughts(told[-1])
        told.append(_without_thoughts(round) if round.goes_on else round)
    return seamless(told)


def _without_thoughts(round: Round) -> Round:
    return Round(round.operation, [part for part in round.said if not isinstance(part, Thought)], goes_on=round.goes_on)


def _part(part: Stored, pictures: Mapping[UUID, Image], *, signed: bool) -> Part | None:
    match part:
        case Words():
            return Text(part.text)
        case Thought():
            return Reasoning(part.text, part.signature, part.hidden) if signed else None
        case Call():
            return ToolCall(part.id, part.name, part.arguments, part.signature if signed else "")
        case Drawn():
            return pictures.get(part.id)
        case Source():
            return None


def _result(call: Call) -> ToolResult:
    text = call.result or {"running": BROKEN_OFF, "done": "", "failed": ""}.get(call.state, NOT_RUN)
    return ToolResult(call.id, call.name, text, failed=call.state != "done")


def in_turns(messages: Iterable[Said]) -> tuple[Said, ...]:
    """The same with what one side said in a row as one turn."""
    turns: list[Said] = []
    for message in messages:
        turns.append(_together(turns.pop(), message) if turns and turns[-1].role == message.role else message)
    return tuple(turns)


def _together(first: Said, second: Said) -> Said:
    if isinstance(first.content, str) and isinstance(second.content, str):
        return Said(first.role, f"{first.content}\n\n{second.content}")
    return Said(first.role, (*first.parts, *second.parts))


def without_tools(prompt: Prompt) -> Prompt:
    """The same without calls and results, for a model that is offered no tools or cannot use them."""
    kept = (Said(message.role, _without_calls(message)) for message in prompt.messages)
    return replace(prompt, tools=(), messages=in_turns(message for message in kept if message.content))


def _without_calls(message: Said) -> str | tuple[Part, ...]:
    if isinstance(message.content, str):
        return message.content
    parts = tuple(part for part in message.parts if not isinstance(part, Reasoning | ToolCall | ToolResult))
    return message.text if all(isinstance(part, Text) for part in parts) else parts
