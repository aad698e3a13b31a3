"""Several observers of the proxy as one."""

from __future__ import annotations

from collections.abc import Sequence

from proxy.host import Observer
from proxy.record import Record


class Onlookers(Observer):
    """Tells each of them everything."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self.observers = tuple(observers)

    def began(self, record: Record) -> None:
        """An attempt is about to be made."""
        for observer in self.observers:
            observer.began(record)

    def ended(self, record: Record) -> None:
        """An attempt is over."""
        for observer in self.observers:
            observer.ended(record)

    def turned_away(self, reason: str) -> None:
        """A stranger was refused."""
        for observer in self.observers:
            observer.turned_away(reason)
