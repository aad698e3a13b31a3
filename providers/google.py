"""Google Gemini, as served by Google AI Studio. https://ai.google.dev/api"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from providers._base import Exchange, Model, Operation
from providers._classify import classify
from providers._complaint import Complaint
from providers._counts import count, inner
from providers._errors import ProviderError
from providers._events import Message, Prompt
from providers._google_reader import GoogleReader
from providers._joining import is_version, join_once
from providers._json import encode
from providers._operation import positive, read_asked, read_operation
from providers._service import Service

METHOD = re.compile(r"(?:^|/)(?:models|tunedModels)/(.{1,200}):(\w+)$")
OPERATIONS = {
    "generateContent": "chat", "streamGenerateContent": "chat", "countTokens": "count", "embedContent": "embeddings",
    "batchEmbedContents": "embeddings", "predict": "image", "generateImages": "image", "predictLongRunning": "video",
    "batchGenerateContent": "batches",
}  # fmt: skip
OTHER_USES = re.compile(r"embedding|imagen|veo|aqa|tts|-image|native-audio|-live|robotics|computer-use|lyria", re.I)
BLOCKED = "content_filter"


class Google(Service):
    """Gemini's own API; `v1/…` and `v1beta/…` are both taken as they come."""

    kind = "google"
    label = "Google Gemini"
    base_url = "https://generativelanguage.googleapis.com"
    key_url = "https://aistudio.google.com/apikey"
    key_prefixes = ("AIza", "AQ.")
    price_id = "google"
    shape = "google"
    wire_format = "google"
    forwarded = frozenset({
        "x-goog-api-client", "x-goog-upload-protocol", "x-goog-upload-command", "x-goog-upload-offset",
        "x-goog-upload-header-content-length", "x-goog-upload-header-content-type", "x-server-timeout",
    })  # fmt: skip
    terminals = (b'"finishReason"',)

    def key_headers(self, key: str) -> dict[str, str]:
        """The key in a header, never in the address."""
        return {"x-goog-api-key": key}

    def join(self, root: list[str], path: list[str]) -> list[str]:
        """A root that ends with a version keeps it; a path without any gets `v1beta`."""
        if root and is_version(root[-1]):
            path = path[1:] if path and is_version(path[0]) else path
        elif not any(map(is_version, [*root, *path[:2]])):
            path = ["v1beta", *path]
        return join_once(root, path)

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming chat request. Empty turns are left out: they are refused."""
        body: dict[str, Any] = {"contents": [turn(message) for message in prompt.messages if message.text.strip()]}
        if prompt.system:
            body["systemInstruction"] = {"parts": [{"text": prompt.system}]}
        stated = {"temperature": prompt.temperature, "maxOutputTokens": prompt.max_tokens}
        settings = {name: value for name, value in stated.items() if value is not None}
        if settings:
            body["generationConfig"] = settings
        path = f"v1beta/models/{quote(prompt.model.removeprefix('models/'), safe='')}:streamGenerateContent"
        return Exchange("POST", path, {"content-type": "application/json"}, "alt=sse", encode(body))

    def models(self) -> Exchange:
        """The request that lists the models."""
        return Exchange("GET", "v1beta/models", query="pageSize=1000")

    def read_models(self, body: bytes) -> list[Model]:
        """The models that can chat. Raises ProviderError on nonsense."""
        rows = self.listed(body, "models")
        models = [read_model(row) for row in rows if isinstance(row, Mapping) and can_chat(row)]
        return sorted(models, key=lambda model: (model.label or model.id).lower())

    def operation(self, method: str, path: str, body: bytes) -> Operation:
        """What a native request asks for: its model and method stand in the path."""
        found = METHOD.search(unquote(path.partition("?")[0]))
        if found is None:
            return read_operation(path, body)
        settings = read_asked(body).generationConfig
        maximum = positive(settings.get("maxOutputTokens")) if isinstance(settings, dict) else None
        return Operation(OPERATIONS.get(found[2], "other"), found[1], found[2].startswith("stream"), maximum)

    def with_model(self, path: str, body: bytes, model: str) -> tuple[str, bytes] | None:
        """Path and body of the same request to another model, which stands in the path."""
        plain = unquote(path)
        found = METHOD.search(plain)
        if found is None:
            return super().with_model(path, body, model)
        root = plain[: found.start()] + "/" if found.start() else ""
        return f"{root}models/{quote(model.removeprefix('models/'), safe='')}:{found[2]}", body

    def reader(self) -> GoogleReader:
        """A fresh reader of one chat answer."""
        return GoogleReader(self)

    def ends(self, document: Mapping[str, Any]) -> bool:
        """A finish reason: the stream has no other end."""
        candidates = document.get("candidates")
        rows = candidates if isinstance(candidates, list) else ()
        return any(isinstance(row, Mapping) and bool(row.get("finishReason")) for row in rows)

    def event_failure(self, document: Mapping[str, Any]) -> ProviderError | None:
        """An error, or a prompt that was blocked: that comes as a success without candidates."""
        reason = inner(document, "promptFeedback").get("blockReason")
        if isinstance(reason, str) and not document.get("candidates"):
            return classify(self.speaker, Complaint(reason, frozenset({BLOCKED}), code=reason), None)
        return super().event_failure(document)


def turn(message: Message) -> dict[str, Any]:
    """One turn of the conversation."""
    return {"role": "model" if message.role == "assistant" else "user", "parts": [{"text": message.text}]}


def can_chat(row: Mapping[str, Any]) -> bool:
    """Whether a row names a model for chat."""
    name, methods = row.get("name"), row.get("supportedGenerationMethods")
    if not isinstance(name, str) or OTHER_USES.search(name):
        return False
    return not isinstance(methods, list) or "generateContent" in methods


def read_model(row: Mapping[str, Any]) -> Model:
    """One row of the list."""
    label, thinks = row.get("displayName"), row.get("thinking")
    return Model(
        id=row["name"].removeprefix("models/"),
        label=label if isinstance(label, str) else "",
        context=count(row.get("inputTokenLimit")),
        max_output=count(row.get("outputTokenLimit")),
        reasoning=thinks if isinstance(thinks, bool) else None,
    )
