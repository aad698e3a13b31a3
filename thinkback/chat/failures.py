"""Why an answer failed: stored beside it, and said in words with the buttons that help."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from providers import ContentRefused, ProviderError
from proxy.errors import NoKey, Refused, Resting
from thinkback.attachments import places
from thinkback.attachments.files import StorageFailed
from thinkback.vault.keys import KEY_UNREADABLE

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
    can_shorten: bool = False  # by leaving out the oldest messages
    other_model: bool = True  # which may do better
    slug: str = ""  # the connection that failed
    kind: str = "bad"  # or warn


class TooManyRounds(Exception):
    """A model called tools again and again; holds how often it may."""

    type = "too_many_rounds"


TOO_LONG = re.compile(
    r"context.?(length|window|size)|maximum context|prompt is too long|too many (input )?tokens|exceeds? .*tokens",
    re.IGNORECASE,
)
CODES = {"context_length_exceeded": "too_long", KEY_UNREADABLE: "key_unreadable"}  # that say more than the type
OF_ONE = ((NoKey, "needs_key"), (Resting, "resting"))  # what ThinkBack refuses for the sake of one provider
UPDATE_KEY = ("auth_failed", "not_configured", "key_unreadable", "needs_key")
TITLES = {
    "too_long": N_("This chat is too long for the model"),
    "filtered": N_("{name}’s content filter refused this message"),
    "cut_by_filter": N_("{name}’s content filter ended this answer"),
    "withheld": N_("{name}’s content filter withheld this answer"),
    "auth_failed": N_("{name} refused the key"),
    "key_known": N_("{name} refused the key ending …{ending}"),
    "key_unreadable": N_("The key of {name} cannot be opened any more"),
    "needs_key": N_("{name} has no key yet"),
    "resting": N_("{name} failed again and again"),
    "rate_limit": N_("{name} asks to slow down"),
    "quota_exceeded": N_("No credit left at {name}"),
    "network_error": N_("{name} was not reached"),
    "invalid_request": N_("{name} did not accept this"),
    "server_error": N_("{name} failed"),
    "timeout": N_("{name} did not answer in time"),
    "not_configured": N_("This provider is not set up any more"),
    "too_many_rounds": N_("The model did not stop calling tools"),
    "storage": N_("The file storage of this server ({name}) failed"),
    "internal": N_("ThinkBack could not finish this answer"),
}
TEXTS = {
    "too_long": N_("Leave out the oldest messages, or choose a model with a larger context. The chat keeps them all."),
    "first_too_long": N_("Shorten your message, or choose a model with a larger context."),
    "filtered": N_("This is a rule of the provider’s. Change your message, or choose another model."),
    "key_unreadable": N_("The site’s master key changed since it was saved. Paste it again, then retry."),
    "resting": N_("ThinkBack leaves it alone for a moment. Wait, then try again, or choose another model."),
    "needs_key": N_("Paste one in the settings, then retry."),
    "auth_failed": N_("Check that the key is active, or paste a new one."),
    "rate_limit": N_("Wait a moment, then try again, or choose another model."),
    "quota_exceeded": N_("Add credit with the provider, or choose another model."),
    "network_error": N_("Check the address and your connection, then try again."),
    "invalid_request": N_("Choose another model, or change the message."),
    "server_error": N_("This usually passes. Try again, or choose another model."),
    "timeout": N_("Try again, or choose another model."),
    "not_configured": N_("Choose another model above, or add the provider again in the settings."),
    "too_many_rounds": N_("Its last calls were not run. Try again, choose another model, or ask for less at a time."),
    "storage": N_("The files of this chat could not be read just now. Try again in a moment."),
    "internal": N_("What had arrived is kept. Try again."),
}


def stored(error: BaseException) -> Stored:
    """What is kept of a failure; nothing of it can hold a key."""
    if isinstance(error, ProviderError | Refused):
        return {
            "type": error.type,
            "cause": _cause_of(error),
            "message": error.message[:1000],
            "retry_after": error.retry_after,
            "status": error.status,
            "refused": isinstance(error, Refused),
            "link": "" if isinstance(error, Refused) else error.link,
            "key_ending": "" if isinstance(error, Refused) else error.key_ending,
        }
    if isinstance(error, TooManyRounds):
        message = f"Tools are called in at most {error.args[0]} rounds."
        return {"type": error.type, "message": message, "retry_after": None, "status": None}
    return {"type": "internal", "message": "", "retry_after": None, "status": None}


def not_configured() -> Stored:
    """The connection that was chosen is gone."""
    return {"type": "not_configured", "message": "", "retry_after": None, "status": None}


def card_of(error: Stored, name: str, slug: str = "", *, is_first: bool = False) -> Card:
    """The card of a stored failure of the provider called `name`; whether it was to answer the first message."""
    kind = _kind_of(error)
    by_us = bool(error.get("refused")) and kind not in ("needs_key", "resting")
    ending = str(error.get("key_ending") or "")
    status, message = error.get("status"), str(error.get("message") or "")
    return Card(
        _title("key_known" if kind == "auth_failed" and ending else kind, _who(kind, name, by_us=by_us), ending),
        _text("first_too_long" if kind == "too_long" and is_first else kind),
        " · ".join(part for part in (f"HTTP {status}" if status else "", message) if part),
        update_key=kind in UPDATE_KEY and not by_us,
        retry=kind != "not_configured",
        wait=_seconds(error.get("retry_after")),
        link=str(error.get("link") or ""),
        can_shorten=kind == "too_long" and not is_first,
        other_model=kind != "storage",
        slug=slug,
    )


def card_of_filter(name: str, *, said: bool) -> Card:
    """The card of an answer that the provider's content filter ended, or of which it let nothing through."""
    return Card(_title("cut_by_filter" if said else "withheld", name), _text("filtered"), kind="warn")


def _who(kind: str, name: str, *, by_us: bool) -> str:
    """Whose failure it is."""
    if kind == "storage":
        return places.name(settings.STORAGES["default"])
    return "ThinkBack" if by_us else name


def _title(kind: str, name: str, ending: str = "") -> str:
    return _(TITLES.get(kind, TITLES["internal"])).format(name=name, ending=ending)


def _text(kind: str) -> str:
    return _(TEXTS.get(kind, TEXTS["internal"]))


def _cause_of(error: ProviderError | Refused) -> str:
    """What is known beyond the type; empty where that says it all."""
    if isinstance(error, ContentRefused):
        return "filtered"
    if isinstance(error, Refused):
        if isinstance(error.__cause__, StorageFailed):
            return "storage"
        return next((cause for kind, cause in OF_ONE if isinstance(error, kind)), "")
    return CODES.get(error.code or "", "")


def _kind_of(error: Stored) -> str:
    """Which words fit."""
    type = str(error.get("cause") or error.get("type", "internal"))
    too_long = type == "invalid_request" and TOO_LONG.search(str(error.get("message") or "")) is not None
    return "too_long" if too_long else type


def _seconds(value: object) -> int:
    return min(int(value) + 1, 3600) if isinstance(value, int | float) and value > 0 else 0
