"""Finds every text of the site that is to be translated: in Python, in templates, in scripts, and of the adapters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

import providers
from thinkback.connections.adapter_words import words_of
from thinkback.connections.forms import described

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "N_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
_STRING = r'("(?:[^"\\]|\\.)*")'
_SAID = re.compile(rf"\bt\(\s*{_STRING}")
_COUNTED = re.compile(rf"\bcounted\(\s*[^,]+,\s*{_STRING},\s*{_STRING}")
_ESCAPE = re.compile(r'\\(["\\])')
Text = str | tuple[str, str]  # a text, or its singular and plural


def catalog_of(domain: str) -> Catalog:
    """All texts of a domain, with the files where they stand: `django` of pages, `djangojs` of scripts."""
    found = Catalog(domain=domain)
    for text, place in sorted(_of_scripts() if domain == "djangojs" else _of_pages(), key=lambda one: one[1]):
        flags = ["python-brace-format"] if domain == "djangojs" else []
        found.add(text, locations=[(place, 0)], flags=flags)
    for message in found:  # as Babel marks what looks like one
        message.locations = sorted(set(message.locations))
    return found


def _of_pages() -> Iterator[tuple[Text, str]]:
    for path in sorted((ROOT / "thinkback").rglob("*.py")):
        if "migrations" not in path.parts:
            yield from _of_python(path.read_text(), path)
    for path in sorted((ROOT / "templates").rglob("*.*")):
        source = templatize(path.read_text())
        yield from _of_python("\n".join(map(str.lstrip, source.split("\n"))), path)  # indented like no Python is
    for adapter in providers.available():
        yield from ((word, "providers") for word in words_of(described(adapter)))


def _of_python(source: str, path: Path) -> Iterator[tuple[Text, str]]:
    for _, text, _, _ in extract("python", BytesIO(source.encode()), KEYWORDS):
        yield text if isinstance(text, str) else (text[0], text[1]), path.relative_to(ROOT).as_posix()


def _of_scripts() -> Iterator[tuple[Text, str]]:
    for path in sorted((ROOT / "static/js").rglob("*.js")):
        source, place = path.read_text(), path.relative_to(ROOT).as_posix()
        yield from ((_plain(found), place) for found in _SAID.findall(source))
        yield from (((_plain(one), _plain(many)), place) for one, many in _COUNTED.findall(source))


def _plain(literal: str) -> str:
    return _ESCAPE.sub(r"\1", literal[1:-1])
