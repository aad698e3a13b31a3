"""What can go wrong on the way from a provider: it spoils a good reply of the fake upstream.

A plan names its fault: `plan-chunks=6,fault=reset-middle`.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import socket
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.upstream import Reply

RESET = object()  # among the parts of a reply: a TCP reset
MOMENT = 0.1  # seconds, so that what was said is read before the connection is gone
FOREVER = 3600.0
NOISE = random.Random(1).randbytes(3000)

Parts = Iterable[bytes | float | object]


def said(reply: Reply) -> list[bytes]:
    """The pieces of the body, without pauses."""
    return [part for part in reply.parts if isinstance(part, bytes)]


def half(reply: Reply) -> bytes:
    """The body up to the middle of a word of its middle event."""
    pieces = said(reply)
    *before, event = pieces[: -(-len(pieces) // 2)]
    return b"".join(before) + event[: len(event) // 2]


def ending(reply: Reply, parts: Parts) -> Reply:
    """The same head, other parts."""
    return replace(reply, parts=parts)


def dripping(body: bytes) -> Iterator[bytes | float]:
    """A byte a second."""
    for number in range(len(body)):
        yield body[number : number + 1]
        yield 1.0


def endless(reply: Reply) -> Iterator[bytes | float]:
    """A good beginning, then a line that never ends."""
    yield half(reply)
    for _ in itertools.repeat(None):
        yield b"x" * 65536
        yield 0.02


def of_length(reply: Reply, length: Callable[[bytes], int]) -> Reply:
    """The whole body under a length that is not its own."""
    body = b"".join(said(reply))
    return replace(reply, parts=[body], length=length(body))


def packed(reply: Reply) -> list[bytes]:
    """The pieces of the body through gzip, each to be read as soon as it comes."""
    gzip = zlib.compressobj(wbits=31)
    pieces = [gzip.compress(piece) + gzip.flush(zlib.Z_SYNC_FLUSH) for piece in said(reply)]
    return [*pieces, gzip.flush()]


def in_gzip(reply: Reply, parts: list[bytes]) -> Reply:
    """These parts as the whole of a body in gzip."""
    return replace(reply, parts=parts, headers={**reply.headers, "content-encoding": "gzip"}, length=None)


def declared(reply: Reply) -> Reply:
    """The same with its length told in advance."""
    return replace(reply, length=sum(len(part) for part in reply.parts if isinstance(part, bytes)))


def cut_in_gzip(reply: Reply) -> Reply:
    """A body in gzip that lacks its second half, though its framing ends well."""
    whole = packed(reply)
    if len(whole) > 2:
        return in_gzip(reply, whole[: len(whole) // 2])
    return in_gzip(reply, [whole[0][: len(whole[0]) // 2]])


FAULTS: dict[str, Callable[[Reply], Reply]] = {
    "reset-early": lambda reply: replace(reply, parts=[RESET], bare=True),
    "reset-head": lambda reply: ending(reply, [MOMENT, RESET]),
    "reset-middle": lambda reply: ending(reply, [half(reply), MOMENT, RESET]),
    "stall-early": lambda reply: replace(reply, before=FOREVER),
    "stall-head": lambda reply: ending(reply, [FOREVER]),
    "stall-middle": lambda reply: ending(reply, [half(reply), FOREVER]),
    "drip": lambda reply: ending(reply, dripping(b"".join(said(reply)))),
    "not-http": lambda reply: replace(reply, parts=[NOISE], bare=True),
    "garbage": lambda reply: replace(reply, parts=[NOISE], length=None),
    "endless": lambda reply: replace(reply, parts=endless(reply), length=None),
    "cut": lambda reply: replace(reply, parts=[half(reply)], length=None),
    "too-long": lambda reply: of_length(reply, lambda body: len(body) + 100),
    "too-short": lambda reply: of_length(reply, lambda body: len(body) // 2),
    "gzip-declared": lambda reply: declared(in_gzip(reply, packed(reply))),
    "gzip": lambda reply: in_gzip(reply, packed(reply)),
    "gzip-cut": cut_in_gzip,
}  # fmt: skip


def break_off(writer: asyncio.StreamWriter, *, reset: bool) -> bool:
    """End the connection at once; never may it go on living."""
    if reset:  # a socket that does not linger is closed by a reset
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False
