"""A mapping that keeps what was used lately, and no more than so many."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST = 10_000


class Recent(Generic[Key, Value]):
    """Makes what is missing; forgets what was not asked for the longest."""

    def __init__(self, make: Callable[[], Value], most: int = MOST) -> None:
        self.make = make
        self.most = most
        self.items: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value:
        """The value of this key, from now on the latest used."""
        value = self.items.get(key)
        if value is None:
            value = self.items[key] = self.make()
            if len(self.items) > self.most:
                self.items.popitem(last=False)
        self.items.move_to_end(key)
        return value
