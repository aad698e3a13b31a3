"""From sanitised HTML to what is shown: code, formulas, tables and tasks in their final form."""

from __future__ import annotations

import re
from html import unescape

from django.utils.translation import gettext as _

from thinkback.chat.rendering.code import code_block
from thinkback.chat.rendering.formulas import formula
from thinkback.chat.rendering.sanitising import clean

_IMAGE = re.compile(r"<img\b([^>]*)/>")
_SRC = re.compile(r'\bsrc="([^"]*)"')
_ALT = re.compile(r'\balt="([^"]*)"')
_CODE = re.compile(r'<pre><code(?: class="language-([^"]*)")?>(.*?)</code></pre>', re.DOTALL)
_OPEN_CODE = re.compile(
    r'<pre><code(?: class="language-([^"]*)")?>((?:(?!<pre>).)*)</code></pre>(?=(?:\s|</\w+>)*$)', re.DOTALL
)
_FORMULA = re.compile(r'<span data-math-style="(inline|display)">(.*?)</span>', re.DOTALL)
_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
_TASK = re.compile(r"<input([^>]*)>")
_INNER_LINK = re.compile(r'<a href="#(fn[^"]*)"([^>]*)>')
_INNER_ID = re.compile(r' id="(fn[^"]*)"')


def finish(html: str, prefix: str, *, is_open: bool = False) -> str:
    """The final form of comrak's HTML: sanitised, then completed with our own markup.

    `prefix` keeps the footnotes of one message apart from those of another; `is_open` says that the text goes on, so
    that a code block at its end is left without colours.
    """
    html = clean(_IMAGE.sub(_image, html))
    if is_open:
        html = _OPEN_CODE.sub(lambda found: _code(found, is_open=True), html)
    html = _CODE.sub(_code, html)
    html = _FORMULA.sub(_formula, html)
    html = _TABLE.sub(_table, html)
    html = _TASK.sub(_task, html)
    html = _INNER_LINK.sub(rf'<a href="#{prefix}\1"\2>', html) if "#fn" in html else html
    return _INNER_ID.sub(rf' id="{prefix}\1"', html)


def _image(found: re.Match[str]) -> str:
    """No picture is loaded from anywhere, which would tell its host who reads what: only a link remains."""
    source, words = _SRC.search(found[1]), _ALT.search(found[1])
    label = (words[1] if words else "") or "image"
    return f'<a href="{source[1] if source else ""}">{label}</a>'


def _code(found: re.Match[str], *, is_open: bool = False) -> str:
    return code_block(unescape(found[1] or ""), unescape(found[2]), is_open=is_open)


def _formula(found: re.Match[str]) -> str:
    return formula(unescape(found[2]), display=found[1] == "display")


def _table(found: re.Match[str]) -> str:
    return (
        f'<figure class="sheet"><div class="table-scroll" tabindex="0" role="group" aria-label="{_("Table")}">'
        f"<table>{found[1]}</table></div>"
        f'<button type="button" class="button quiet small" data-copy-csv>{_("Copy as CSV")}</button></figure>'
    )


def _task(found: re.Match[str]) -> str:
    done = "checked" in found[1]
    state, label = ("done", _("Done")) if done else ("open", _("To do"))
    return f'<span class="task task-{state}" role="img" aria-label="{label}"></span>'
