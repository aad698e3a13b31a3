"""Watches raw bytes pass for the mark that ends a stream, across the joints between reads."""

from __future__ import annotations

import re
from functools import lru_cache

BLANK_LINE = re.compile(rb"\n\r?\n|\r\r")
LONGEST_BLANK = 3
EVENT = b"event:"
Marks = tuple[bytes, ...]


class Watch:
    """Tells whether the event that ends the stream has passed, whole. Two or three searches per chunk, no parsing.

    A mark such as `event: response.completed` only announces its event, so the blank line behind it is waited for;
    `[DONE]` says everything by itself. A mark `"key"` is a JSON key anywhere; it cannot occur inside a string, where
    its quotes would be escaped.
    """

    def __init__(self, terminals: tuple[bytes, ...]) -> None:
        self._lines, self._keys, self._hints, self._keep = sorted_out(terminals)
        self._carry = b"\n"  # the end of what has passed; the stream's start counts as a line's
        self.keyed = bool(self._keys)
        self.announced = False
        self.ended = False

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes."""
        if self.ended:
            return
        window = self._carry + chunk
        self._carry = window[-self._keep :]
        at = 0
        if not self.announced:
            for hint in self._hints:
                if hint in window:
                    break
            else:
                return
            found = self._find(window)
            if found is None:
                return
            self.announced, at = True, found[1]
            self.ended = found[0].endswith(b"]")
        if not self.ended and BLANK_LINE.search(window, at):
            self.ended = True
        self._carry = window[max(at, len(window) - LONGEST_BLANK + 1) :]

    def _find(self, window: bytes) -> tuple[bytes, int] | None:
        """The first mark in the window, and where it ends."""
        for mark in self._keys:
            at = window.find(mark)
            if at >= 0:
                return mark, at + len(mark)
        for mark in self._lines:
            at = window.find(mark)
            while at >= 0:
                if window[at - 1 : at] in (b"\n", b"\r"):
                    return mark, at + len(mark)
                at = window.find(mark, at + 1)
        return None


@lru_cache
def sorted_out(terminals: tuple[bytes, ...]) -> tuple[Marks, Marks, Marks, int]:
    """The marks at the start of a line, those that are keys, hints that one may be there, and the bytes to carry over.

    A hint is `event:` for all marks that name an event, and what stands behind `data:` for the others.
    """
    lines = tuple(mark for mark in terminals if not mark.startswith(b'"'))
    keys = tuple(mark for mark in terminals if mark.startswith(b'"'))
    hints = tuple({EVENT if mark.startswith(EVENT) else mark.removeprefix(b"data:").strip() for mark in terminals})
    return lines, keys, hints, max(map(len, terminals), default=0) + LONGEST_BLANK
