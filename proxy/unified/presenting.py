"""An answer in OpenAI's format: piece by piece, or whole."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import msgspec

from providers import Event, ServerFailed
from proxy.plan import Answer
from proxy.record import Record
from proxy.unified.deltas import Delta, Deltas

LARGEST = 32 * 1024 * 1024  # bytes of an answer that is collected before it goes on
DONE = b"data: [DONE]\n\n"
JOINED = ("content", "reasoning_content")  # texts that are told in pieces; all else comes in lists


def named(answer: Answer, asked: str, kind: str) -> dict[str, Any]:
    """What every document of one answer says. The model is the one `asked` for, or that which answered in its place."""
    record = answer.record
    return {
        "id": f"chatcmpl-{record.operation_id.hex}",
        "object": kind,
        "created": int(time.time()),
        "model": asked if record.route_reason is None else f"{answer.connection.slug}/{record.model}",
    }


class Pieces:
    """An answer as server-sent events."""

    def __init__(self, answer: Answer, asked: str) -> None:
        self.deltas = Deltas()
        self._named = named(answer, asked, "chat.completion.chunk")
        head = msgspec.json.encode(self._named)[:-1]
        self._head = b"data: " + head + b',"choices":[{"index":0,"delta":'
        self._first = True

    def of(self, events: Iterable[Event]) -> bytes:
        """What these events say; nothing where they say nothing to a reader. The role comes first."""
        found = [delta for event in events if (delta := self.deltas.of(event))]
        if found and self._first:
            self._first = False
            found.insert(0, {"role": "assistant", "content": ""})
        return b"".join(map(self._piece, found))

    def end(self, usage: dict[str, Any] | None) -> bytes:
        """How the answer ended, and what it used, where that is told."""
        opening = self._piece({"role": "assistant", "content": ""}) if self._first else b""
        choice: dict[str, Any] = {"index": 0, "delta": {}, **self.deltas.finish}
        parts = [opening, self._event({**self._named, "choices": [choice]})]
        if usage is not None:
            parts.append(self._event({**self._named, "choices": [], "usage": usage}))
        return b"".join(parts) + DONE

    def _piece(self, delta: Delta) -> bytes:
        return self._head + msgspec.json.encode(delta) + b',"finish_reason":null}]}\n\n'

    def _event(self, document: dict[str, Any]) -> bytes:
        return b"data: " + msgspec.json.encode(document) + b"\n\n"


class Whole:
    """An answer as one document."""

    def __init__(self, answer: Answer, asked: str) -> None:
        self.deltas = Deltas()
        self._named = named(answer, asked, "chat.completion")
        self._texts: dict[str, list[str]] = {name: [] for name in JOINED}
        self._lists: dict[str, list[Any]] = {}
        self._size = 0

    def add(self, events: Iterable[Event]) -> None:
        """Take what these events say. Raises ServerFailed for an answer beyond all measure."""
        for delta in filter(None, map(self.deltas.of, events)):
            for name, said in delta.items():
                self._size += len(said) if isinstance(said, str) else len(msgspec.json.encode(said))
                if isinstance(said, str):
                    self._texts[name].append(said)
                else:
                    self._lists.setdefault(name, []).extend(said)
        if self._size > LARGEST:
            raise ServerFailed("The answer is too large to be sent as a whole. Ask for a stream.")

    def end(self, usage: dict[str, Any] | None) -> bytes:
        """The document."""
        content = "".join(self._texts["content"])
        message: dict[str, Any] = {
            "role": "assistant",
            "content": content or (None if self._lists else ""),
            "refusal": None,
        }
        if self._texts["reasoning_content"]:
            message["reasoning_content"] = "".join(self._texts["reasoning_content"])
        for name, items in self._lists.items():
            message[name] = [without_index(item) for item in items] if name == "tool_calls" else items
        choice = {"index": 0, "message": message, "logprobs": None, **self.deltas.finish}
        return msgspec.json.encode({**self._named, "choices": [choice], "usage": usage})


def without_index(call: dict[str, Any]) -> dict[str, Any]:
    """A call as it stands in a whole message."""
    return {name: value for name, value in call.items() if name != "index"}


def usage_of(record: Record) -> dict[str, Any] | None:
    """The tokens and the cost of an attempt that is over; None where nobody counted, null for what nobody told."""
    read, written = record.input_tokens, record.output_tokens
    if read is None and written is None:
        return None
    told: dict[str, Any] = {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": None if read is None or written is None else read + written,
    }
    cached = {"cached_tokens": record.cache_read_tokens, "cache_write_tokens": record.cache_write_tokens}
    details = {name: value for name, value in cached.items() if value is not None}
    if details:
        told["prompt_tokens_details"] = details
    if record.reasoning_tokens is not None:
        told["completion_tokens_details"] = {"reasoning_tokens": record.reasoning_tokens}
    if record.cost_usd is not None:
        told["cost"] = float(record.cost_usd)
    if record.tokens_source == "estimate":
        told["is_estimate"] = True
    return told
