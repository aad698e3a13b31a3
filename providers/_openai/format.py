"""The format of OpenAI's chat completions, which many services speak."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from providers._abilities import Ability, needed
from providers._base import Exchange, Field, Model, Reader
from providers._events import Usage
from providers._failures.errors import ProviderError, ServerFailed
from providers._joining import is_version, join_once
from providers._json import decode, encode
from providers._openai.layouts import Layout, Recall
from providers._openai.models import chat_models
from providers._openai.parts import in_words, parts_of
from providers._openai.reader import OpenAIReader
from providers._openai.settings import settings
from providers._prompt import Document, NamedTool, Prompt
from providers._reading.usage import first_choice
from providers._service import Service

JSON = {"content-type": "application/json"}
ENDS = (  # of Responses, images and audio, and of Anthropic's format where that is spoken as well
    "response.completed", "response.failed", "response.incomplete", "image_generation.completed",
    "image_edit.completed", "transcript.text.done", "speech.audio.done", "message_stop",
)  # fmt: skip


EVERYTHING: frozenset[Ability] = frozenset(get_args(Ability))
IN_WORDS_ONLY: frozenset[Ability] = EVERYTHING - {  # what a turn of plain text leaves
    "tools", "tool_choice", "parallel_tool_calls", "images", "image_urls", "documents",
}  # fmt: skip
Exceptions = tuple[tuple[re.Pattern[str], frozenset[Ability]], ...]
ASKING = Field(
    "ask_for_usage", "Ask for usage", "choice", choices=(("", "Yes"), ("off", "No: pass every byte on")),
    help="Streams tell their tokens only when asked. What is added for that is taken out of the answer again.",
)  # fmt: skip


class OpenAIFormat(Service):
    """Speaks OpenAI's chat completions. A service that differs says so by an attribute.

    Of an unknown service it is the user who knows what it takes, so all of the format is passed on to it.
    """

    wire_format = "openai"
    asks_for_usage = True
    states_cost = False  # `usage.cost` is in US dollars
    message_format = "openai"  # one of `_openai.layouts.FORMATS`
    takes = EVERYTHING
    exceptions: Exceptions = ()  # what the models of such names do not take
    tool_choices: frozenset[str] = frozenset({"auto", "none", "required", "named"})
    system_role = "system"
    recall: Recall = ""  # how a model is reminded of its reasoning: see `Layout`
    call_ids: re.Pattern[str] | None = None  # the only ids of calls that it accepts
    spellings: tuple[tuple[str, str], ...] = ()  # settings that it calls otherwise, and how
    must_call = "required"  # the `tool_choice` that demands a call
    nests_effort = False  # it stands in `reasoning`
    without_effort: Mapping[str, Any] | None = None  # what turns reasoning off, in place of the effort `none`
    forwarded = frozenset({"openai-beta", "idempotency-key", "x-client-request-id"})
    terminals: tuple[bytes, ...] = (
        b"data: [DONE]", b"data:[DONE]", b"event: response.completed", b"event: response.incomplete",
        b"event: response.failed", b"event: image_generation.completed", b"event: message_stop",
    )  # fmt: skip
    telling: tuple[bytes, ...] | None = (
        b"event: error", b"event:error", b'"error"', b'"type"', b'"usage"', b'"finish_reason"',
    )  # fmt: skip
    idle_phrases: tuple[bytes, ...] = (
        b'"usage":null', b'"usage": null', b'"finish_reason":null', b'"finish_reason": null',
    )  # fmt: skip

    def fields(self) -> tuple[Field, ...]:
        """The common rows and, where streams tell their usage on demand alone, whether it is asked for."""
        return (*super().fields(), ASKING) if self.asks_for_usage else super().fields()

    def join(self, root: list[str], path: list[str]) -> list[str]:
        """The version is the root's own where it names one (`/v1beta/openai`, `/api/v3`), as OpenAI's SDKs have it."""
        if path and is_version(path[0]) and path[0] not in root and any(map(is_version, root)):
            path = path[1:]
        return join_once(root, path)

    def able(self, prompt: Prompt) -> frozenset[Ability]:
        """What the service can do with its model, of what the prompt may ask."""
        lacking = [named for names, named in self.exceptions if names.search(prompt.model)]
        able = self.takes.difference(*lacking) & (IN_WORDS_ONLY if self.message_format == "simple" else EVERYTHING)
        choice = "named" if isinstance(prompt.tool_choice, NamedTool) else prompt.tool_choice
        return able if choice is None or choice in self.tool_choices else able - {"tool_choice"}

    def lacks(self, prompt: Prompt) -> tuple[Ability, ...]:
        """What this prompt needs and the service, or its model, cannot do; a file of text can be told to every one."""
        able = self.able(prompt)
        if all(in_words(part) for part in parts_of(prompt) if isinstance(part, Document)):
            able |= {"documents"}
        return tuple(ability for ability in needed(prompt) if ability not in able)

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming chat request."""
        messages = self.layout(prompt).turns(prompt)
        body: dict[str, Any] = {"model": prompt.model, "messages": messages, "stream": True}
        if self.asks_for_usage:
            body["stream_options"] = {"include_usage": True}
        return Exchange("POST", "v1/chat/completions", JSON, body=encode(body | self.parameters(prompt)))

    def layout(self, prompt: Prompt) -> Layout:
        """How the turns are laid out for the prompt's model."""
        return Layout(self.message_format, self.able(prompt), self.system_role, self.recall, self.call_ids)

    def parameters(self, prompt: Prompt) -> dict[str, Any]:
        """All that is set, but for what the service cannot do, by the service's own names."""
        return self.spelled(settings(prompt, self.able(prompt)))

    def spelled(self, stated: dict[str, Any]) -> dict[str, Any]:
        """The settings as this service wants them."""
        if stated.get("tool_choice") == "required":
            stated["tool_choice"] = self.must_call
        effort = stated.get("reasoning_effort")
        if effort == "none" and self.without_effort is not None:
            del stated["reasoning_effort"]
            stated |= self.without_effort
        elif effort is not None and self.nests_effort:
            del stated["reasoning_effort"]
            stated["reasoning"] = {"effort": effort}
        names = dict(self.spellings)
        return {names.get(name, name): value for name, value in stated.items()}

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
