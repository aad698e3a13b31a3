"""Takes every connection that waits. uvloop takes one in each turn of its loop, so that in a crowd, whose turns are
long, the last of five hundred would wait for seconds."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterable

AT_ONCE = 128  # connections that are taken before those who are served have their turn


class Welcome:
    """Whoever comes behind the connection that the loop's own server has just taken. Close it with that server."""

    def __init__(self, loop: asyncio.AbstractEventLoop, factory: Callable[[], asyncio.BaseProtocol]) -> None:
        self._loop = loop
        self._factory = factory
        self._doors: list[socket.socket] = []
        self._tasks: set[asyncio.Task[object]] = set()
        self._called = False

    def watch(self, servers: Iterable[asyncio.Server]) -> None:
        """Take what comes to these as well."""
        for server in servers:
            self._doors += [socket.socket(fileno=os.dup(door.fileno())) for door in server.sockets]

    def call(self) -> None:
        """Somebody has come: others may have come with him."""
        if not self._called:
            self._called = True
            self._loop.call_soon(self._take)

    def close(self) -> None:
        """Take nobody any more."""
        for door in self._doors:
            door.close()
        self._doors.clear()

    def _take(self) -> None:
        self._called = False
        for door in self._doors:
            for _ in range(AT_ONCE):
                try:
                    client, _ = door.accept()
                except OSError:  # nobody is there, or no more files may be opened
                    break
                client.setblocking(False)
                task = self._loop.create_task(self._loop.connect_accepted_socket(self._factory, client))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
