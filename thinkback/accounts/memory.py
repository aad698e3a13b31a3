"""A small memory of what was looked up: bounded, for seconds, and emptied by announcements."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

V = TypeVar("V")
SECONDS = 5.0
ENTRIES = 4096


class Memory(Generic[V]):
    """Values under keys, each with the subjects that end it. Safe to use from any thread.

    A lookup takes `moment()` before it reads the database and hands it to `keep`, which then keeps nothing
    if anything was forgotten in between.
    """

    def __init__(self, seconds: float = SECONDS, entries: int = ENTRIES) -> None:
        self.seconds = seconds
        self.entries = entries
        self._kept: OrderedDict[Hashable, tuple[float, frozenset[str], V]] = OrderedDict()
        self._forgotten = 0
        self._lock = threading.Lock()

    def moment(self) -> int:
        """How often something was forgotten so far."""
        return self._forgotten

    def get(self, key: Hashable) -> V | None:
        """What is remembered, if it is recent enough."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            until, _, value = found
            if until <= time.monotonic():
                del self._kept[key]
                return None
            self._kept.move_to_end(key)
            return value

    def keep(self, key: Hashable, value: V, subjects: Iterable[str], moment: int) -> None:
        """Remember a value; the one unused for longest makes room."""
        with self._lock:
            if moment != self._forgotten:
                return
            self._kept[key] = (time.monotonic() + self.seconds, frozenset(subjects), value)
            self._kept.move_to_end(key)
            while len(self._kept) > self.entries:
                self._kept.popitem(last=False)

    def forget(self, subject: str) -> None:
        """Drop whatever a subject ends. `*` ends everything."""
        with self._lock:
            self._forgotten += 1
            for key in [key for key, (_, ends, _) in self._kept.items() if subject in ends or subject == "*"]:
                del self._kept[key]
