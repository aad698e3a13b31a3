"""Which placeholder stands for which value: for one call, in memory, gone with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator

from proxy.masking.patterns import Pattern

PIECE = 64 * 1024  # characters that are searched at a time; between two pieces, other threads have their turn
MARK = re.compile(r"(?:<|\\u003[cC])([A-Z][A-Z0-9_]{0,30}_\d{1,7})(?:>|\\u003[eE])")  # as JSON may also write it
LONGEST = 64  # characters of a placeholder, however it is written


class Masks:
    """The values of one call. `taken` is the text in which placeholders may stand already, as the caller wrote it."""

    def __init__(self, patterns: Iterable[Pattern], taken: str) -> None:
        self.patterns = tuple(patterns)
        self.taken = frozenset(MARK.findall(taken)) if "_" in taken else frozenset()
        self.names: dict[str, str] = {}  # value → name
        self.values: dict[str, str] = {}  # name → value
        self.counts: dict[str, int] = {}
        self.beginnings: set[str] = set()  # of placeholders, in every spelling

    def __bool__(self) -> bool:
        return bool(self.values)

    def mask(self, text: str) -> str:
        """The text with a placeholder for every value."""
        return "".join(self._mask(piece) for piece in pieces(text)) if len(text) > PIECE else self._mask(text)

    def restore(self, text: str, *, is_json: bool = False) -> str:
        """The text with its values again; within JSON that is itself a text, they are escaped."""
        if "_" not in text:
            return text

        def value_of(match: re.Match[str]) -> str:
            value = self.values.get(match[1])
            if value is None:
                return match[0]
            return json.dumps(value, ensure_ascii=False)[1:-1] if is_json else value

        return MARK.sub(value_of, text)

    def open_end(self, text: str) -> int:
        """Where the beginning of a placeholder stands at the end of a text; its length where there is none."""
        start = max(0, len(text) - LONGEST)
        found = (at for at in range(start, len(text)) if text[at] in "<\\" and text[at:] in self.beginnings)
        return next(found, len(text))

    def _mask(self, text: str) -> str:
        for pattern in self.patterns:
            if pattern.hint in text:
                text = pattern.regex.sub(self._replacing(pattern), text)
        return text

    def _replacing(self, pattern: Pattern) -> Callable[[re.Match[str]], str]:
        def placeholder(match: re.Match[str]) -> str:
            if not pattern.fits(match) or self._is_ours(match):
                return match[0]
            return f"<{self._name(pattern.kind, match[0])}>"

        return placeholder

    def _is_ours(self, match: re.Match[str]) -> bool:
        """Whether a match reaches into a placeholder of ours, which would be torn apart."""
        if not self.values:
            return False
        low, high = max(0, match.start() - LONGEST), match.end() + LONGEST
        marks = (mark for mark in MARK.finditer(match.string, low, high) if mark[1] in self.values)
        return any(mark.start() < match.end() and match.start() < mark.end() for mark in marks)

    def _name(self, kind: str, value: str) -> str:
        name = self.names.get(value)
        while name is None:
            number = self.counts[kind] = self.counts.get(kind, 0) + 1
            if f"{kind}_{number}" not in self.taken:
                name = self.names[value] = f"{kind}_{number}"
                self.values[name] = value
                self._spell(name)
        return name

    def _spell(self, name: str) -> None:
        for mark in (f"<{name}>", f"\\u003c{name}\\u003e", f"\\u003C{name}\\u003E"):
            self.beginnings.update(mark[:length] for length in range(1, len(mark)))


def pieces(text: str) -> Iterator[str]:
    """A long text in pieces, cut where a line ends, else a sentence, else a word; never within one."""
    start = 0
    while len(text) - start > PIECE:
        low, high = start + PIECE // 2, start + PIECE
        ends = (text.rfind(mark, low, high) + len(mark) for mark in ("\n", ". ", ", ", " "))
        cut = next((end for end in ends if end > low), 0) or text.find(" ", high) + 1 or len(text)
        yield text[start:cut]
        start = cut
    yield text[start:]
