"""Usage that a provider reports only when asked: asked for on the way out, taken out again on the way back.

https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options: one more event, whose `choices`
are empty, before `data: [DONE]`. Some services (LiteLLM among them) send it with a choice in which nothing is said.
"""

from __future__ import annotations

import json
import re

from proxy.call import Call, Connection
from proxy.events import WholeEvents

ASK = b',"stream_options":{"include_usage":true}}'
SUSPECT = re.compile(rb'"usage"\s*:\s*\{')
FINISH = re.compile(rb'"finish_reason"\s*:\s*"')  # never within a text: there its quotes are escaped
BOUNDARY = re.compile(rb"(?<=\n\n)|(?<=\n\r\n)|(?<=\r\r)")


def should_ask(call: Call, connection: Connection, streams: bool) -> bool:
    """Whether this request's usage is reported only when asked for, and the user did not turn the asking off."""
    return (
        streams
        and connection.adapter.asks_for_usage
        and call.path.endswith("completions")
        and connection.target.options.get("ask_for_usage") != "off"
    )


def ask(body: bytes) -> bytes | None:
    """The request body that asks for usage; None when it asks already, or is not a JSON object."""
    if b'"stream_options"' not in body:
        trimmed = body.strip()
        return trimmed[:-1] + ASK if trimmed.startswith(b"{") and trimmed.endswith(b"}") else None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    options = document.get("stream_options") or {} if isinstance(document, dict) else None
    if not isinstance(options, dict) or options.get("include_usage"):
        return None
    document["stream_options"] = {**options, "include_usage": True}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


class WithoutUsage(WholeEvents):
    """Takes the one event out that only we asked for; all other bytes pass as they came, at any split."""

    def __init__(self) -> None:
        super().__init__()
        self.finished = False  # a choice has ended: what says nothing after it is there for its usage alone

    def feed(self, chunk: bytes) -> bytes:
        """The bytes that may go on now."""
        return self._strip(super().feed(chunk))

    def rest(self) -> bytes:
        """What is still held at the end."""
        return self._strip(super().rest())

    def _strip(self, events: bytes) -> bytes:
        if SUSPECT.search(events) is None:
            self.finished = self.finished or FINISH.search(events) is not None
            return events
        return b"".join(event for event in BOUNDARY.split(events) if not self._is_ours(event))

    def _is_ours(self, event: bytes) -> bool:
        over = self.finished
        self.finished = over or FINISH.search(event) is not None
        return SUSPECT.search(event) is not None and is_usage(event, over)


def is_usage(event: bytes, over: bool) -> bool:
    """Whether an event reports usage and nothing else: without choices or, when all is `over`, with empty ones."""
    lines = event.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    try:
        document = json.loads(b"\n".join(line[5:] for line in lines if line.startswith(b"data:")))
    except (ValueError, RecursionError):
        return False
    if not isinstance(document, dict) or not isinstance(document.get("usage"), dict):
        return False
    choices = document.get("choices")
    return choices == [] or (over and isinstance(choices, list) and all(map(says_nothing, choices)))


def says_nothing(choice: object) -> bool:
    """Whether a choice holds neither text, nor a call, nor an end; its number and its speaker say nothing new."""
    if not isinstance(choice, dict) or not isinstance(delta := choice.get("delta"), dict):
        return False
    said = {**choice, **delta, "delta": None, "index": None, "role": None}
    return not any(said.values())
