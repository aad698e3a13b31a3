"""The part of a text in which something was found, cut at words, with what was found told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from thinkback.search.asked import Asked, Term
from thinkback.search.words import Place, places

BEFORE, LENGTH = 60, 220  # characters
LOOKED_AT = 200_000  # characters of a text
_SPACE = re.compile(r"\s+")
# Markdown's own signs: headings, quotes and fences at the head of a line, stars around words.
_SIGNS = re.compile(
    r"(?<=\n)[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|`{3,}\w*)|(?<!\w)\*\*(?=\w|\Z)|(?:\A|(?<=[\w.,:;!?)]))\*\*(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet; `hit` is what was searched for."""

    text: str
    hit: bool


def snippet(text: str, asked: Asked) -> list[Piece]:
    """The surroundings of the first hit, or the beginning where nothing is to be told apart."""
    hits = _near(text, asked) or list(_hits(text[:LOOKED_AT], asked))
    start = max(0, hits[0][0] - BEFORE) if hits else 0
    if start:
        start = text.find(" ", start, hits[0][0]) + 1 or start
    end = min(len(text), start + LENGTH)
    pieces = [Piece("… ", hit=False)] if start else []
    at = start
    for first, last in hits:
        if first >= end:
            break
        if first >= at:
            pieces += [Piece(text[at:first], hit=False), Piece(text[first:last], hit=True)]
            at = last
    pieces += [Piece(text[at : max(at, end)], hit=False)]
    if end < len(text):
        pieces.append(Piece("…", hit=False))
    shown = [piece if piece.hit else Piece(_plain(piece.text), hit=False) for piece in pieces]
    if not start and not shown[0].hit:
        shown[0] = Piece(_plain(f"\n{pieces[0].text}")[1:], hit=False)  # a text begins with a line
    return [Piece(_SPACE.sub(" ", piece.text), piece.hit) for piece in shown if piece.text]


def _plain(text: str) -> str:
    """A part of a message without Markdown's signs: it is shown as text, on a line or two."""
    return _SIGNS.sub("", text)


def _near(text: str, asked: Asked) -> list[tuple[int, int]]:
    """The hits around the first one of a plain text, found without reading all of its words."""
    if not asked.terms or not text.isascii():
        return []
    first = re.search("|".join(rf"(?<![a-z0-9]){re.escape(term.words[0])}" for term in asked.terms), text.lower())
    if first is None:
        return []
    start = max(0, first.start() - 2 * BEFORE)
    around = text[start : first.start() + 2 * LENGTH]
    return [(start + begin, start + end) for begin, end in _hits(around, asked)]


def _hits(text: str, asked: Asked) -> Iterator[tuple[int, int]]:
    """Where the terms stand, in order; what has no words is looked for as it is."""
    found = list(places(text))
    some = False
    for number, place in enumerate(found):
        for term in asked.terms:
            if _stands(term, found[number : number + len(term.words)]):
                some = True
                yield place.start, found[number + len(term.words) - 1].end
                break
    at = text.lower().find(asked.literal.lower()) if asked.literal and not some else -1
    if at >= 0:
        yield at, at + len(asked.literal)


def _stands(term: Term, here: list[Place]) -> bool:
    if len(here) < len(term.words) or any(p.word != w for p, w in zip(here[:-1], term.words[:-1], strict=False)):
        return False
    last, wanted = here[-1].word, term.words[-1]
    return last.startswith(wanted) if term.goes_on else last == wanted
