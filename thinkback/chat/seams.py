"""Going on where an answer was broken off: what is asked for, and the join between what stood there and what comes.

Every service takes a last turn of the user; a last turn of the assistant that is to be completed is refused by some
models and taken for finished by others. So each is asked in words, and what it repeats all the same is left out.
"""

from __future__ import annotations

import re

INSTRUCTION = (
    "Your last message was cut off. Continue it exactly where it ends, in the middle of the word, line or code block "
    "if need be. Repeat nothing of it, and say nothing about having been interrupted."
)
LOOK = 20_000  # characters before the seam in which a repetition is looked for
SURE = 16  # characters that do not come again by chance
LAST_WORD = re.compile(r"[^\W\d_]{3,}\Z")


class Seam:
    """Holds back the beginning of what comes for as long as it may be a repetition of what stands there."""

    def __init__(self, before: str) -> None:
        self._before = before[-LOOK:]
        self._held = ""
        self._closed = not before

    def feed(self, piece: str) -> str:
        """What is new for certain."""
        if self._closed:
            return piece
        self._held += piece
        said = self._held.lstrip()
        return "" if said in self._before else self.close()

    def close(self) -> str:
        """What is new of all that was held back."""
        held, self._held, self._closed = self._held, "", True
        said = held.lstrip()
        if repeated := overlap(self._before, said):
            return said[repeated:]
        word = LAST_WORD.search(self._before)
        return held[len(word[0]) :] if word and held.startswith(word[0]) else held


def overlap(before: str, said: str) -> int:
    """How many characters at the beginning repeat the end of what stood before; 0 where that may be chance."""
    longest = min(len(before), len(said))
    found = [size for size in range(SURE, longest + 1) if before.endswith(said[:size])]
    return found[0] if len(found) == 1 else 0  # of a pattern that comes again and again nobody knows
