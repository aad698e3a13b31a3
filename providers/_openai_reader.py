"""OpenAI's chat completions, streamed or whole, in the dialects of those who speak them.

https://platform.openai.com/docs/api-reference/chat-streaming
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers._base import Adapter
from providers._events import Event, Finish, Reasoning, Text
from providers._frame_reader import FrameReader
from providers._think_tags import ThinkTags
from providers._tool_calls import ToolCalls, text


class OpenAIReader(FrameReader):
    """Reads the first choice; others are never asked for."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._calls = ToolCalls()
        self._tags = ThinkTags()
        self._finished = False

    def events(self, document: Mapping[str, Any]) -> Iterator[Event]:
        """What one chunk says. Any part of it may be missing."""
        choices = document.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, Mapping) and not choice.get("index"):
                yield from self._choice(choice)

    def left_open(self) -> Iterator[Event]:
        """What no finish reason followed."""
        yield from self._tags.close()
        yield from self._calls.take()

    def _choice(self, choice: Mapping[str, Any]) -> Iterator[Event]:
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, Mapping):
            for event in said(delta):
                yield from self._tags.feed(event.text) if isinstance(event, Text) else (event,)
            calls = delta.get("tool_calls")
            for fragment in calls if isinstance(calls, list) else ():
                self._calls.add(fragment)
        if text(choice.get("text")):  # the older completions
            yield from self._tags.feed(choice["text"])
        reason = text(choice.get("finish_reason"))
        if reason and not self._finished:
            self._finished = True
            yield from self._tags.close()
            yield from self._calls.take()
            yield Finish(reason)


def said(delta: Mapping[str, Any]) -> Iterator[Event]:
    """Reasoning under either of its names, then the text; a refusal is text too."""
    thought = text(delta.get("reasoning_content")) or text(delta.get("reasoning"))
    if thought:
        yield Reasoning(thought)
    content = delta.get("content")
    for part in content if isinstance(content, list) else [content]:
        yield from piece(part)
    if text(delta.get("refusal")):
        yield Text(delta["refusal"])


def piece(part: Any) -> Iterator[Event]:
    """One part of the content: a text, or where Mistral reasons, an object that holds texts."""
    if isinstance(part, str) and part:
        yield Text(part)
    elif isinstance(part, Mapping) and isinstance(part.get("thinking"), list):
        thoughts = [text(thought.get("text")) for thought in part["thinking"] if isinstance(thought, Mapping)]
        if any(thoughts):
            yield Reasoning("".join(thoughts))
    elif isinstance(part, Mapping) and text(part.get("text")):
        yield Text(part["text"])
