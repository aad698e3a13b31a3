"""What is said to an MCP server and back: JSON-RPC 2.0, and the content of results as text.

https://modelcontextprotocol.io/specification/2025-06-18/server/tools
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import msgspec

from providers import EventStream, Frame
from thinkback.tools.offered import ToolFailed

Said = dict[str, Any]
LONGEST_NAME = 200  # characters that are shown of what a server calls itself or its pictures


class Unreadable(ToolFailed):
    """What a server sent is not the protocol."""


def request(id: int, method: str, params: Mapping[str, Any]) -> Said:
    """A question that wants an answer."""
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": dict(params)}


def notification(method: str, params: Mapping[str, Any] | None = None) -> Said:
    """Something that is only told."""
    return {"jsonrpc": "2.0", "method": method, **({} if params is None else {"params": dict(params)})}


def reply(question: Mapping[str, Any]) -> Said:
    """The answer to a server's own question: we are there, and can do nothing of what servers may ask for."""
    answer: Said = {"jsonrpc": "2.0", "id": question.get("id")}
    if question.get("method") == "ping":
        return answer | {"result": {}}
    return answer | {"error": {"code": -32601, "message": "This client offers nothing of the kind."}}


def read(data: bytes) -> Iterator[Said]:
    """The messages of one JSON text: one, or a batch as the protocol of 2025-03-26 had them. Raises Unreadable."""
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise Unreadable("It did not answer in JSON.") from None
    for message in found if isinstance(found, list) else [found]:
        if not isinstance(message, dict):
            raise Unreadable("It did not answer in JSON-RPC.")
        yield message


class Reader:
    """The bytes of an answer → messages, at any split: a stream of events, or one JSON text at its end."""

    def __init__(self, media_type: str) -> None:
        if media_type not in ("application/json", "text/event-stream"):
            raise Unreadable("It did not answer like an MCP server.")
        self._events = EventStream() if media_type == "text/event-stream" else None
        self._whole = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Said]:
        """The messages that this chunk completes."""
        if self._events is None:
            self._whole += chunk
        else:
            yield from chain.from_iterable(map(_in_frame, self._events.feed(chunk)))

    def close(self) -> Iterator[Said]:
        """Those at the end."""
        if self._events is not None:
            yield from chain.from_iterable(map(_in_frame, self._events.close()))
        elif self._whole.strip():
            yield from read(bytes(self._whole))


def _in_frame(frame: Frame) -> Iterator[Said]:
    if frame.name in ("", "message") and frame.data.strip():
        yield from read(frame.data)


def result_of(message: Mapping[str, Any]) -> Said:
    """The result of an answer. Raises ToolFailed with the server's own words for an error."""
    error = message.get("error")
    if isinstance(error, Mapping):
        raise ToolFailed(str(error.get("message") or "It answered with an error."))
    result = message.get("result")
    if not isinstance(result, dict):
        raise Unreadable("Its answer has no result.")
    return result


def text_of(result: Mapping[str, Any]) -> str:
    """What a tool answered, as text. Raises ToolFailed where the result says that it failed."""
    content = result.get("content")
    parts = [_text(part) for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []
    text = "\n\n".join(part for part in parts if part)
    if not text and result.get("structuredContent") is not None:
        text = json.dumps(result["structuredContent"], ensure_ascii=False)
    if result.get("isError") is True:
        raise ToolFailed(text or "The tool failed, and did not say why.")
    return text or "(no content)"


def _text(part: Mapping[str, Any]) -> str:
    resource = part.get("resource")
    match part.get("type"):
        case "text":
            return str(part.get("text", ""))
        case "resource" if isinstance(resource, Mapping):
            words = resource.get("text")
            return words if isinstance(words, str) else f"[a file: {short(resource.get('uri'))}]"
        case "resource_link":
            return f"[{short(part.get('name'))}: {short(part.get('uri'))}]"
        case "image" | "audio" as kind:
            return f"[{kind}, {short(part.get('mimeType'))}: it cannot be shown here]"
    return ""


def short(value: object) -> str:
    """A name of bearable length."""
    return value[:LONGEST_NAME] if isinstance(value, str) else "?"
