"""Bedrock's ConverseStream. Amazon Bedrock API Reference, "ConverseStreamOutput"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers._amazon_events import AmazonEvents
from providers._base import Adapter
from providers._counts import inner
from providers._events import Event, Finish, Reasoning, Text, ToolCall
from providers._frame_reader import FrameReader
from providers._tool_calls import Pieces, text


class BedrockReader(FrameReader):
    """Follows the content blocks; a tool call is given out when its block stops."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter, AmazonEvents())
        self._tools: dict[Any, Pieces] = {}

    def events(self, document: Mapping[str, Any]) -> Iterator[Event]:
        """What one event says; unknown ones say nothing."""
        for name, said in document.items():
            said = said if isinstance(said, Mapping) else {}
            index = said.get("contentBlockIndex")
            match name:
                case "contentBlockStart":
                    self._start(index, inner(inner(said, "start"), "toolUse"))
                case "contentBlockDelta":
                    yield from self._delta(index, inner(said, "delta"))
                case "contentBlockStop":
                    yield from self._stop(index)
                case "messageStop" if text(said.get("stopReason")):
                    yield Finish(said["stopReason"])

    def _start(self, index: Any, tool: Mapping[str, Any]) -> None:
        if text(tool.get("name")):
            self._tools[index] = Pieces(text(tool.get("toolUseId")), tool["name"])

    def _delta(self, index: Any, delta: Mapping[str, Any]) -> Iterator[Event]:
        thought = text(inner(delta, "reasoningContent").get("text"))  # a signature or what is redacted is for nobody
        if index in self._tools:
            self._tools[index].arguments.append(text(inner(delta, "toolUse").get("input")))
        if text(delta.get("text")):
            yield Text(delta["text"])
        if thought:
            yield Reasoning(thought)

    def _stop(self, index: Any) -> Iterator[ToolCall]:
        pieces = self._tools.pop(index, None)
        if pieces is not None:
            yield pieces.whole()
