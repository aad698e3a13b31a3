"""Google Gemini, as served by Google AI Studio. https://ai.google.dev/api"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from providers._base import Exchange, Model
from providers._google.format import METHOD, OTHER_USES, GoogleFormat
from providers._google.request import request_body
from providers._google.thinking import draws, generation
from providers._joining import is_version, join_once
from providers._json import encode
from providers._prompt import Prompt
from providers._reading.counts import count


class Google(GoogleFormat):
    """Gemini's own API; `v1/…` and `v1beta/…` are both taken as they come."""

    kind = "google"
    label = "Google Gemini"
    base_url = "https://generativelanguage.googleapis.com"
    key_url = "https://aistudio.google.com/apikey"
    key_prefixes = ("AIza", "AQ.")
    price_id = "google"
    wire_format = "google"

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
        """A streaming chat request."""
        path = f"v1beta/models/{quote(prompt.model.removeprefix('models/'), safe='')}:streamGenerateContent"
        body = encode(request_body(prompt))
        return Exchange("POST", path, {"content-type": "application/json"}, "alt=sse", body)

    def models(self) -> Exchange:
        """The request that lists the models."""
        return Exchange("GET", "v1beta/models", query="pageSize=1000")

    def read_models(self, body: bytes) -> list[Model]:
        """The models that can chat. Raises ProviderError on nonsense."""
        rows = self.listed(body, "models")
        models = [read_model(row) for row in rows if isinstance(row, Mapping) and can_chat(row)]
        return sorted(models, key=lambda model: (model.label or model.id).lower())

    def with_model(self, path: str, body: bytes, model: str) -> tuple[str, bytes] | None:
        """Path and body of the same request to another model, which stands in the path."""
        plain = unquote(path)
        found = METHOD.search(plain)
        if found is None:
            return super().with_model(path, body, model)
        root = plain[: found.start()] + "/" if found.start() else ""
        return f"{root}models/{quote(model.removeprefix('models/'), safe='')}:{found[2]}", body


def can_chat(row: Mapping[str, Any]) -> bool:
    """Whether a row names a model for chat."""
    name, methods = row.get("name"), row.get("supportedGenerationMethods")
    if not isinstance(name, str) or OTHER_USES.search(name):
        return False
    return not isinstance(methods, list) or "generateContent" in methods


def read_model(row: Mapping[str, Any]) -> Model:
    """One row of the list."""
    label, thinks, name = row.get("displayName"), row.get("thinking"), row["name"].removeprefix("models/")
    return Model(
        id=name,
        label=label if isinstance(label, str) else "",
        context=count(row.get("inputTokenLimit")),
        max_output=count(row.get("outputTokenLimit")),
        tools=not draws(name) if generation(name) else None,
        images=True if generation(name) else None,
        reasoning=thinks if isinstance(thinks, bool) else None,
        draws=draws(name) or None,
    )
