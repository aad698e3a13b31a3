"""Which language somebody reads: his setting, else what this browser was told, else what it asks for."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header


def chosen(setting: str, cookie: str, accepted: str) -> str:
    """The code of the first of these that is spoken here; the site's own language where none is.

    `setting` is the user's, "" where the browser decides; `accepted` is an Accept-Language header.
    """
    wishes = (setting, cookie, *_asked(accepted))
    return next((code for code in map(spoken, wishes) if code), settings.LANGUAGE_CODE)


def spoken(wish: str) -> str | None:
    """The language of ours that fits a wish: `de` for `de-AT`, `zh-hans` for `zh-CN`; None where none does."""
    try:
        return get_supported_language_variant(wish) if wish else None
    except (LookupError, ValueError):
        return None


def _asked(header: str) -> list[str]:
    try:
        return [code for code, _ in parse_accept_lang_header(header)]
    except ValueError:
        return []
