"""The rows of Bedrock's lists. Amazon Bedrock API Reference, "FoundationModelSummary", "InferenceProfileSummary"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from providers._anthropic.claude import with_abilities
from providers._base import Model
from providers._openai.tool_calls import text

NO_CHAT = re.compile(r"embed|rerank|stability\.|image|canvas|stable-|reel|sonic|marengo|pegasus", re.I)


def read_model(row: Mapping[str, Any]) -> Model | None:
    """A model, where it can chat, in a stream, under its own name (most newer ones need an inference profile)."""
    name, made = text(row.get("modelId")), row.get("outputModalities")
    sold, taken = row.get("inferenceTypesSupported"), row.get("inputModalities")
    if not name or NO_CHAT.search(name) or row.get("responseStreamingSupported") is False:
        return None
    if (isinstance(made, list) and "TEXT" not in made) or (isinstance(sold, list) and "ON_DEMAND" not in sold):
        return None
    label = " ".join(filter(None, (text(row.get("providerName")), text(row.get("modelName")))))
    model = Model(name, label, images="IMAGE" in taken if isinstance(taken, list) else None)
    return with_abilities(model, name)


def read_profile(row: Mapping[str, Any]) -> Model | None:
    """An inference profile, where it is ready; one that a user made is known by its ARN."""
    name = text(row.get("inferenceProfileArn" if row.get("type") == "APPLICATION" else "inferenceProfileId"))
    models = row.get("models")
    behind = " ".join(text(model.get("modelArn")) for model in models or () if isinstance(model, Mapping))
    if not name or row.get("status") not in (None, "ACTIVE") or NO_CHAT.search(f"{name} {behind}"):
        return None
    return with_abilities(Model(name, text(row.get("inferenceProfileName"))), behind or name)
