"""What counts as a word, the same for what is searched and for what is asked.

Case, accents and widths do not matter. Scripts without spaces between words are taken character by character, so that
any part of a sentence is found as a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

MOST = 400_000  # bytes of words of one message; PostgreSQL's vectors end at a megabyte
SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
SPACELESS += "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
WORD = re.compile(rf"[{SPACELESS}]|(?:(?![{SPACELESS}])[^\W_])+")
_PLAIN = re.compile(r"[a-z0-9]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")


class Place(NamedTuple):
    """A word, and where it stands in its text."""

    word: str
    start: int
    end: int


def words_of(text: str) -> list[str]:
    """The words of a text, in order."""
    if text.isascii():
        return _PLAIN.findall(text.lower())
    return WORD.findall(folded(text))


def indexed(text: str) -> str:
    """The same as one text, no longer than an index takes."""
    words = " ".join(words_of(text))
    return words if len(words) * 4 <= MOST else words.encode()[:MOST].decode(errors="ignore")


def places(text: str) -> Iterator[Place]:
    """The words of a text with where they stand in it as it was written."""
    for found in WORD.finditer(text):
        for word in words_of(found[0]):
            yield Place(word, found.start(), found.end())


def folded(text: str) -> str:
    """Without case, accents and widths: Größe → grosse, Ｔｏｋｙｏ → tokyo; が stays が."""
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold())
