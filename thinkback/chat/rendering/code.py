"""Code blocks: colours from Pygments, a heading with the language, and what can be done with them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape

import pygments
from django.utils.translation import gettext as _
from pygments.formatters import HtmlFormatter
from pygments.lexers import find_lexer_class_by_name, get_lexer_by_name
from pygments.token import _TokenType
from pygments.util import ClassNotFound

# Many of Pygments' languages are quadratic in something, and hold the GIL for as long as one expression takes.
MAX_HIGHLIGHTED = 50_000  # characters of one block; 0.5 ms each thousand
MAX_LINE = 500  # characters
MAX_GAP = 50  # empty lines in a row
PATIENCE = 1.0  # seconds of computing
_PLAIN_ENDING = re.compile(r"\*\.([a-z0-9]{1,10})")
_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True, classprefix="hl-")


Token = tuple[_TokenType, str]


class TooSlow(Exception):
    """The colours of a block take too long."""


def code_block(language: str, source: str, *, is_open: bool = False) -> str:
    """The figure of one code block. While it is still being written (`is_open`) it stays without colours."""
    name = escape(language or "text")
    body = escape(source, quote=False) if is_open else _coloured(language, source)
    label = _("Code, %(language)s") % {"language": name}
    return (
        f'<figure class="code"><figcaption><span>{name}</span>{_buttons(language)}</figcaption>'
        f'<pre tabindex="0" role="group" aria-label="{label}"><code>{body}</code></pre></figure>'
    )


def _buttons(language: str) -> str:
    button = '<button type="button" class="button quiet small"'
    return (
        f'{button} data-wrap-code aria-pressed="false">{_("Wrap")}</button>'
        f'{button} data-save-code="code.{_ending(language)}">{_("Download")}</button>'
        f"{button} data-copy-code>{_('Copy')}</button>"
    )


@lru_cache(maxsize=512)
def _ending(language: str) -> str:
    """How files of this language are named: `py`; `txt` where that is not known."""
    try:
        names = find_lexer_class_by_name(language).filenames if language else []
    except ClassNotFound:
        return "txt"
    return next((found[1] for found in map(_PLAIN_ENDING.fullmatch, names) if found), "txt")


@lru_cache(maxsize=512)
def _coloured(language: str, source: str) -> str:
    if not language or not is_quick(source):
        return escape(source, quote=False)
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
        return pygments.format(_in_time(lexer.get_tokens(source)), _FORMATTER)
    except (ClassNotFound, TooSlow):
        return escape(source, quote=False)


def is_quick(source: str) -> bool:
    """Whether a block has nothing in it that keeps any language busy for long."""
    if len(source) > MAX_HIGHLIGHTED:
        return False
    lines = source.split("\n")
    gapless = "\n" * (MAX_GAP + 2) not in "\n".join(map(str.strip, lines))
    return gapless and max(map(len, lines)) <= MAX_LINE


def _in_time(tokens: Iterable[Token]) -> Iterator[Token]:
    end = time.thread_time() + PATIENCE
    for token in tokens:
        if time.thread_time() > end:
            raise TooSlow
        yield token
