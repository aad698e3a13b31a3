"""Parts of a call that have prices of their own: audio, images, web searches. Read from the provider's own report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Where a report tells them (OpenAI's chat and Responses; https://platform.openai.com/docs/api-reference), and their
# names in the price table.
_DETAILS = {
    "prompt_tokens_details": "input",
    "input_tokens_details": "input",
    "completion_tokens_details": "output",
    "output_tokens_details": "output",
}
# Gemini's lists of {modality, tokenCount} (https://ai.google.dev/api/generate-content#UsageMetadata)
_MODALITIES = {"promptTokensDetails": "input", "candidatesTokensDetails": "output"}
_APART = frozenset({*_DETAILS, *_MODALITIES, "server_tool_use"})
_KINDS = ("audio", "image", "video")

# Not to be charged like text: without a price of their own the whole cost is unknown. (Images and videos that a model
# sees are charged like text, where the table has no other price.)
OWN_PRICES = {
    "input_audio_tokens": "input_audio_mtok",
    "output_audio_tokens": "output_audio_mtok",
    "output_image_tokens": "output_image_mtok",
    "output_video_tokens": "output_video_mtok",
    "web_searches": "web_searches_kcount",
}


def parts_of(raw_usage: Mapping[str, Any] | None) -> dict[str, int]:
    """Those that occur, as the price table names them."""
    raw = raw_usage or {}
    found: dict[str, int] = {}
    if _APART.isdisjoint(raw):
        return found
    for name, count in (*_openai(raw), *_google(raw), *_anthropic(raw)):
        if isinstance(count, int) and not isinstance(count, bool) and count > 0:
            found[name] = found.get(name, 0) + count
    return found


def _openai(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for place, side in _DETAILS.items():
        details = raw.get(place)
        if isinstance(details, dict):
            yield from ((f"{side}_{kind}_tokens", details.get(f"{kind}_tokens")) for kind in _KINDS)


def _google(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for place, side in _MODALITIES.items():
        details = raw.get(place)
        for item in details if isinstance(details, list) else ():
            if isinstance(item, dict) and (kind := str(item.get("modality")).lower()) in _KINDS:
                yield f"{side}_{kind}_tokens", item.get("tokenCount")


def _anthropic(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    # https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool#usage-and-pricing
    tools = raw.get("server_tool_use")
    if isinstance(tools, dict):
        yield "web_searches", tools.get("web_search_requests")
