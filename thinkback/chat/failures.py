"""Why an answer failed: stored beside it, and said in words with the buttons that help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from providers import ProviderError
from proxy.errors import Refused

Stored = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Card:
    """What the reader is told, and which buttons stand below it."""

    title: str
    text: str
    detail: str = ""
    update_key: bool = False
    retry: bool = True
    wait: int = 0  # seconds until it is worth trying again
    link: str = ""  # the web page of the provider that mends it


TITLES = {
    "auth_failed": "{name} refused the key",
    "rate_limit": "{name} asks to slow down",
    "quota_exceeded": "No credit left at {name}",
    "network_error": "{name} was not reached",
    "invalid_request": "{name} did not accept this",
    "server_error": "{name} failed",
    "timeout": "{name} did not answer in time",
    "not_configured": "This provider is not set up any more",
    "internal": "ThinkBack could not finish this answer",
}
TEXTS = {
    "auth_failed": "Check that the key is active, or paste a new one.",
    "rate_limit": "Wait a moment, then try again, or choose another model.",
    "quota_exceeded": "Add credit with the provider, or choose another model.",
    "network_error": "Check the address and your connection, then try again.",
    "invalid_request": "Choose another model, or change the message.",
    "server_error": "This usually passes. Try again, or choose another model.",
    "timeout": "Try again, or choose another model.",
    "not_configured": "Choose another model above, or add the provider again in the settings.",
    "internal": "What had arrived is kept. Try again.",
}


def stored(error: BaseException) -> Stored:
    """What is kept of a failure; nothing of it can hold a key."""
    if isinstance(error, ProviderError | Refused):
        return {
            "type": error.type,
            "message": error.message[:1000],
            "retry_after": error.retry_after,
            "status": error.status,
            "refused": isinstance(error, Refused),
            "link": "" if isinstance(error, Refused) else error.link,
        }
    return {"type": "internal", "message": "", "retry_after": None, "status": None}


def not_configured() -> Stored:
    """The connection that was chosen is gone."""
    return {"type": "not_configured", "message": "", "retry_after": None, "status": None}


def card_of(error: Stored, name: str) -> Card:
    """The card of a stored failure of the provider called `name`."""
    type = error.get("type", "internal")
    if error.get("refused"):
        name = "ThinkBack"
    title = TITLES.get(type, TITLES["internal"]).format(name=name)
    message = str(error.get("message") or "")
    status = error.get("status")
    detail = " · ".join(part for part in (f"HTTP {status}" if status else "", message) if part)
    return Card(
        title,
        TEXTS.get(type, TEXTS["internal"]),
        detail,
        update_key=type in ("auth_failed", "not_configured") and not error.get("refused"),
        retry=type != "not_configured",
        wait=_seconds(error.get("retry_after")),
        link=str(error.get("link") or ""),
    )


def _seconds(value: object) -> int:
    return min(int(value) + 1, 3600) if isinstance(value, int | float) and value > 0 else 0
