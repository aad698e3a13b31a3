"""Cuts comrak's HTML into its top-level blocks, each with the line of the source on which it starts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from thinkback.chat.rendering.markdown import MAX_DEPTH, TooComplex

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^>]*?(/?)>")
_LINE = re.compile(r'data-sourcepos="(\d+):')
_VOID = frozenset({"br", "hr", "img", "input"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One top-level block: its first line in the source (from 1), and its HTML. Footnotes gather in a last one.

    Raw HTML, which comrak gives back as bare text, is a block of code. Of that the line is not known: None.
    """

    line: int | None
    html: str

    @property
    def is_footnotes(self) -> bool:
        """Whether this is the section of footnotes, which has no place of its own in the source."""
        return self.html.startswith("<section")


def pieces(html: str) -> list[Piece]:
    """The top-level blocks of comrak's output. Raises TooComplex when elements are nested too deeply."""
    found, end_before = [], 0
    for start, end in _spans(html):
        found += _raw(html[end_before:start])
        found.append(Piece(_line(html, start), html[start:end]))
        end_before = end
    return found + _raw(html[end_before:])


def _raw(text: str) -> list[Piece]:
    text = text.strip("\n")
    return [Piece(None, f'<pre><code class="language-html">{text}\n</code></pre>')] if text.strip() else []


def _spans(html: str) -> Iterator[tuple[int, int]]:
    depth = start = 0
    for tag in _TAG.finditer(html):
        closing, name, self_closing = tag.groups()
        if depth == 0:
            start = tag.start()
        if closing:
            depth -= 1
        elif name not in _VOID and not self_closing:
            depth += 1
            if depth > MAX_DEPTH:
                raise TooComplex
        if depth == 0:
            yield start, tag.end()


def _line(html: str, start: int) -> int:
    found = _LINE.search(html, start)
    return int(found[1]) if found else 1
