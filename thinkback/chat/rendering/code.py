"""Code blocks: colours from Pygments, a heading with the language, a button to copy."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape

import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import _TokenType
from pygments.util import ClassNotFound

# Many of Pygments' languages are quadratic in something, and hold the GIL for as long as one expression takes.
MAX_HIGHLIGHTED = 50_000  # characters of one block; 0.5 ms each thousand
MAX_LINE = 500  # characters
MAX_GAP = 50  # empty lines in a row
PATIENCE = 1.0  # seconds of computing
_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True, classprefix="hl-")


Token = tuple[_TokenType, str]


class TooSlow(Exception):
    """The colours of a block take too long."""


def code_block(language: str, source: str, *, is_open: bool = False) -> str:
    """The figure of one code block. While it is still being written (`is_open`) it stays without colours."""
    name = escape(language or "text")
    body = escape(source, quote=False) if is_open else _coloured(language, source)
    return (
        f'<figure class="code"><figcaption><span>{name}</span>'
        '<button type="button" class="button quiet small" data-copy-code>Copy</button></figcaption>'
        f'<pre tabindex="0" role="region" aria-label="Code, {name}"><code>{body}</code></pre></figure>'
    )


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
