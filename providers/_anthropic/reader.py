"""Anthropic's Messages, streamed or whole. https://docs.anthropic.com/en/api/messages-streaming"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers._base import Adapter
from providers._events import Citation, Event, Finish, Reasoning, Text, ToolCall
from providers._json import encode
from providers._openai.tool_calls import Pieces, text
from providers._reading.counts import inner
from providers._reading.frame_reader import FrameReader

EVENTS = frozenset({
    "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta",
    "message_stop", "message", "ping",
})  # fmt: skip


class AnthropicReader(FrameReader):
    """Follows the content blocks; a tool call, and the signature of reasoning, are given out when their block stops.

    What the service's own tools do (`server_tool_use` and their results) is shown by the pages that are cited alone.
    """

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._tools: dict[Any, Pieces] = {}
        self._signatures: dict[Any, str] = {}
        self._cited: set[str] = set()

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
        elif block.get("type") == "redacted_thinking" and text(block.get("data")):
            yield Reasoning("", hidden=block["data"])
        else:
            yield from self._said(index, block)
            citations = block.get("citations")
            for citation in citations if isinstance(citations, list) else ():
                yield from self._cite(citation)

    def _delta(self, index: Any, delta: Mapping[str, Any]) -> Iterator[Event]:
        if delta.get("type") == "input_json_delta":
            if index in self._tools:
                self._tools[index].arguments.append(text(delta.get("partial_json")))
        elif delta.get("type") == "citations_delta":
            yield from self._cite(delta.get("citation"))
        else:
            yield from self._said(index, delta)

    def _said(self, index: Any, block: Mapping[str, Any]) -> Iterator[Event]:
        """The text or the thinking of a block or of a delta; what signs it is kept."""
        if text(block.get("signature")):
            self._signatures[index] = self._signatures.get(index, "") + block["signature"]
        if text(block.get("thinking")):
            yield Reasoning(block["thinking"])
        elif text(block.get("text")):
            yield Text(block["text"])

    def _cite(self, citation: Any) -> Iterator[Citation]:
        """A page that was found, once; a place in a document that was sent along has no address."""
        found = citation if isinstance(citation, Mapping) else {}
        url = text(found.get("url"))
        if url and url not in self._cited:
            self._cited.add(url)
            yield Citation(url, text(found.get("title")))

    def _stop(self, index: Any) -> Iterator[ToolCall | Reasoning]:
        pieces, signature = self._tools.pop(index, None), self._signatures.pop(index, "")
        if pieces is not None:
            yield pieces.whole()
        if signature:
            yield Reasoning("", signature)


def finish(holder: Mapping[str, Any]) -> Iterator[Finish]:
    """The stop reason, once it is known."""
    if text(holder.get("stop_reason")):
        yield Finish(holder["stop_reason"])
