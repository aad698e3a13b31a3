"""The connections to services: those that carry a request, and those kept for the next one."""

from __future__ import annotations

from typing import NamedTuple

from providers._transport.place import Place
from providers._transport.wire import Wire

IDLE = 60.0  # seconds that a connection is kept without a request
KEPT = 128  # connections to one place that wait for a request
KEPT_IN_ALL = 512


class Pool(NamedTuple):
    """Connections to services: those that carry a request, and those kept for the next one."""

    busy: int = 0
    idle: int = 0


class Connections:
    """Every open connection. The one used last is used next, so that those not needed grow old and go."""

    def __init__(self) -> None:
        self.open: set[Wire] = set()
        self.kept: dict[Place, dict[Wire, None]] = {}  # an ordered set; the one used last comes last
        self.idle: dict[Wire, None] = {}  # the same connections, of all places

    def counts(self) -> Pool:
        """How many there are now."""
        return Pool(len(self.open) - len(self.idle), len(self.idle))

    def add(self, wire: Wire) -> None:
        """A new connection, about to carry a request."""
        self.open.add(wire)

    def take(self, place: Place) -> Wire | None:
        """A connection that waits for a request to this place."""
        while place in self.kept:
            wire = next(reversed(self.kept[place]))
            self._unkeep(wire)
            if wire.is_usable():
                wire.clock.stop()
                return wire
            wire.close()
        return None

    def freed(self, wire: Wire) -> None:
        """Keep a connection for the next request, instead of the one that waited longest if there are too many."""
        kept = self.kept.setdefault(wire.place, {})
        kept[wire] = self.idle[wire] = None
        wire.clock.start(IDLE)
        if len(kept) > KEPT:
            next(iter(kept)).close()
        elif len(self.idle) > KEPT_IN_ALL:
            next(iter(self.idle)).close()

    def lost(self, wire: Wire) -> None:
        """Forget a connection."""
        self.open.discard(wire)
        if wire in self.idle:
            self._unkeep(wire)

    def close(self) -> None:
        """Break every connection off."""
        for wire in list(self.open):
            wire.close()

    def _unkeep(self, wire: Wire) -> None:
        del self.idle[wire]
        kept = self.kept[wire.place]
        del kept[wire]
        if not kept:
            del self.kept[wire.place]
