"""The models that a caller can choose from, as OpenAI lists them, with what OpenRouter tells of each.

https://platform.openai.com/docs/api-reference/models, https://openrouter.ai/docs/api-reference/list-available-models
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from providers import Ability, Model
from proxy.call import Offer, Price

TOOLS = frozenset({"tools", "tool_choice", "parallel_tool_calls"})
PARTS = frozenset({"images", "image_urls", "documents"})
FORMATS: dict[Ability, str] = {"json_object": "response_format", "json_schema": "structured_outputs"}
ALWAYS = ("max_tokens", "temperature")


def listed(offers: Sequence[Offer]) -> dict[str, Any]:
    """The list."""
    return {"object": "list", "data": [row(offer) for offer in offers]}


def row(offer: Offer) -> dict[str, Any]:
    """One model; what its provider does not tell is left out. `created` is 0, for nobody knows it."""
    model = offer.model
    top = {"context_length": model.context, "max_completion_tokens": model.max_output}
    told: dict[str, Any] = {
        "id": offer.id,
        "object": "model",
        "created": 0,
        "owned_by": offer.slug or "thinkback",
        "name": f"{offer.name}: {model.label or model.id}" if offer.slug else offer.name,
    }
    if model.context is not None:
        told["context_length"] = model.context
    outputs = ["image"] if model.draws else ["text"]
    told["architecture"] = {"input_modalities": list(_modalities(offer)), "output_modalities": outputs}
    told["top_provider"] = {name: size for name, size in top.items() if size is not None}
    if offer.price is not None:
        told["pricing"] = dict(_prices(offer.price))
    told["supported_parameters"] = sorted(set(_parameters(offer.takes, model)))
    if offer.is_default:
        told["is_default"] = True
    return told


def _prices(price: Price) -> Iterable[tuple[str, str]]:
    """US dollars a token, as plain decimals."""
    yield "prompt", f"{price.input.normalize():f}"
    yield "completion", f"{price.output.normalize():f}"
    if price.cached != price.input:
        yield "input_cache_read", f"{price.cached.normalize():f}"


def _modalities(offer: Offer) -> Iterable[str]:
    """What can be sent to it: also what is not known of the model, but can be said to its service."""
    takes, images = offer.takes, offer.model.images
    yield "text"
    if "images" in takes and images is not False:
        yield "image"
    if "documents" in takes:
        yield "file"


def _parameters(takes: frozenset[Ability], model: Model) -> Iterable[str]:
    yield from ALWAYS
    for ability in takes - PARTS:
        if (ability in TOOLS and model.tools is False) or (ability == "reasoning_effort" and model.reasoning is False):
            continue
        yield FORMATS.get(ability, ability)
    if "reasoning_effort" in takes and model.reasoning is not False:
        yield "reasoning"
