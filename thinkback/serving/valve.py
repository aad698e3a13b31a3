"""A valve between an application that sends and a socket that is full."""

from __future__ import annotations

import asyncio


class Valve:
    """Closed while a connection's write buffer is full (64 KiB); whoever sends waits for it to open.

    The methods in mixed case are Twisted's, which has it as the producer of a transport.
    """

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self.closed = False

    def pauseProducing(self) -> None:
        """The buffer is full."""
        self._open.clear()
        self.closed = True

    def resumeProducing(self) -> None:
        """The buffer has been written out."""
        self._open.set()
        self.closed = False

    def stopProducing(self) -> None:
        """The connection is gone: nobody need wait for it any more."""
        self.resumeProducing()

    async def wait(self) -> None:
        """Return at once while open."""
        await self._open.wait()
