"""Gemini's generateContent, streamed or whole. https://ai.google.dev/api/generate-content"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from providers._base import Adapter
from providers._events import Citation, Event, Finish, Image, Reasoning, Text, ToolCall
from providers._json import encode
from providers._openai.tool_calls import text
from providers._reading.counts import inner
from providers._reading.frame_reader import FrameReader

SOURCES = ("web", "maps", "retrievedContext", "image")  # where a piece of evidence may come from


class GoogleReader(FrameReader):
    """Reads the first candidate; others are never asked for."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._cited: set[str] = set()
        self._answer = ""
        self._calls = 0

    def events(self, document: Mapping[str, Any]) -> Iterator[Event]:
        """What one chunk says. Function calls come whole."""
        self._answer = self._answer or text(document.get("responseId"))[:100]
        for candidate in rows(document, "candidates"):
            if not candidate.get("index"):
                for part in rows(inner(candidate, "content"), "parts"):
                    yield from self._piece(part)
                yield from self._citations(inner(candidate, "groundingMetadata"))
                if text(candidate.get("finishReason")):
                    yield Finish(candidate["finishReason"])

    def _piece(self, part: Mapping[str, Any]) -> Iterator[Event]:
        call, media, thought = inner(part, "functionCall"), inner(part, "inlineData"), part.get("thought") is True
        if text(part.get("text")):
            yield Reasoning(part["text"]) if thought else Text(part["text"])
        elif text(call.get("name")):
            arguments = encode(call.get("args") or {}).decode()
            yield ToolCall(self._call_id(call), call["name"], arguments, text(part.get("thoughtSignature")))
        elif text(media.get("mimeType")).startswith("image/") and not thought:  # among the thoughts it is a draft
            yield from picture(media)

    def _call_id(self, call: Mapping[str, Any]) -> str:
        self._calls += 1
        if not text(call.get("id")):  # older models give none
            self._answer = self._answer or uuid4().hex
        return text(call.get("id")) or f"call_{self._answer}_{self._calls}"

    def _citations(self, metadata: Mapping[str, Any]) -> Iterator[Citation]:
        for chunk in rows(metadata, "groundingChunks"):
            source = inner(chunk, *SOURCES)
            url = text(source.get("uri")) or text(source.get("sourceUri"))
            if url and url not in self._cited:  # each chunk of an answer may repeat them
                self._cited.add(url)
                yield Citation(url, text(source.get("title")))


def rows(holder: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The objects in a list of that name."""
    found = holder.get(name)
    return (row for row in found if isinstance(row, Mapping)) if isinstance(found, list) else iter(())


def picture(media: Mapping[str, Any]) -> Iterator[Image]:
    """The picture that was drawn; nothing for what is none."""
    try:
        data = b64decode(text(media.get("data")), validate=True)
    except (Error, ValueError):
        return
    if data:
        yield Image(data, media["mimeType"])
