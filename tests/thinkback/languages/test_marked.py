"""No template has bare words: each is marked for translation, but for names and what programs read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
OURS = ("settings/specimens", "settings/parts.html", "pages/")  # for whoever builds the pages, and for programmers
PAGES = [
    path for path in sorted(TEMPLATES.rglob("*.html")) if not path.relative_to(TEMPLATES).as_posix().startswith(OURS)
]
MARKED = re.compile(r"{%\s*(comment|blocktranslate)\b.*?{%\s*end\1\s*%}|{#.*?#}", re.S)
CODE = re.compile(r"<(code|kbd|pre|template)\b.*?</\1>", re.S)
TAGS = re.compile(r"{%.*?%}|{{.*?}}", re.S)
SAID = re.compile(r"""\s(?:title|aria-label|placeholder|alt)\s*=\s*("[^"]*"|'[^']*')""")
NAMES = re.compile(
    r"ThinkBack|Shell|JSON|Markdown|CSV|nginx|Caddy|Apache|Traefik|Name|sk-…|https?://\S+|ms|zip|X-Name|UTC|MB|KB|px"
)
WORD = re.compile(r"[A-Za-z]{2,}")


def bare(source: str) -> list[str]:
    """The words that a reader would see as they are written."""
    source = TAGS.sub("", CODE.sub("", MARKED.sub("", source)))
    said = [value[1:-1] for value in SAID.findall(source)]
    shown = re.sub(r"<[^>]*>", "\n", source).split("\n")
    return [text.strip() for text in (*said, *shown) if WORD.search(NAMES.sub("", text))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_no_bare_words(path: Path) -> None:
    source = re.sub(r"<!doctype html>", "", path.read_text())
    source = re.sub(r"{%\s*block \w+_?(?:class|id)\s*%}.*?{%\s*endblock\s*%}", "", source)
    assert bare(source) == []


def test_bare_words_are_found() -> None:
    assert bare('<p title="Some words">{% translate "Marked" %} Bare <code>code</code></p>') == ["Some words", "Bare"]
