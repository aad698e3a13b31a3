"""The format of Anthropic's Messages, which a few others speak too. https://docs.anthropic.com/en/api/messages"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers._abilities import Ability
from providers._anthropic.claude import betas, refused, with_abilities
from providers._anthropic.messages import body_of
from providers._anthropic.reader import AnthropicReader
from providers._anthropic.turns import is_plain
from providers._base import Exchange, Model
from providers._json import encode
from providers._prompt import Document, Prompt
from providers._reading.counts import count, inner
from providers._service import Service

VERSION = {"anthropic-version": "2023-06-01"}


class AnthropicFormat(Service):
    """Speaks Anthropic's Messages."""

    prompt_cache: str = ""  # how long the service keeps a conversation that may go on: "", "5m" or "1h"
    shape = "anthropic"
    wire_format = "anthropic"
    forwarded = frozenset({"anthropic-version", "anthropic-beta", "idempotency-key"})
    terminals = (
        b"event: message_stop", b"event:message_stop",
        b'data: {"type":"message_stop"', b'data: {"type": "message_stop"',
    )  # fmt: skip
    takes = frozenset({
        "tools", "tool_choice", "parallel_tool_calls", "images", "image_urls", "documents", "json_schema",
        "reasoning_effort", "top_p", "stop",
    })  # fmt: skip
    telling = (b"event: error", b"event:error", b'"error"', b'"message"', b'"message_stop"', b'"usage"')

    def key_headers(self, key: str) -> dict[str, str]:
        """The key in its own header; an OAuth token as a bearer."""
        return super().key_headers(key) if key.startswith("sk-ant-oat") else {"x-api-key": key}

    def lacks(self, prompt: Prompt) -> tuple[Ability, ...]:
        """What this prompt needs and the service, or a Claude model of this name, cannot do."""
        files = (part for message in prompt.messages for part in message.parts if isinstance(part, Document))
        further: list[Ability] = list(refused(prompt))
        if not all(file.media_type == "application/pdf" or is_plain(file.media_type) for file in files):
            further.append("documents")
        return tuple(dict.fromkeys((*super().lacks(prompt), *further)))

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming chat request. Empty turns are left out: they are refused."""
        body = body_of(prompt, self.prompt_cache)
        headers = VERSION | {"content-type": "application/json"}
        if named := betas(body):
            headers["anthropic-beta"] = ",".join(named)
        return Exchange("POST", "v1/messages", headers, body=encode(body))

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


def read_model(row: Mapping[str, Any]) -> Model:
    """One row of the list."""
    abilities, name = inner(row, "capabilities"), row.get("display_name")
    images, thinking = (inner(abilities, key).get("supported") for key in ("image_input", "thinking"))
    model = Model(
        id=row["id"],
        label=name if isinstance(name, str) else "",
        context=count(row.get("max_input_tokens")),
        max_output=count(row.get("max_tokens")),
        images=images if isinstance(images, bool) else None,
        reasoning=thinking if isinstance(thinking, bool) else None,
    )
    return with_abilities(model, model.id)
