"""The many shapes of an error body → its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from providers._failures.redaction import redact
from providers._json import decode, decode_object


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a service says went wrong. `words` are its codes, in lower case; `status` is one inside the body."""

    message: str = ""
    words: frozenset[str] = frozenset()
    status: int | None = None
    code: str | None = None
    error: Mapping[str, Any] = field(default_factory=dict)


def read_body(body: bytes) -> Complaint:
    """The complaint of an error answer; an empty one for HTML and the like."""
    return read_document(decode_object(body[: 64 * 1024]))


def read_document(document: Mapping[str, Any]) -> Complaint:
    """The complaint of a JSON object, whichever of the known shapes it has.

    `{"error": {…}}` (OpenAI, Anthropic, Google), `{"error": "…", "code"}` (xAI, Ollama), `{"message"}` (Cohere,
    Mistral, Bedrock), `{"detail"}` (Voyage, FastAPI), `{"type": "error", "message"}` (Responses).
    """
    found = document.get("error")
    error: Mapping[str, Any] = found if isinstance(found, Mapping) else document
    message = said(found) or said(error.get("message")) or said(error.get("detail")) or said(document.get("message"))
    codes = [error.get("code"), error.get("type"), error.get("status"), document.get("code"), *reasons(error)]
    words = [value for value in codes if isinstance(value, str) and value]
    numbers = [value for value in (error.get("status_code"), *codes) if isinstance(value, int | str)]
    return Complaint(
        message=message,
        words=frozenset(word.lower() for word in words),
        status=next((number for number in map(http_status, numbers) if number is not None), None),
        code=redact(words[0])[:100] if words else None,
        error=error,
    )


def said(value: Any) -> str:
    """A message: a text, a text with JSON inside (Mistral), or a list of objects with one each (FastAPI)."""
    if isinstance(value, str):
        nested = decode(value.encode("utf-8", "replace")) if value.startswith("{") else None
        return said(nested) or value
    if isinstance(value, list):
        return "; ".join(filter(None, map(said, value[:3])))
    if isinstance(value, Mapping):
        return said(value.get("message") or value.get("msg") or value.get("detail"))
    return ""


def reasons(error: Mapping[str, Any]) -> list[Any]:
    """The reasons in the details of a Google error, such as `API_KEY_INVALID`."""
    details = error.get("details")
    return [item.get("reason") for item in details if isinstance(item, Mapping)] if isinstance(details, list) else []


def http_status(value: Any) -> int | None:
    """An HTTP error status, also one written as text (Azure, OpenRouter)."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 3:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 400 <= value <= 599 else None
