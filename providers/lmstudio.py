"""LM Studio: OpenAI's API, and a list of models of its own. https://lmstudio.ai/docs/developer/rest/endpoints"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from providers._base import Exchange, Model
from providers._ollama.local_format import LocalFormat
from providers._openai.format import EVERYTHING
from providers._openai.models import chat_models
from providers._reading.counts import count


class LMStudio(LocalFormat):
    """Chat completions on one's own machine; what it offers under `/api/…` passes as it is."""

    kind = "lmstudio"
    label = "LM Studio"
    base_url = "http://127.0.0.1:1234/v1"
    takes = EVERYTHING - {"json_object", "image_urls", "documents"}
    tool_choices = frozenset({"auto", "none", "required"})
    base_url_help = "Only where it runs elsewhere than on this machine, such as http://desk:1234/v1."

    def models(self) -> Exchange:
        """Its own list, which tells what is in memory, and with which context."""
        return Exchange("GET", "api/v0/models")

    def models_otherwise(self) -> Exchange:
        """OpenAI's list, which every version has."""
        return super().models()

    def read_models(self, body: bytes) -> list[Model]:
        """The models that can chat, of either list, those in memory first. Raises ProviderError on nonsense."""
        rows = [
            row for row in self.listed(body, "data") if isinstance(row, Mapping) and row.get("type") != "embeddings"
        ]
        by_id = {row["id"]: row for row in rows if isinstance(row.get("id"), str)}
        models = [described(model, by_id[model.id]) for model in chat_models(rows)]
        return sorted(models, key=lambda model: not model.loaded)


def described(model: Model, row: Mapping[str, Any]) -> Model:
    """A model with what only its own list tells: a model in memory has the context that it was loaded with."""
    state, kind, can = row.get("state"), row.get("type"), row.get("capabilities")
    loaded = state == "loaded" if isinstance(state, str) else None
    return replace(
        model,
        loaded=loaded,
        context=(count(row.get("loaded_context_length")) if loaded else None) or model.context,
        images=kind == "vlm" if isinstance(kind, str) else None,
        tools="tool_use" in can if isinstance(can, list) else None,
        reasoning=None,  # it does not say, though its list of abilities is shaped like others' that do
    )
