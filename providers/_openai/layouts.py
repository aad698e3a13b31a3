"""How a conversation is laid out for a service that speaks OpenAI's chat completions.

`openai` is the format itself. `r1`, for models after DeepSeek's R1, has no system turn and no two turns of one role in
a row. `simple` is for servers that take one plain text a turn and refuse an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from providers._abilities import Ability
from providers._events import Reasoning, ToolCall
from providers._json import decode_object
from providers._openai.parts import all_in_words, content, with_drawings
from providers._openai.reasoning_details import given_back
from providers._prompt import Message, Prompt, ToolResult

Turn = dict[str, Any]
FORMATS = ("openai", "r1", "simple")
R1_MODELS = re.compile(r"deepseek[-_]?r1|deepseek-reasoner|sonar-reasoning|(^|/)qwq", re.IGNORECASE)
Recall = Literal["", "content", "details"]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a service wants the turns.

    `recall` is how a model is reminded of its reasoning: not at all; as `reasoning_content`, between calls of tools
    alone (DeepSeek refuses it elsewhere, and its absence there); or as OpenRouter's `reasoning_details`. `call_ids` are
    the only ids of calls that the service accepts.
    """

    format: str = "openai"
    able: frozenset[Ability] = frozenset()
    system_role: str = "system"
    recall: Recall = ""
    call_ids: re.Pattern[str] | None = None

    def turns(self, prompt: Prompt) -> list[Turn]:
        """The `messages` of a request. A model that is known to want R1's format gets it from every service."""
        if self.format == "r1" or (self.format == "openai" and R1_MODELS.search(prompt.model)):
            return list(self._in_turn(prompt))
        turns = [turn for message in self._told_apart(prompt) for turn in message]
        if self.format == "simple":
            turns = [turn for turn in turns if turn["content"].strip()]
        return [{"role": self.system_role, "content": prompt.system}, *turns] if prompt.system else turns

    def _told_apart(self, prompt: Prompt) -> Iterator[list[Turn]]:
        messages = with_drawings(prompt.messages)
        if self.format == "simple" or "tools" not in self.able:
            for message in messages:
                yield [self._without_tools(message)]
            return
        in_round = False
        for message in messages:
            yield list(self._answer(message, in_round) if message.role == "assistant" else self._request(message))
            in_round = any(isinstance(part, ToolResult) for part in message.parts)

    def _without_tools(self, message: Message) -> Turn:
        if self.format == "simple" or message.role == "assistant":
            return turn(message.role, all_in_words(message))
        return turn("user", content((part for part in message.parts if not isinstance(part, Reasoning)), self.able))

    def _request(self, message: Message) -> Iterator[Turn]:
        """Results stand in turns of their own, before whatever else the user says."""
        results = [part for part in message.parts if isinstance(part, ToolResult)]
        for result in results:
            yield turn("tool", result.text) | {"tool_call_id": self._id(result.id)}
        others = [part for part in message.parts if not isinstance(part, ToolResult | Reasoning)]
        if others or not results:
            yield turn("user", content(others, self.able) if others else message.text)

    def _answer(self, message: Message, in_round: bool) -> Iterator[Turn]:
        """What the model said, in words and calls. `in_round`: after the results of tools."""
        calls = [part for part in message.parts if isinstance(part, ToolCall)]
        answer = turn("assistant", message.text or ("" if not calls else None))
        if calls:
            answer["tool_calls"] = [self._call(call) for call in calls]
        thoughts = [part for part in message.parts if isinstance(part, Reasoning)]
        if self.recall == "content" and (calls or in_round):
            answer["reasoning_content"] = "".join(thought.text for thought in thoughts)
        elif self.recall == "details":
            answer |= given_back(thoughts, between_calls=bool(calls) or in_round)
        yield answer

    def _call(self, call: ToolCall) -> Turn:
        """A call, with what the service added to it; another service's signature is no object and is left out."""
        function = {"name": call.name, "arguments": call.arguments}
        asked = {"id": self._id(call.id), "type": "function", "function": function}
        extra = decode_object(call.signature.encode("utf-8", "replace")) if call.signature else {}
        return {**asked, "extra_content": extra} if extra else asked

    def _id(self, given: str) -> str:
        if self.call_ids is None or self.call_ids.fullmatch(given):
            return given
        return sha256(given.encode("utf-8", "replace")).hexdigest()[:9]

    def _in_turn(self, prompt: Prompt) -> Iterator[Turn]:
        """The system prompt begins the first user turn, and turns of one role that follow each other are one."""
        opening = [[turn("user", prompt.system)]] if prompt.system else []
        last: Turn | None = None
        for found in (found for message in [*opening, *self._told_apart(prompt)] for found in message):
            if is_empty(found):
                continue
            if last is not None and last["role"] == found["role"] and is_plain(last) and is_plain(found):
                last["content"] = joined(last["content"], found["content"])
                continue
            if last is not None:
                yield last
            last = found
        if last is not None:
            yield last


def is_empty(turn: Turn) -> bool:
    """Whether a turn says nothing."""
    said = turn["content"]
    return turn["role"] != "tool" and "tool_calls" not in turn and not (said.strip() if isinstance(said, str) else said)


def is_plain(turn: Turn) -> bool:
    """Whether a turn is made of content alone, so that another can be joined to it."""
    return turn.keys() == {"role", "content"}


def joined(first: str | list[Turn], second: str | list[Turn]) -> str | list[Turn]:
    """Both contents as one: texts with an empty line between them, else their parts."""
    if isinstance(first, str) and isinstance(second, str):
        return f"{first}\n\n{second}"
    as_parts = ([{"type": "text", "text": said}] if isinstance(said, str) else said for said in (first, second))
    return [part for parts in as_parts for part in parts]


def turn(role: str, said: Any) -> Turn:
    """One turn."""
    return {"role": role, "content": said}
