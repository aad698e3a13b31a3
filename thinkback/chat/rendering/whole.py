"""A whole text at once: for pages, and once more at the end of a stream."""

from __future__ import annotations

from html import escape

from django.utils.translation import gettext as _

from thinkback.chat.rendering.finishing import finish
from thinkback.chat.rendering.markdown import TooComplex, convert
from thinkback.chat.rendering.outline import pieces


def render(text: str, prefix: str = "") -> str:
    """Safe HTML of a Markdown text. What is too large or too deep to be rendered comes out as plain text."""
    try:
        found = pieces(convert(text))
    except TooComplex:
        return plain(text)
    return "".join(f'<div class="block">{finish(piece.html, prefix)}</div>' for piece in found)


def plain(text: str) -> str:
    """The text as it is, for what cannot be rendered."""
    shown = escape(text, quote=False)
    label = _("Text")
    return f'<div class="block"><pre class="plain" tabindex="0" role="group" aria-label="{label}">{shown}</pre></div>'
