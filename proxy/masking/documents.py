"""The texts in a request or a whole answer, in whichever format: every one but those that nobody reads as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# What is no text: identifiers, addresses, files, and what must come back unchanged because it is signed.
OPAQUE = frozenset({
    "b64_json", "call_id", "data", "encrypted_content", "file_data", "file_id", "file_uri", "fileUri", "format", "id",
    "image_url", "item_id", "mime_type", "mimeType", "media_type", "model", "modelVersion", "object", "pattern",
    "previous_response_id", "prompt_cache_key", "responseId", "role", "signature", "system_fingerprint",
    "thoughtSignature", "thought_signature", "tool_call_id", "tool_use_id", "type", "uri", "url",
})  # fmt: skip
JSON = frozenset({"arguments", "partial_json"})  # texts that are JSON themselves
Change = Callable[[str, bool], str]  # the text, and whether it is JSON itself


def changed(value: Any, change: Change, name: str = "") -> Any:
    """The document with every text changed, names in objects included; a new one, the old stays as it is."""
    if isinstance(value, str):
        return value if name in OPAQUE else change(value, name in JSON)
    if isinstance(value, list):
        return [changed(item, change, name) for item in value]
    if isinstance(value, dict):
        return {change(key, False): changed(item, change, inner(key, item)) for key, item in value.items()}
    return value


def inner(key: str, item: Any) -> str:
    """Under which name a value is judged: what is opaque as a text need not be so as an object (`image_url`)."""
    return key if isinstance(item, str | list) else ""
