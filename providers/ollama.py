"""Ollama, by its own API, and by OpenAI's under `/v1`. https://docs.ollama.com/api"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import msgspec

from providers._abilities import Ability
from providers._base import Exchange, Field, Model, Operation
from providers._events import Usage
from providers._joining import segments
from providers._json import FAILURES, decode_object, encode
from providers._ollama.format import request_body
from providers._ollama.local_format import LocalFormat
from providers._ollama.reader import OllamaReader
from providers._openai.format import JSON, OpenAIFormat
from providers._openai.models import OTHER_USES
from providers._prompt import Prompt
from providers._reading.counts import count, inner
from providers._reading.operation import positive, text_or_none

OPERATIONS = {
    "chat": "chat", "generate": "text_completion", "embed": "embeddings", "embeddings": "embeddings",
    "tags": "models", "show": "models", "ps": "models",
}  # fmt: skip
STREAMING = frozenset({"chat", "generate", "pull", "push", "create"})  # unless `stream` is false
COUNTS = ("prompt_eval_count", "eval_count")  # the first is left out where the prompt was remembered
DURATIONS = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")  # nanoseconds
SET_CONTEXT = re.compile(r"^num_ctx\s+(\d{1,9})\s*$", re.M)  # among the parameters of a Modelfile
ELSEWHERE = re.compile(r"[:-]cloud$")  # models that a local server only passes on to ollama.com, for money
FIELDS = (
    Field(
        "num_ctx", "Context size", "number", whole=(128, 10_000_000),
        help="Tokens that a model of the chat page keeps in mind (num_ctx). Ollama cuts a longer prompt silently; "
        "empty: as the server has it, often 4096. Programs state their own.",
    ),
    Field(
        "think", "Thinking", "choice",
        choices=(("", "As the model does"), ("true", "On"), ("false", "Off"),
                 ("low", "Low"), ("medium", "Medium"), ("high", "High")),
        help="Whether a model of the chat page thinks first. Those that cannot refuse a request that asks them to.",
    ),
)  # fmt: skip


class Asked(msgspec.Struct):
    """The few fields of a request that matter here."""

    model: Any = None
    stream: Any = None
    options: Any = None


DECODER = msgspec.json.Decoder(Asked)


class Ollama(LocalFormat):
    """Chat by `/api/chat`; whatever else the server offers passes as it is."""

    kind = "ollama"
    label = "Ollama"
    base_url = "http://127.0.0.1:11434"
    base_url_help = "Only where it runs elsewhere than on this machine, such as http://nas:11434."
    shape = "ollama"
    wire_format = "ollama"
    takes: frozenset[Ability] = frozenset({
        "tools", "images", "json_object", "json_schema", "reasoning_effort", "top_p", "stop", "seed",
        "presence_penalty", "frequency_penalty",
    })  # fmt: skip
    telling = (b'"done"', b'"status"', b'"error"', b'"type"', b'"usage"', b'"finish_reason"')
    idle_phrases = (*OpenAIFormat.idle_phrases, b'"done":false', b'"done": false')
    settings: ClassVar[tuple[str, ...]] = ("num_ctx", "think")

    def fields(self) -> tuple[Field, ...]:
        """The common rows, and how its models are run."""
        return *super().fields(), *FIELDS

    @property
    def num_ctx(self) -> int | None:
        """The size of the context that the user has set, in tokens."""
        text = self.options.get("num_ctx", "")
        return int(text) if text.isascii() and text.isdigit() else None

    def lacks(self, prompt: Prompt) -> tuple[Ability, ...]:
        """What it cannot do; to call no tool, none is offered."""
        lacking = super().lacks(prompt)
        return tuple(name for name in lacking if name != "tool_choice" or prompt.tool_choice != "none")

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming chat request."""
        word = self.options.get("think", "")
        think = {"": None, "true": True, "false": False}.get(word, word)
        return Exchange("POST", "api/chat", JSON, body=encode(request_body(prompt, self.num_ctx, think)))

    def models(self) -> Exchange:
        """The request that lists the models."""
        return Exchange("GET", "api/tags")

    def read_models(self, body: bytes) -> list[Model]:
        """The models by their names alone. Raises ProviderError on nonsense."""
        rows = [row for row in self.listed(body, "models") if isinstance(row, Mapping)]
        names = {text_or_none(row.get("model")) or text_or_none(row.get("name")) for row in rows}
        return [Model(name) for name in sorted(filter(None, names), key=str.lower) if not OTHER_USES.search(name)]

    def describe(self, model: Model) -> Exchange:
        """The request that tells what a model can do."""
        return Exchange("POST", "api/show", JSON, body=encode({"model": model.id}))

    def read_description(self, model: Model, body: bytes) -> Model | None:
        """The model with its context and abilities, where the server is new enough to tell them; None if not to chat.

        The context is the one in force as far as it is known: the user's or the Modelfile's, at most the model's own.
        """
        document = decode_object(body)
        told, parameters = document.get("capabilities"), document.get("parameters")
        in_file = SET_CONTEXT.search(parameters) if isinstance(parameters, str) else None
        sizes = [self.num_ctx or (int(in_file[1]) if in_file else None), own_context(document)]
        described = replace(model, context=min(filter(None, sizes), default=None))
        if not isinstance(told, list):
            return described
        can = {name: name in told for name in ("completion", "tools", "vision", "thinking")}
        if not can["completion"]:
            return None
        return replace(described, tools=can["tools"], images=can["vision"], reasoning=can["thinking"])

    def operation(self, method: str, path: str, body: bytes) -> Operation:
        """What a native request asks for: streams are what it gives unless told otherwise."""
        parts = segments(path)
        if parts[-2:-1] != ["api"]:
            return super().operation(method, path, body)
        try:
            asked = DECODER.decode(body)
        except FAILURES:
            asked = Asked()
        options = asked.options if isinstance(asked.options, dict) else {}
        streams = parts[-1] in STREAMING and asked.stream is not False
        maximum = positive(options.get("num_predict"))
        return Operation(OPERATIONS.get(parts[-1], "other"), text_or_none(asked.model), streams, maximum)

    def price_list(self, model: str | None) -> str | None:
        """Nothing is paid for a model that runs at home."""
        return None if model is not None and ELSEWHERE.search(model) else self.price_id

    def reader(self) -> OllamaReader:
        """A fresh reader of one chat answer."""
        return OllamaReader(self)

    def usage(self, document: Mapping[str, Any]) -> Usage | None:
        """The counts of the last line; those of OpenAI's format under `/v1`."""
        if not any(name in document for name in COUNTS):
            return super().usage(document)
        told = {name: document[name] for name in (*COUNTS, *DURATIONS) if name in document}
        prompt, answer = (count(told.get(name)) for name in COUNTS)
        return Usage(prompt, answer, raw=told)

    def ends(self, document: Mapping[str, Any]) -> bool:
        """The last line of an answer, or of a model's transfer."""
        return document.get("done") is True or document.get("status") == "success" or super().ends(document)


def own_context(document: Mapping[str, Any]) -> int | None:
    """The largest context that the model was made for: `<architecture>.context_length`."""
    info = inner(document, "model_info")
    return next((count(size) for name, size in info.items() if name.endswith(".context_length")), None)
