"""Markdown → HTML with comrak; raw HTML in the source comes out as text."""

from __future__ import annotations

import re

import comrak

from thinkback.chat.wellformed import wellformed

MAX_SOURCE = 400_000  # characters: longer texts are shown as they are
MAX_MARKERS = 32  # block markers at the head of one line
MAX_LATEX = 5_000  # openings of formulas by backslash; comrak is quadratic in unclosed ones
MAX_EMAILS = 1_000  # `@`; comrak follows addresses by recursion: 4,000 overflow a stack of 1 MB and end the process
MAX_DEPTH = 100  # open elements; the sanitiser is quadratic in this

# comrak is quadratic in `>` at the head of a line (a megabyte of them takes minutes, with the GIL held), so that
# such a line must be found before parsing. Possessive, so that this check is itself linear.
_TOO_DEEP = re.compile(
    rf"^(?:[ \t]*+(?:>|[-+*](?=[ \t])|[0-9]{{1,9}}[.)](?=[ \t]))){{{MAX_MARKERS + 1}}}", re.MULTILINE
)


class TooComplex(ValueError):
    """A source that is too long or too deeply nested to be rendered in bounded time."""


def _extensions(*, latex: bool, links: bool) -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    for name in ("table", "tasklist", "strikethrough", "footnotes", "math_dollars", "alerts"):
        setattr(options, name, True)
    options.math_latex, options.autolink = latex, links
    return options


def _rendering() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.escape = True
    options.sourcepos = True
    return options


_EXTENSIONS = {
    (latex, links): _extensions(latex=latex, links=links) for latex in (True, False) for links in (True, False)
}
_RENDERING = _rendering()


def convert(source: str) -> str:
    """HTML of a Markdown source, with `data-sourcepos` on each element; not yet sanitised. Raises TooComplex."""
    if len(source) > MAX_SOURCE or _TOO_DEEP.search(source):
        raise TooComplex
    source = wellformed(source)
    latex = source.count("\\(") + source.count("\\[") <= MAX_LATEX
    links = source.count("@") <= MAX_EMAILS
    return comrak.render_markdown(source, extension_options=_EXTENSIONS[latex, links], render_options=_RENDERING)
