"""Two counts over the last while: all, and those among them that are marked. Constant in memory, whatever the rate."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

SPAN = 60.0  # seconds
SLOT = 5.0


@dataclass(slots=True)
class Slot:
    """What was counted within a few seconds from `start` on."""

    start: float
    total: int = 0
    marked: int = 0


class Window:
    """Counts in slots of some seconds; the oldest is forgotten as a whole. `now` is in seconds and never goes back."""

    def __init__(self) -> None:
        self.slots: deque[Slot] = deque()
        self.total = self.marked = 0  # of all slots

    def add(self, now: float, *, total: int = 0, marked: int = 0) -> None:
        """Count these."""
        if not self.slots or now >= self.slots[-1].start + SLOT:
            self.slots.append(Slot(now))
            self._forget(now)
        slot = self.slots[-1]
        slot.total += total
        slot.marked += marked
        self.total += total
        self.marked += marked

    def counts(self, now: float) -> tuple[int, int]:
        """How many in all, and how many marked."""
        self._forget(now)
        return self.total, self.marked

    def _forget(self, now: float) -> None:
        while self.slots and self.slots[0].start <= now - SPAN:
            slot = self.slots.popleft()
            self.total -= slot.total
            self.marked -= slot.marked
