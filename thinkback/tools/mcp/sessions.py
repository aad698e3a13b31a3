"""The sessions that are open now: servers may remember what was done in one, so it is kept for the next call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from providers import NetworkFailed
from thinkback.host import SITE
from thinkback.tools.mcp.messages import text_of
from thinkback.tools.mcp.session import Endpoint, Session, SessionLost

IDLE = 1800.0  # seconds after which a session is ended
MOST = 500
T = TypeVar("T")


@dataclass(slots=True)
class Kept:
    """A session, opened by the first who needs it."""

    endpoint: Endpoint
    session: Session | None = None
    used: float = field(default_factory=time.monotonic)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sessions:
    """By the server's row. They belong to the event loop."""

    def __init__(self) -> None:
        self._kept: dict[int, Kept] = {}

    async def call(self, server_id: int, endpoint: Endpoint, name: str, arguments: Mapping[str, Any]) -> str:
        """What a tool answers. Raises ToolFailed and what the network says."""

        async def call(session: Session) -> str:
            return text_of(await session.ask("tools/call", {"name": name, "arguments": dict(arguments)}))

        return await self.use(server_id, endpoint, call)

    async def use(self, server_id: int, endpoint: Endpoint, do: Callable[[Session], Awaitable[T]]) -> T:
        """Do something within the session of a server, in a new one if it has forgotten the old."""
        kept = self._kept.get(server_id)
        if kept is None or kept.endpoint != endpoint:
            await self.forget(server_id)
            kept = self._kept[server_id] = Kept(endpoint)
        await self._end_idle()
        session = await self._opened(kept)
        try:
            return await do(session)
        except SessionLost:
            if kept.session is session:
                kept.session = None
            return await do(await self._opened(kept))
        except NetworkFailed:
            if kept.session is session:
                kept.session = None  # it may come back as another one; nothing is asked twice
            raise

    async def start(self) -> None:
        """Nothing to do: a session is opened by the first who needs it."""

    async def stop(self) -> None:
        """End every session."""
        await asyncio.gather(*map(self.forget, list(self._kept)), return_exceptions=True)

    async def forget(self, server_id: int) -> None:
        """End the session of a server."""
        kept = self._kept.pop(server_id, None)
        if kept is not None and kept.session is not None:
            await kept.session.close()

    async def _opened(self, kept: Kept) -> Session:
        async with kept.opening:
            kept.used = time.monotonic()
            if kept.session is None:
                session = Session(kept.endpoint, SITE.outside())
                await session.open()
                kept.session = session
            return kept.session

    async def _end_idle(self) -> None:
        late = time.monotonic() - IDLE
        for id in [id for id, kept in self._kept.items() if kept.used < late or len(self._kept) > MOST][:10]:
            await self.forget(id)


SESSIONS = Sessions()
