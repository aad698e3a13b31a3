"""From a host's name to addresses, every one of which may be connected to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

from providers._transport.addresses import is_literal
from providers._transport.guard import Guard

Resolver = Callable[[str, int], Coroutine[Any, Any, list[str]]]
"""Gives the addresses of a host and port, the best first. Raises OSError for a name that there is not."""


async def ask_system(host: str, port: int) -> list[str]:
    """The addresses that the machine's own resolver gives, asked in a thread."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Names:
    """Looks names up. Those who ask for the same name at the same time share one question; no answer is kept.

    Whoever connects, connects to exactly the addresses given here, so a name cannot change its mind in between.
    """

    def __init__(self, guard: Guard, resolver: Resolver | None = None) -> None:
        self.guard = guard
        self.resolver = resolver or ask_system
        self.asked: dict[tuple[str, int], asyncio.Task[list[str]]] = {}

    async def find(self, host: str, port: int) -> list[str]:
        """The addresses of a host. Raises HostRefused if one of them may not be connected to, OSError if none is."""
        addresses = [host] if is_literal(host) else await asyncio.shield(self._question(host, port))
        for address in addresses:
            self.guard.check_address(host, port, address)
        if not addresses:
            raise OSError("a name without an address")
        return addresses

    def close(self) -> None:
        """Wait for no answer any more."""
        for question in self.asked.values():
            question.cancel()

    def _question(self, host: str, port: int) -> asyncio.Task[list[str]]:
        question = self.asked.get((host, port))
        if question is None:
            question = self.asked[host, port] = asyncio.create_task(self.resolver(host, port))
            question.add_done_callback(lambda done: self._answered((host, port), done))
        return question

    def _answered(self, name: tuple[str, int], question: asyncio.Task[list[str]]) -> None:
        del self.asked[name]
        if not question.cancelled():
            question.exception()  # seen, though everybody who asked may have left
