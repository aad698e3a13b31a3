"""What a person typed into the search field, read: words, "phrases", and filters like `in:folder tag:x after:2026-01`.

Nothing is refused: what is no filter is searched for as it stands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from thinkback.search.words import words_of

LONGEST = 500  # characters that are read
MOST_TERMS = 20
STATES = ("archived", "pinned", "unread")
_PARTS = re.compile(
    r'(?P<name>in|tag|model|before|after|is):(?:"(?P<quoted>[^"]*)"?|(?P<value>[^\s"]+))|"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+)',
    re.IGNORECASE,
)
_DAY = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side; the last may go on where it is not a phrase."""

    words: tuple[str, ...]
    goes_on: bool


@dataclass(slots=True)
class Asked:
    """A question: every term must be found, and every filter fit."""

    terms: list[Term] = field(default_factory=list)
    filters: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    days: dict[str, date] = field(default_factory=dict)  # before, after
    literal: str = ""  # what was typed apart from filters


def read(text: str) -> Asked:
    """A question as it was typed."""
    asked = Asked()
    said: list[str] = []
    for part in _PARTS.finditer(text[:LONGEST]):
        if part["name"] and _filter(asked, part["name"].lower(), part["quoted"] or part["value"] or ""):
            continue
        phrase = part["phrase"]
        written = phrase if phrase is not None else part[0]
        words = tuple(words_of(written))
        said.append(written)
        if words and len(asked.terms) < MOST_TERMS:
            asked.terms.append(Term(words, goes_on=phrase is None))
    asked.literal = " ".join(said).strip()
    return asked


def _filter(asked: Asked, name: str, value: str) -> bool:
    """Take a filter; False for what is none."""
    if name in ("before", "after"):
        day = _day(value)
        if day is None:
            return False
        asked.days[name] = day
        return True
    if not value or (name == "is" and value.lower() not in STATES):
        return False
    asked.filters[name].append(value.casefold())
    return True


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    try:
        return None if found is None else date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
