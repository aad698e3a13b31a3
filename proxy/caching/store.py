"""Where answers are kept: in this process's memory, bounded in all and for each user, never on disk."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from proxy.record import Record

MEGABYTE = 1024 * 1024
OVERHEAD = 4096  # bytes that an entry takes beside its body, roughly
SHARE = 2  # one user may fill at most one part in so many
Key = tuple[int, bytes]  # the user, and a digest of his request


@dataclass(frozen=True, slots=True)
class Entry:
    """One whole answer. `record` tells what it used and cost when it was made; times are the store's clock."""

    body: bytes = field(repr=False)
    headers: tuple[tuple[bytes, bytes], ...]
    record: Record = field(repr=False)
    since: float
    until: float

    @property
    def size(self) -> int:
        """Bytes of memory, roughly."""
        return len(self.body) + OVERHEAD


class Store:
    """The answers of all users, the least recently used forgotten first. Safe to use from any thread."""

    def __init__(self, room: int = 64 * MEGABYTE, clock: Callable[[], float] = time.monotonic) -> None:
        self.room = room  # bytes
        self.clock = clock
        self.users: dict[int, OrderedDict[bytes, Entry]] = {}
        self.sizes: dict[int, int] = {}
        self.forgotten = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes that are kept now."""
        return sum(self.sizes.values())

    def get(self, key: Key) -> Entry | None:
        """The answer, unless it is too old."""
        user, digest = key
        with self._lock:
            kept = self.users.get(user)
            entry = None if kept is None else kept.get(digest)
            if entry is None:
                return None
            if entry.until <= self.clock():
                self._drop(user, digest)
                return None
            self.users[user].move_to_end(digest)
            return entry

    def put(self, key: Key, entry: Entry, moment: int) -> None:
        """Keep an answer, unless something was forgotten since `moment`, a value that `forgotten` had."""
        user, digest = key
        with self._lock:
            if moment != self.forgotten or entry.size > self.room // SHARE:
                return
            if digest in self.users.get(user, {}):
                self._drop(user, digest)
            self.users.setdefault(user, OrderedDict())[digest] = entry
            self.sizes[user] = self.sizes.get(user, 0) + entry.size
            while self.sizes.get(user, 0) > self.room // SHARE:
                self._drop(user, next(iter(self.users[user])))
            while self.size > self.room:
                greedy = max(self.sizes, key=lambda one: self.sizes[one])
                self._drop(greedy, next(iter(self.users[greedy])))

    def forget(self, user: int | None = None) -> None:
        """Drop all answers of one user, or of everybody; what is under way now will not be kept either."""
        with self._lock:
            self.forgotten += 1
            for one in [*self.users] if user is None else [user]:
                self.users.pop(one, None)
                self.sizes.pop(one, None)

    def _drop(self, user: int, digest: bytes) -> None:
        entry = self.users[user].pop(digest)
        self.sizes[user] -= entry.size
        if not self.users[user]:
            del self.users[user], self.sizes[user]


ANSWERS = Store()
