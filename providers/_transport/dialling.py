"""From addresses to a TCP connection: one address after the other, without waiting long for any (RFC 8305)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from itertools import chain, zip_longest

STAGGER = 0.25  # seconds after which the next address is tried as well
# A service may think for minutes: the kernel asks every minute whether it is still there.
PROBES = tuple(
    (getattr(socket, name), seconds)
    for name, seconds in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 30))
    if hasattr(socket, name)
)


async def dial(addresses: Sequence[str], port: int) -> socket.socket:
    """A connection to the first of these addresses that takes it. Raises OSError, the first one's, if none does."""
    if len(addresses) == 1:
        return await dial_one(addresses[0], port)
    waiting = alternating(addresses)
    tries: list[asyncio.Task[socket.socket]] = []
    won: asyncio.Task[socket.socket] | None = None
    try:
        while won is None and (waiting or not all(task.done() for task in tries)):
            if waiting:
                tries.append(asyncio.create_task(dial_one(waiting.pop(0), port)))
            running = [task for task in tries if not task.done()]
            await asyncio.wait(running, timeout=STAGGER if waiting else None, return_when=asyncio.FIRST_COMPLETED)
            won = next((task for task in tries if task.done() and task.exception() is None), None)
        return (won or tries[0]).result()
    finally:
        for task in tries:
            if task is not won:
                task.cancel()
                task.add_done_callback(discard)


async def dial_one(address: str, port: int) -> socket.socket:
    """A connection to this address. Raises OSError."""
    opened = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, seconds in PROBES:
            opened.setsockopt(socket.IPPROTO_TCP, option, seconds)
        await asyncio.get_running_loop().sock_connect(opened, (address, port))
    except BaseException:
        opened.close()
        raise
    return opened


def alternating(addresses: Sequence[str]) -> list[str]:
    """IPv6 and IPv4 in turn, beginning with the first one's kind, so that one kind without a way costs one try."""
    kind = ":" in addresses[0]
    same = [address for address in addresses if (":" in address) == kind]
    other = [address for address in addresses if (":" in address) != kind]
    return [address for address in chain.from_iterable(zip_longest(same, other)) if address is not None]


def discard(task: asyncio.Task[socket.socket]) -> None:
    """Close a connection that came too late."""
    if not task.cancelled() and task.exception() is None:
        task.result().close()
