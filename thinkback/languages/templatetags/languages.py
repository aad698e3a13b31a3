"""The languages that can be chosen, and the texts of the scripts."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from thinkback.languages import words

register = template.Library()


@register.simple_tag
def offered_languages() -> list[tuple[str, str]]:
    """Each code with what the language calls itself."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


@register.simple_tag
def script_words() -> SafeString:
    """The texts of the scripts in the page's language, as JSON; nothing for English."""
    return words.words()
