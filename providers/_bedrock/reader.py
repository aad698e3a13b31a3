"""Bedrock's ConverseStream. Amazon Bedrock API Reference, "ConverseStreamOutput"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers._base import Adapter
from providers._bedrock.event_stream import AmazonEvents
from providers._events import Citation, Event, Finish, Reasoning, Text, ToolCall
from providers._openai.tool_calls import Pieces, text
from providers._reading.counts import inner
from providers._reading.frame_reader import FrameReader


class BedrockReader(FrameReader):
    """Follows the content blocks; a tool call, and the signature of reasoning, are given out when their block stops."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter, AmazonEvents())
        self._tools: dict[Any, Pieces] = {}
        self._signatures: dict[Any, str] = {}

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
        if text(tool.get("name")) and tool.get("type") != "server_tool_use":
            self._tools[index] = Pieces(text(tool.get("toolUseId")), tool["name"])

    def _delta(self, index: Any, delta: Mapping[str, Any]) -> Iterator[Event]:
        if index in self._tools:
            self._tools[index].arguments.append(text(inner(delta, "toolUse").get("input")))
        if text(delta.get("text")):
            yield Text(delta["text"])
        yield from self._think(index, inner(delta, "reasoningContent"))
        citation = inner(delta, "citation")
        if url := text(inner(inner(citation, "location"), "web").get("url")):
            yield Citation(url, text(citation.get("title")))

    def _think(self, index: Any, thought: Mapping[str, Any]) -> Iterator[Reasoning]:
        if text(thought.get("text")):
            yield Reasoning(thought["text"])
        if text(thought.get("redactedContent")):
            yield Reasoning("", hidden=thought["redactedContent"])
        if text(thought.get("signature")):
            self._signatures[index] = self._signatures.get(index, "") + thought["signature"]

    def _stop(self, index: Any) -> Iterator[ToolCall | Reasoning]:
        pieces, signature = self._tools.pop(index, None), self._signatures.pop(index, "")
        if pieces is not None:
            yield pieces.whole()
        if signature:
            yield Reasoning("", signature)
