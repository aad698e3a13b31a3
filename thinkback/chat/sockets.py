"""The open sockets of this process: when somebody is signed out, his are looked at again at once."""

from __future__ import annotations

import asyncio
from typing import Protocol

from proxy.call import Caller
from thinkback.accounts import revocation


class Socket(Protocol):
    """What a socket must be able to do."""

    user_id: int | None

    async def identify(self) -> Caller | None:
        """Look again who it is, and close when nobody any more."""


class OpenSockets:
    """A set that remembers the event loop, because announcements come from any thread."""

    def __init__(self) -> None:
        self._sockets: set[Socket] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking: set[asyncio.Task[Caller | None]] = set()

    def add(self, socket: Socket) -> None:
        """From now on."""
        self._loop = asyncio.get_running_loop()
        self._sockets.add(socket)

    def discard(self, socket: Socket) -> None:
        """No longer."""
        self._sockets.discard(socket)

    def hear(self, subject: str) -> None:
        """Something about a user has changed; called from any thread."""
        kind, _, id = subject.partition(":")
        if kind == "user" and self._sockets and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._look, int(id))

    def _look(self, user_id: int) -> None:
        for socket in [socket for socket in self._sockets if socket.user_id == user_id]:
            task = asyncio.ensure_future(socket.identify())
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)


OPEN = OpenSockets()
revocation.listen(OPEN.hear)
