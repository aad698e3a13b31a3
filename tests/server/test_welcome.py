"""A crowd at the door is let in at once, also by a loop that takes one connection in each of its turns."""

from __future__ import annotations

import asyncio
import socket

from thinkback.serving.welcome import Welcome

CROWD = 60


class Guest(asyncio.Protocol):
    def __init__(self, inside: list[Guest]) -> None:
        self.inside = inside

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.inside.append(self)


async def turns_until_all_are_in(welcomed: bool) -> int:
    """The turns of the loop between the first guest and the last."""
    loop = asyncio.get_running_loop()
    inside: list[Guest] = []
    welcome = Welcome(loop, lambda: Guest(inside))

    def guest() -> Guest:
        if welcomed:
            welcome.call()
        return Guest(inside)

    door = socket.create_server(("127.0.0.1", 0), backlog=CROWD)
    server = await loop.create_server(guest, sock=door, backlog=1)  # so it takes one in each turn
    door.listen(CROWD)
    welcome.watch([server])
    crowd = [socket.create_connection(door.getsockname()) for _ in range(CROWD)]
    turns = 0
    async with asyncio.timeout(10):
        while len(inside) < CROWD:
            turns += 1 if inside else 0
            await asyncio.sleep(0)
    welcome.close()
    server.close()
    for one in inside:
        one.transport.close()
    for other in crowd:
        other.close()
    await asyncio.sleep(0)
    return turns


async def test_all_come_in_together() -> None:
    assert await turns_until_all_are_in(welcomed=False) > CROWD / 2
    assert await turns_until_all_are_in(welcomed=True) < 10
