"""The format of OpenAI's chat completions, which many services speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from providers._base import Exchange, Field, Model, Reader
from providers._errors import ProviderError, ServerFailed
from providers._events import Prompt, Usage
from providers._joining import is_version, join_once
from providers._json import decode, encode
from providers._message_formats import laid_out
from providers._openai_models import chat_models
from providers._openai_reader import OpenAIReader
from providers._service import Service
from providers._usage import first_choice

JSON = {"content-type": "application/json"}
ENDS = (  # of Responses, images and audio, and of Anthropic's format where that is spoken as well
    "response.completed", "response.failed", "response.incomplete", "image_generation.completed",
    "image_edit.completed", "transcript.text.done", "speech.audio.done", "message_stop",
)  # fmt: skip


ASKING = Field(
    "ask_for_usage", "Ask for usage", "choice", choices=(("", "Yes"), ("off", "No: pass every byte on")),
    help="Streams tell their tokens only when asked. What is added for that is taken out of the answer again.",
)  # fmt: skip


class OpenAIFormat(Service):
    """Speaks OpenAI's chat completions. A service that differs says so by an attribute."""

    wire_format = "openai"
    asks_for_usage = True
    states_cost = False  # `usage.cost` is in US dollars
    message_format = "openai"  # one of `_message_formats.FORMATS`
    forwarded = frozenset({"openai-beta", "idempotency-key", "x-client-request-id"})
    terminals = (
        b"data: [DONE]", b"data:[DONE]", b"event: response.completed", b"event: response.incomplete",
        b"event: response.failed", b"event: message_stop",
    )  # fmt: skip
    telling = (b"event: error", b"event:error", b'"error"', b'"type"', b'"usage"', b'"finish_reason"')
    idle_phrases = (b'"usage":null', b'"usage": null', b'"finish_reason":null', b'"finish_reason": null')

    def fields(self) -> tuple[Field, ...]:
        """The common rows and, where streams tell their usage on demand alone, whether it is asked for."""
        return (*super().fields(), ASKING) if self.asks_for_usage else super().fields()

    def join(self, root: list[str], path: list[str]) -> list[str]:
        """The version is the root's own where it names one (`/v1beta/openai`, `/api/v3`), as OpenAI's SDKs have it."""
        if path and is_version(path[0]) and path[0] not in root and any(map(is_version, root)):
            path = path[1:]
        return join_once(root, path)

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming chat request."""
        messages = laid_out(prompt, self.message_format)
        body: dict[str, Any] = {"model": prompt.model, "messages": messages, "stream": True}
        if self.asks_for_usage:
            body["stream_options"] = {"include_usage": True}
        return Exchange("POST", "v1/chat/completions", JSON, body=encode(body | self.parameters(prompt)))

    def parameters(self, prompt: Prompt) -> dict[str, Any]:
        """Temperature and maximum of tokens, left out where they are not set."""
        stated = {"temperature": prompt.temperature, "max_tokens": prompt.max_tokens}
        return {name: value for name, value in stated.items() if value is not None}

    def models(self) -> Exchange:
        """The request that lists the models."""
        return Exchange("GET", "v1/models")

    def read_models(self, body: bytes) -> list[Model]:
        """The models that can chat, also of a list that stands by itself (GitHub). Raises ProviderError on nonsense."""
        bare = decode(body)
        if isinstance(bare, list) and bare and isinstance(bare[0], dict) and "id" in bare[0]:
            return chat_models(bare)
        return chat_models(self.listed(body, "data"))

    def reader(self) -> Reader:
        """A fresh reader of one chat answer."""
        return OpenAIReader(self)

    def usage(self, document: Mapping[str, Any]) -> Usage | None:
        """The usage, with a cost only where the service is known to state it in US dollars."""
        usage = super().usage(document)
        if usage is None or usage.cost_usd is None or self.states_cost:
            return usage
        return replace(usage, cost_usd=None)

    def ends(self, document: Mapping[str, Any]) -> bool:
        """A finish reason, or the last event of another of OpenAI's streams."""
        choices = document.get("choices")
        if isinstance(choices, list):
            return any(isinstance(choice, dict) and bool(choice.get("finish_reason")) for choice in choices)
        return document.get("type") in ENDS

    def event_failure(self, document: Mapping[str, Any]) -> ProviderError | None:
        """An error inside a stream; Mistral and OpenRouter may say it by the finish reason alone."""
        failure = super().event_failure(document)
        choice = first_choice(document)
        if failure is None and isinstance(choice, dict) and choice.get("finish_reason") == "error":
            return ServerFailed(f"{self.speaker} broke the answer off.", code="finish_reason_error")
        return failure
