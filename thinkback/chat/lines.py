"""The open lines of this process: found by their id, and looked at again when their user is signed out."""

from __future__ import annotations

import asyncio

from proxy.call import Caller
from thinkback.accounts import revocation
from thinkback.chat.line import Line


class OpenLines:
    """Remembers the event loop, because announcements come from any thread."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking: set[asyncio.Task[Caller | None]] = set()

    def add(self, line: Line) -> None:
        """From now on."""
        self._loop = asyncio.get_running_loop()
        self._lines[line.id] = line

    def discard(self, line: Line) -> None:
        """No longer."""
        self._lines.pop(line.id, None)

    def find(self, id: str, user_id: int) -> Line | None:
        """A line of this user."""
        line = self._lines.get(id)
        return line if line is not None and line.user_id == user_id else None

    def end(self) -> None:
        """The server stops: each line sends what waits, and ends."""
        for line in self._lines.values():
            line.subscriber.end()

    def hear(self, subject: str) -> None:
        """Something about a user has changed; called from any thread."""
        kind, _, id = subject.partition(":")
        if kind == "user" and self._lines and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._look, int(id))

    def _look(self, user_id: int) -> None:
        for line in [line for line in self._lines.values() if line.user_id == user_id]:
            task = asyncio.ensure_future(line.identify())
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)


LINES = OpenLines()
revocation.listen(LINES.hear)
