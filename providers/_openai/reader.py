"""OpenAI's chat completions, streamed or whole, in the dialects of those who speak them.

https://platform.openai.com/docs/api-reference/chat-streaming
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from providers._base import Adapter
from providers._events import Citation, Event, Finish, Image, Reasoning, Text
from providers._openai.reasoning_details import thoughts
from providers._openai.think_tags import ThinkTags
from providers._openai.tool_calls import ToolCalls, text
from providers._reading.frame_reader import FrameReader


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
    """Reasoning under any of its names, then the text; a refusal is text too, and pages and pictures come last."""
    details = list(thoughts(delta.get("reasoning_details")))
    thought = text(delta.get("reasoning_content")) or text(delta.get("reasoning"))
    if thought and not any(detail.text for detail in details):
        yield Reasoning(thought)
    yield from details
    content = delta.get("content")
    for part in content if isinstance(content, list) else [content]:
        yield from piece(part)
    if text(delta.get("refusal")):
        yield Text(delta["refusal"])
    for image in objects(delta.get("images")):  # OpenRouter, Vercel
        yield from drawn(image)
    for annotation in objects(delta.get("annotations")):
        yield from cited(annotation)


def piece(part: Any) -> Iterator[Event]:
    """One part of the content: a text, a picture, or where Mistral reasons, an object that holds texts."""
    if isinstance(part, str) and part:
        yield Text(part)
    elif not isinstance(part, Mapping):
        return
    elif isinstance(part.get("thinking"), list):
        said = "".join(text(thought.get("text")) for thought in objects(part["thinking"]))
        if said:
            yield Reasoning(said)
    elif text(part.get("text")):
        yield Text(part["text"])
    elif "image_url" in part:
        yield from drawn(part)


def drawn(part: Mapping[str, Any]) -> Iterator[Image | Text]:
    """A picture that stands in its own address; one that stands elsewhere is told as a link to it."""
    stated = part.get("image_url")
    address = text(stated.get("url")) if isinstance(stated, Mapping) else text(stated)
    head, _, body = address.partition(",")
    if head.startswith("data:image/") and head.endswith(";base64"):
        if data := from_base64(body):
            yield Image(data, head[len("data:") : -len(";base64")].partition(";")[0])
    elif address.startswith("https://"):
        yield Text(f"\n\n![]({address})\n")


def from_base64(encoded: str) -> bytes:
    """The bytes; none for what is not base64."""
    try:
        return b64decode(encoded, validate=True)
    except ValueError:
        return b""


def cited(annotation: Mapping[str, Any]) -> Iterator[Citation]:
    """A page that the answer rests on: https://platform.openai.com/docs/guides/tools-web-search#output-and-citations"""
    inner = annotation.get("url_citation")
    page = inner if isinstance(inner, Mapping) else annotation
    if annotation.get("type") == "url_citation" and text(page.get("url")):
        yield Citation(page["url"], text(page.get("title")))


def objects(values: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; none for anything else."""
    return [value for value in values if isinstance(value, Mapping)] if isinstance(values, list) else []
