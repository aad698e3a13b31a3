"""Sees every connection that this process makes, and answers for the name server."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest


class Witness:
    """Remembers the addresses connected to while it watches; beyond loopback nobody is there."""

    def __init__(self, names: dict[str, list[Sequence[str]]] | None = None) -> None:
        self.names = names or {}
        self.attempts: list[tuple[Any, ...]] = []
        self.asked: list[str] = []

    def resolve(self, host: Any, port: Any, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        """In place of `socket.getaddrinfo`: the next answer for this name; an odd number is read as the C library does.

        The last answer stays.
        """
        name = host.decode() if isinstance(host, bytes) else str(host)
        self.asked.append(name)
        answers = self.names.get(name)
        if answers:
            found = list(answers.pop(0) if len(answers) > 1 else answers[0])
        elif name.rstrip(".").lower().endswith("localhost"):
            found = ["127.0.0.1"]
        else:
            found = [number(name)]
        return [told(address, port) for address in found]


def number(name: str) -> str:
    """An IPv4 address in any spelling; socket.gaierror for what is none."""
    try:
        return socket.inet_ntoa(socket.inet_aton(name.rstrip(".")))
    except OSError:
        raise socket.gaierror(socket.EAI_NONAME, "no such name") from None


def told(address: str, port: Any) -> tuple[Any, ...]:
    """One line of an answer of `getaddrinfo`."""
    if ":" not in address:
        return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, int(port or 0)))
    bare, _, zone = address.partition("%")
    return (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (bare, int(port or 0), 0, 1 if zone else 0))


@contextmanager
def watching(patch: pytest.MonkeyPatch, **names: list[Sequence[str]]) -> Iterator[Witness]:
    """A witness at work (`provider__example` stands for provider.example), whatever library makes the connection."""
    witness = Witness({name.replace("__", "."): answers for name, answers in names.items()})
    with patch.context() as during:
        during.setattr(socket, "getaddrinfo", witness.resolve)
        for name in ("connect", "connect_ex"):
            original = getattr(socket.socket, name)

            def connect(self: socket.socket, address: Any, original: Any = original) -> Any:
                if isinstance(address, tuple):
                    witness.attempts.append(address[:2])
                    if address[0] not in ("127.0.0.1", "::1"):
                        raise ConnectionRefusedError(f"nobody is at {address[0]}")
                return original(self, address)

            during.setattr(socket.socket, name, connect)
        yield witness
