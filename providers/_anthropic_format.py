"""The format of Anthropic's Messages, which a few others speak too. https://docs.anthropic.com/en/api/messages"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from providers._anthropic_reader import AnthropicReader
from providers._base import Exchange, Model
from providers._counts import count, inner
from providers._events import Prompt
from providers._json import encode
from providers._service import Service

VERSION = {"anthropic-version": "2023-06-01"}
# The format demands a maximum; these are the largest that every model of a family accepts.
MAXIMA = ((re.compile(r"claude-3-(opus|sonnet|haiku)"), 4096), (re.compile(r"claude-[a-z]+-\d|claude-3-7"), 32_000))
MAXIMUM = 8192


class AnthropicFormat(Service):
    """Speaks Anthropic's Messages."""

    shape = "anthropic"
    wire_format = "anthropic"
    forwarded = frozenset({"anthropic-version", "anthropic-beta", "idempotency-key"})
    terminals = (
        b"event: message_stop", b"event:message_stop",
        b'data: {"type":"message_stop"', b'data: {"type": "message_stop"',
    )  # fmt: skip
    telling = (b"event: error", b"event:error", b'"error"', b'"message"', b'"message_stop"', b'"usage"')

    def key_headers(self, key: str) -> dict[str, str]:
        """The key in its own header; an OAuth token as a bearer."""
        return super().key_headers(key) if key.startswith("sk-ant-oat") else {"x-api-key": key}

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming chat request. Empty turns are left out: they are refused."""
        maximum = prompt.max_tokens if prompt.max_tokens is not None else default_maximum(prompt.model)
        body: dict[str, Any] = {
            "model": prompt.model,
            "max_tokens": maximum,
            "messages": [{"role": turn.role, "content": turn.text} for turn in prompt.messages if turn.text.strip()],
            "stream": True,
        }
        if prompt.system:
            body["system"] = prompt.system
        if prompt.temperature is not None:
            body["temperature"] = min(1.0, prompt.temperature)
        return Exchange("POST", "v1/messages", VERSION | {"content-type": "application/json"}, body=encode(body))

    def models(self) -> Exchange:
        """The request that lists the models."""
        return Exchange("GET", "v1/models", VERSION, "limit=1000")

    def read_models(self, body: bytes) -> list[Model]:
        """Every model it lists can chat. Raises ProviderError on nonsense."""
        rows = self.listed(body, "data")
        models = [read_model(row) for row in rows if isinstance(row, Mapping) and isinstance(row.get("id"), str)]
        return sorted(models, key=lambda model: (model.label or model.id).lower())

    def reader(self) -> AnthropicReader:
        """A fresh reader of one chat answer."""
        return AnthropicReader(self)

    def ends(self, document: Mapping[str, Any]) -> bool:
        """The event `message_stop`, or a whole message."""
        return document.get("type") in ("message_stop", "message")


def default_maximum(model: str) -> int:
    """The maximum of output tokens to ask for where the user set none."""
    return next((maximum for pattern, maximum in MAXIMA if pattern.search(model)), MAXIMUM)


def read_model(row: Mapping[str, Any]) -> Model:
    """One row of the list."""
    abilities, name = inner(row, "capabilities"), row.get("display_name")
    images, thinking = (inner(abilities, key).get("supported") for key in ("image_input", "thinking"))
    return Model(
        id=row["id"],
        label=name if isinstance(name, str) else "",
        context=count(row.get("max_input_tokens")),
        max_output=count(row.get("max_tokens")),
        images=images if isinstance(images, bool) else None,
        reasoning=thinking if isinstance(thinking, bool) else None,
    )
