"""What runs beside the requests: one lifecycle, whichever server there is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

log = logging.getLogger(__name__)
DRAIN = 8.0  # seconds that open streams and answers have to finish after SIGTERM
EXIT = 9.5  # seconds after which the process is gone, whatever still hangs


class Service(Protocol):
    """Something that is started once and stopped once."""

    async def start(self) -> None:
        """Be ready when this returns."""

    async def stop(self) -> None:
        """Finish what is begun."""


class Lifecycle:
    """Starts services in order and stops them in reverse.

    The last one begins to stop as soon as the server is told to leave, so that answers and open streams
    are drained at the same time; the others stay until nothing needs them any more.
    """

    def __init__(self, services: Sequence[Service]) -> None:
        self.services = services
        self.started: list[Service] = []
        self.leaving: asyncio.Task[None] | None = None
        self.deadline = 0.0

    @property
    def running(self) -> bool:
        """Whether everything is up and nobody asked to leave."""
        return len(self.started) == len(self.services) and self.leaving is None

    async def start(self) -> None:
        """Start every service; when one fails, stop those before it and raise."""
        self.leaving = None
        for service in self.services:
            try:
                await service.start()
            except BaseException:
                await self.stop()
                raise
            self.started.append(service)

    def leave(self) -> None:
        """The server was told to stop: begin, without waiting. Calling it again changes nothing."""
        if self.leaving is None:
            loop = asyncio.get_running_loop()
            self.deadline = loop.time() + DRAIN
            last = self.started.pop() if len(self.started) == len(self.services) and self.started else None
            self.leaving = loop.create_task(self._stop(last, DRAIN) if last is not None else asyncio.sleep(0))

    async def stop(self) -> None:
        """Stop every service in reverse; one that fails or hangs does not keep the others up."""
        self.leave()
        if self.leaving is not None:
            await self.leaving
        allowed = max(self.deadline - asyncio.get_running_loop().time(), 0.0) + 1.0
        while self.started:
            await self._stop(self.started.pop(), allowed)

    async def _stop(self, service: Service, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await service.stop()
        except TimeoutError:
            log.error("%s did not stop within %.0f s", type(service).__name__, seconds)
        except Exception:  # one service's failure must not keep the others from saving their work
            log.exception("%s failed to stop", type(service).__name__)
