"""Ollama's own chat, streamed or whole: a JSON object on each line. https://docs.ollama.com/api/chat"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers._base import Adapter
from providers._events import Event, Finish, Reasoning, ToolCall
from providers._json import encode
from providers._openai.think_tags import ThinkTags
from providers._openai.tool_calls import text
from providers._reading.counts import inner
from providers._reading.frame_reader import FrameReader


class OllamaReader(FrameReader):
    """Reads the lines of a chat, and those of a completion (`/api/generate`)."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._tags = ThinkTags()  # older servers leave them in the text
        self._calls = 0

    def events(self, document: Mapping[str, Any]) -> Iterator[Event]:
        """What one line says. Tool calls come whole."""
        message = inner(document, "message")
        thought = text(message.get("thinking")) or text(document.get("thinking"))
        if thought:
            yield Reasoning(thought)
        yield from self._tags.feed(text(message.get("content")) or text(document.get("response")))
        calls = message.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            yield from self._asked(call if isinstance(call, Mapping) else {}, document)
        if document.get("done") is True:
            yield from self._tags.close()
            if text(document.get("done_reason")):
                yield Finish(document["done_reason"])

    def _asked(self, call: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[ToolCall]:
        """One call of a tool; older servers give it no id, so it gets one of the moment and its number."""
        function = inner(call, "function")
        if text(function.get("name")):
            self._calls += 1
            moment = "".join(filter(str.isalnum, text(document.get("created_at"))))[:40]
            identity = text(call.get("id")) or f"call_{moment}_{self._calls}"
            yield ToolCall(identity, function["name"], encode(function.get("arguments") or {}).decode())
