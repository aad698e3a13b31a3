"""Gemini's generateContent, streamed or whole. https://ai.google.dev/api/generate-content"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers._counts import inner
from providers._events import Event, Finish, Reasoning, Text, ToolCall
from providers._frame_reader import FrameReader
from providers._json import encode
from providers._tool_calls import text


class GoogleReader(FrameReader):
    """Reads the first candidate; others are never asked for."""

    def events(self, document: Mapping[str, Any]) -> Iterator[Event]:
        """What one chunk says. Function calls come whole."""
        candidates = document.get("candidates")
        for candidate in candidates if isinstance(candidates, list) else ():
            if isinstance(candidate, Mapping) and not candidate.get("index"):
                parts = inner(candidate, "content").get("parts")
                for part in parts if isinstance(parts, list) else ():
                    yield from piece(part if isinstance(part, Mapping) else {})
                if text(candidate.get("finishReason")):
                    yield Finish(candidate["finishReason"])


def piece(part: Mapping[str, Any]) -> Iterator[Event]:
    """One part: a thought, a text, or a function call."""
    call = inner(part, "functionCall")
    if text(part.get("text")):
        yield Reasoning(part["text"]) if part.get("thought") is True else Text(part["text"])
    elif text(call.get("name")):
        yield ToolCall(text(call.get("id")), call["name"], encode(call.get("args") or {}).decode())
