"""The texts of the scripts in another language: what `words.js` reads from the page."""

from __future__ import annotations

import gettext
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale

LOCALE = Path(__file__).resolve().parent.parent / "locale"
UNSAFE = {ord(mark): f"\\u{ord(mark):04X}" for mark in "<>&"}  # what would end the element


def words() -> SafeString:
    """The catalogue of the current language as JSON; empty for English, which stands in the scripts."""
    return _json(get_language() or settings.LANGUAGE_CODE)


@cache
def _json(code: str) -> SafeString:
    """Each English text with its translation; a text in two numbers, by its singular, with the list of its forms."""
    catalogue = gettext.translation("djangojs", LOCALE, [to_locale(code)], fallback=True)
    found: dict[str, str | list[str]] = {}
    for key, text in sorted(getattr(catalogue, "_catalog", {}).items(), key=str):
        if isinstance(key, tuple):
            forms = found.setdefault(key[0], [])
            assert isinstance(forms, list)
            forms.append(text)
        elif key:
            found[key] = text
    shown = json.dumps(found, ensure_ascii=False, separators=(",", ":")).translate(UNSAFE) if found else ""
    return mark_safe(shown)  # noqa: S308 - every character that means something to HTML is escaped
