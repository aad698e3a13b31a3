"""Anthropic's Messages, streamed or whole. https://docs.anthropic.com/en/api/messages-streaming"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers._base import Adapter
from providers._counts import inner
from providers._events import Event, Finish, Reasoning, Text, ToolCall
from providers._frame_reader import FrameReader
from providers._json import encode
from providers._tool_calls import Pieces, text


class AnthropicReader(FrameReader):
    """Follows the content blocks; a tool call is given out when its block stops."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._tools: dict[Any, Pieces] = {}

    def events(self, document: Mapping[str, Any]) -> Iterator[Event]:
        """What one event says; pings and unknown ones say nothing."""
        match document.get("type"):
            case "content_block_start":
                yield from self._start(document.get("index"), inner(document, "content_block"))
            case "content_block_delta":
                yield from self._delta(document.get("index"), inner(document, "delta"))
            case "content_block_stop":
                yield from self._stop(document.get("index"))
            case "message_delta":
                yield from finish(inner(document, "delta"))
            case "message":  # whole, not streamed
                content = document.get("content")
                for block in content if isinstance(content, list) else ():
                    yield from self._start(None, block if isinstance(block, Mapping) else {})
                    yield from self._stop(None)
                yield from finish(document)

    def _start(self, index: Any, block: Mapping[str, Any]) -> Iterator[Event]:
        if block.get("type") == "tool_use":
            given = block.get("input")
            arguments = [encode(given).decode()] if given else []
            self._tools[index] = Pieces(text(block.get("id")), text(block.get("name")), arguments)
        else:
            yield from said(block)

    def _delta(self, index: Any, delta: Mapping[str, Any]) -> Iterator[Event]:
        if delta.get("type") == "input_json_delta" and index in self._tools:
            self._tools[index].arguments.append(text(delta.get("partial_json")))
        else:
            yield from said(delta)

    def _stop(self, index: Any) -> Iterator[ToolCall]:
        pieces = self._tools.pop(index, None)
        if pieces is not None:
            yield pieces.whole()


def said(block: Mapping[str, Any]) -> Iterator[Event]:
    """The text or the thinking of a block or of a delta."""
    if text(block.get("thinking")):
        yield Reasoning(block["thinking"])
    elif text(block.get("text")):
        yield Text(block["text"])


def finish(holder: Mapping[str, Any]) -> Iterator[Finish]:
    """The stop reason, once it is known."""
    if text(holder.get("stop_reason")):
        yield Finish(holder["stop_reason"])
