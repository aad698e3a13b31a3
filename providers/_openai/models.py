"""OpenAI-format lists of models → the ones that can chat."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from providers._base import Model
from providers._reading.counts import count, inner

# No list but Mistral's says what a model is for, so its name has to.
OTHER_USES = re.compile(
    r"embed|whisper|tts|dall-e|moderation|rerank|transcri|realtime|gpt-image|chatgpt-image|gpt-audio|audio-preview|sora"
    r"|davinci|babbage|gpt-3\.5-turbo-instruct|(^|[-/])ocr|imagine|stable-diffusion|flux|wanx|guard|(^|[/-])bge-|veo-"
    r"|computer-use",
    re.IGNORECASE,
)


NO_CHAT = frozenset({  # what Vercel's `type` may say besides `language`
    "embedding", "image", "video", "rerank", "reranking", "moderation", "speech", "transcription", "realtime",
})  # fmt: skip
WORDS = {"tools": ("tool-calling", "tool-use"), "reasoning": ("reasoning",), "images": ("vision",)}


def chat_models(rows: Iterable[Any]) -> list[Model]:
    """The models of a list that can chat, once each, by label."""
    found = {row["id"]: read_model(row) for row in rows if isinstance(row, Mapping) and can_chat(row)}
    return sorted(found.values(), key=lambda model: (model.label or model.id).lower())


def can_chat(row: Mapping[str, Any]) -> bool:
    """Whether a row names a model for chat: as it says itself, else by its name."""
    name = row.get("id")
    if not isinstance(name, str) or not name:
        return False
    stated = inner(row, "capabilities").get("completion_chat")  # Mistral
    if isinstance(stated, bool):
        return stated
    for outputs in (inner(row, "architecture").get("output_modalities"), row.get("supported_output_modalities")):
        if isinstance(outputs, list):  # OpenRouter, GitHub
            return "text" in outputs
    kind = row.get("type")
    if isinstance(kind, str) and kind in NO_CHAT | {"language"}:
        return kind == "language"
    return row.get("active") is not False and not OTHER_USES.search(name)


def read_model(row: Mapping[str, Any]) -> Model:
    """One row, with what OpenRouter, Groq, Mistral, Moonshot, Vercel and GitHub add to it."""
    name, limits = row.get("name"), inner(row, "limits")
    return Model(
        id=row["id"],
        label=name if isinstance(name, str) else "",
        context=first_size(row, "context_length", "context_window", "max_context_length", "max_model_len")
        or first_size(limits, "max_input_tokens"),
        max_output=first_size(row, "max_completion_tokens", "max_output_tokens", "max_tokens")
        or first_size(inner(row, "top_provider"), "max_completion_tokens")
        or first_size(limits, "max_output_tokens"),
        tools=stated(row, "tools", "function_calling"),
        images=takes_images(row),
        reasoning=stated(row, "reasoning", "reasoning", "supports_reasoning"),
    )


def first_size(row: Mapping[str, Any], *names: str) -> int | None:
    """The first of these fields that is a size in tokens; 0 stands for unknown."""
    return next((size for size in (count(row.get(name)) for name in names) if size), None)


def stated(row: Mapping[str, Any], parameter: str, capability: str, field: str = "") -> bool | None:
    """An ability as OpenRouter (a supported parameter; none at all say nothing), GitHub and Vercel (a word), Mistral
    (a capability) or Moonshot (a field) states it."""
    parameters = row.get("supported_parameters")
    if isinstance(parameters, list) and parameters:
        return parameter in parameters
    told = in_words(row, parameter)
    if told is not None:
        return told
    for value in (inner(row, "capabilities").get(capability), row.get(field)):
        if isinstance(value, bool):
            return value
    return None


def in_words(row: Mapping[str, Any], ability: str) -> bool | None:
    """An ability that has to stand in GitHub's list of capabilities or among Vercel's tags."""
    told = row.get("tags") if row.get("type") == "language" else row.get("capabilities")
    return any(word in told for word in WORDS[ability]) if isinstance(told, list) else None


def takes_images(row: Mapping[str, Any]) -> bool | None:
    """Whether images may be sent to it, where the list says so."""
    for inputs in (inner(row, "architecture").get("input_modalities"), row.get("supported_input_modalities")):
        if isinstance(inputs, list):
            return "image" in inputs
    for value in (inner(row, "capabilities").get("vision"), row.get("supports_image_in"), in_words(row, "images")):
        if isinstance(value, bool):
            return value
    return None
