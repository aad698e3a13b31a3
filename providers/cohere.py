"""Cohere: its own chat (version 2) and, under `compatibility/v1`, OpenAI's. https://docs.cohere.com/reference/chat"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from providers._abilities import Ability
from providers._base import Exchange, Model, Operation
from providers._cohere.format import request_body
from providers._cohere.reader import CohereReader
from providers._events import Usage
from providers._failures.classify import classify
from providers._failures.complaint import Complaint, read_body
from providers._failures.errors import ProviderError
from providers._joining import is_version, join_once, segments
from providers._json import encode
from providers._openai.tool_calls import text
from providers._prompt import Prompt
from providers._reading.counts import count, inner
from providers._reading.operation import read_operation
from providers._reading.usage import first_choice
from providers._service import Service

COMPATIBLE = "compatibility"
OPERATIONS = {"chat": "chat", "embed": "embeddings", "tokenize": "count", "detokenize": "count"}
MONTHLY = re.compile(r"calls\s*/\s*month", re.IGNORECASE)
BROKEN_OFF = {  # finish reasons of an answer that failed, and what they mean
    "ERROR": frozenset({"server_error"}),
    "TIMEOUT": frozenset({"timeout_error"}),
    "ERROR_TOXIC": frozenset({"content_filter"}),
    "ERROR_LIMIT": frozenset({"context_length_exceeded"}),
}


class Cohere(Service):
    """Version 2 of Cohere's API for chat; whatever else it has passes as it comes."""

    kind = "cohere"
    label = "Cohere"
    base_url = "https://api.cohere.com"
    key_url = "https://dashboard.cohere.com/api-keys"
    price_id = "cohere"
    shape = "cohere"
    wire_format = "cohere"
    forwarded = frozenset({"x-client-name"})
    terminals = (b"data: [DONE]", b"data:[DONE]")
    takes: frozenset[Ability] = frozenset({
        "tools", "tool_choice", "images", "image_urls", "json_object", "json_schema", "reasoning_effort", "top_p",
        "stop", "seed", "presence_penalty", "frequency_penalty",
    })  # fmt: skip

    def join(self, root: list[str], path: list[str]) -> list[str]:
        """A root that ends with a version, or with the compatible one, gives way to the path's own."""
        if path and root and root[-1] != path[0] and (is_version(path[0]) or path[0] == COMPATIBLE):
            root = root[:-1] if is_version(root[-1]) else root
            root = root[:-1] if root and root[-1] == COMPATIBLE else root
        return join_once(root, path)

    def lacks(self, prompt: Prompt) -> tuple[Ability, ...]:
        """What it cannot do, a JSON answer beside tools among it."""
        format = prompt.response_format
        clash: Ability = "json_object" if format is None or format.schema is None else "json_schema"
        lacking = super().lacks(prompt)
        return (*lacking, clash) if prompt.tools and format is not None else lacking

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming chat request."""
        return Exchange("POST", "v2/chat", {"content-type": "application/json"}, body=encode(request_body(prompt)))

    def models(self) -> Exchange:
        """The request that lists the models for chat."""
        return Exchange("GET", "v1/models", query="endpoint=chat&page_size=1000")

    def read_models(self, body: bytes) -> list[Model]:
        """The models that can chat. Raises ProviderError on nonsense."""
        rows = self.listed(body, "models")
        return sorted(map(read_model, filter(can_chat, rows)), key=lambda model: model.id.lower())

    def operation(self, method: str, path: str, body: bytes) -> Operation:
        """What a native request asks for."""
        asked = read_operation(path, body)
        name = OPERATIONS.get(next(reversed(segments(path)), ""))
        return asked if name is None else replace(asked, name=name)

    def reader(self) -> CohereReader:
        """A fresh reader of one chat answer."""
        return CohereReader(self)

    def usage(self, document: Mapping[str, Any]) -> Usage | None:
        """What was billed, in the last event, in a whole answer, or in the `meta` of the older endpoints."""
        raw = inner(document, "usage") or inner(inner(document, "delta"), "usage") or inner(document, "meta")
        if inner(raw, "billed_units") or inner(raw, "tokens"):
            return read_counts(raw)
        return super().usage(document)

    def ends(self, document: Mapping[str, Any]) -> bool:
        """The event `message-end`, a whole answer, or a finish reason in the compatible format."""
        if document.get("type") == "message-end" or isinstance(document.get("message"), dict):
            return True
        choice = first_choice(document)
        return isinstance(choice, dict) and bool(choice.get("finish_reason"))

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """An error answer: one message, whose words alone tell a trial key's month from its minute."""
        complaint = read_body(body)
        hint = "invalid_api_key" if status == 498 else "insufficient_quota" if MONTHLY.search(complaint.message) else ""
        words = complaint.words | {hint} if hint else complaint.words
        return classify(self.speaker, replace(complaint, words=words), status, headers)

    def event_failure(self, document: Mapping[str, Any]) -> ProviderError | None:
        """An error, or an answer whose finish reason tells of one."""
        holder = inner(document, "delta") if document.get("type") == "message-end" else document
        reason = holder.get("finish_reason")
        if isinstance(reason, str) and reason in BROKEN_OFF:
            complaint = Complaint(text(holder.get("error")), BROKEN_OFF[reason], code=reason)
            return classify(self.speaker, complaint, None)
        return super().event_failure(document)

    def preliminary(self, document: Mapping[str, Any]) -> bool:
        """Whether an event says nothing yet."""
        return document.get("type") == "message-start" or super().preliminary(document)


def can_chat(row: Any) -> bool:
    """Whether a row names a model for chat that is still served."""
    if not isinstance(row, Mapping) or not isinstance(row.get("name"), str) or not row["name"]:
        return False
    endpoints = row.get("endpoints")
    return row.get("is_deprecated") is not True and (not isinstance(endpoints, list) or "chat" in endpoints)


def read_model(row: Mapping[str, Any]) -> Model:
    """One row of the list; a size of 0 is unknown."""
    features = row.get("features")

    def has(feature: str) -> bool | None:
        return feature in features if isinstance(features, list) else None

    context = count(row.get("context_length")) or None
    return Model(row["name"], context=context, tools=has("tools"), images=has("vision"), reasoning=has("reasoning"))


def read_counts(raw: Mapping[str, Any]) -> Usage:
    """`billed_units` is what is paid for; `tokens` also counts what Cohere itself put around the prompt."""
    units = inner(raw, "billed_units") or inner(raw, "tokens")
    read, cached = count(units.get("input_tokens")), count(raw.get("cached_tokens"))
    within = cached is not None and read is not None and cached <= read
    return Usage(read, count(units.get("output_tokens")), cached if within else None, raw=raw)
