"""What each service said last of how much a key may still ask: kept in memory alone, for each configuration."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import NamedTuple

from providers import telling
from proxy.call import Connection

MOST = 2000  # configurations


class Seen(NamedTuple):
    """The headers of one answer that tell of it, unread; the model asked for; when (seconds since 1970)."""

    user_id: int
    headers: Mapping[str, str]
    model: str | None
    at: float


class Allowances:
    """The last word of each service. Written on the hot path, read seldom, from any thread."""

    def __init__(self) -> None:
        self._seen: dict[int, Seen] = {}

    def note(self, connection: Connection, headers: Mapping[str, str], model: str | None) -> None:
        """An answer's headers are there, by lower-case names."""
        told = telling(headers)
        if told:
            self._seen.pop(connection.id, None)  # so that the one longest unheard of stands first
            self._seen[connection.id] = Seen(connection.user_id, told, model, time.time())
            if len(self._seen) > MOST:
                del self._seen[next(iter(self._seen))]

    def of(self, connection_id: int) -> Seen | None:
        """What was last heard of a configuration in this process."""
        return self._seen.get(connection_id)

    def forget(self, user_id: int | None = None) -> None:
        """Drop what is known of a user's configurations, for one of them may have another key now; or of all."""
        for connection_id, seen in list(self._seen.items()):
            if user_id in (None, seen.user_id):
                self._seen.pop(connection_id, None)


ALLOWANCES = Allowances()
