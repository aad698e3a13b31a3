"""Bytes that are read one chunk after the other, or poured."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator

from providers import Sink


class Stream(AsyncIterator[bytes]):
    """Chunks to be read once. No generator: each would be entered in the event loop's books."""

    @abstractmethod
    async def __anext__(self) -> bytes:
        """The next chunk."""

    async def pour(self, sink: Sink) -> None:
        """Hand chunks to `sink` as they arrive, with no turn of a task between, until it wants no more; or hand none.

        What is left to be said, an end or a failure too, is said by the next `anext`.
        """
