"""Cohere's chat, version 2, streamed or whole. https://docs.cohere.com/v2/docs/streaming"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers._base import Adapter
from providers._events import Event, Finish, Reasoning, Text, ToolCall
from providers._openai.tool_calls import Pieces, text
from providers._reading.counts import inner
from providers._reading.frame_reader import FrameReader


class CohereReader(FrameReader):
    """Follows the events by their `type`; a tool call is given out when it ends. Citations say nothing new."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._tools: dict[Any, Pieces] = {}

    def events(self, document: Mapping[str, Any]) -> Iterator[Event]:
        """What one event says, or a whole answer."""
        kind, delta = document.get("type"), inner(document, "delta")
        message = inner(delta, "message")
        match kind:
            case "content-start" | "content-delta":
                yield from piece(inner(message, "content"))
            case "tool-plan-delta":
                yield from plan(message)
            case "tool-call-start" | "tool-call-delta":
                self._add(document.get("index"), inner(message, "tool_calls"))
            case "tool-call-end":
                yield from self._take(document.get("index"))
            case "message-end":
                yield from self.left_open()
                yield from finish(delta)
            case None:
                yield from whole(inner(document, "message"))
                yield from finish(document)

    def left_open(self) -> Iterator[ToolCall]:
        """Tool calls whose end was not told."""
        for index in list(self._tools):
            yield from self._take(index)

    def _add(self, index: Any, call: Mapping[str, Any]) -> None:
        pieces = self._tools.setdefault(index if isinstance(index, int) else None, Pieces())
        function = inner(call, "function")
        pieces.id = pieces.id or text(call.get("id"))
        pieces.name = pieces.name or text(function.get("name"))
        pieces.arguments.append(text(function.get("arguments")))

    def _take(self, index: Any) -> Iterator[ToolCall]:
        pieces = self._tools.pop(index if isinstance(index, int) else None, None)
        if pieces is not None:
            yield pieces.whole()


def piece(content: Mapping[str, Any]) -> Iterator[Event]:
    """A part of the content: thinking, or text."""
    if text(content.get("thinking")):
        yield Reasoning(content["thinking"])
    if text(content.get("text")):
        yield Text(content["text"])


def plan(message: Mapping[str, Any]) -> Iterator[Event]:
    """Why the model wants the tools that it is about to call."""
    if text(message.get("tool_plan")):
        yield Reasoning(message["tool_plan"])


def whole(message: Mapping[str, Any]) -> Iterator[Event]:
    """A message that was not streamed."""
    yield from plan(message)
    content, calls = message.get("content"), message.get("tool_calls")
    for part in content if isinstance(content, list) else ():
        yield from piece(part if isinstance(part, Mapping) else {})
    for call in calls if isinstance(calls, list) else ():
        function = inner(call, "function") if isinstance(call, Mapping) else {}
        if text(function.get("name")):
            yield ToolCall(text(call.get("id")), function["name"], text(function.get("arguments")) or "{}")


def finish(holder: Mapping[str, Any]) -> Iterator[Finish]:
    """Why it ended."""
    if text(holder.get("finish_reason")):
        yield Finish(holder["finish_reason"])
