"""Calls that want something of a limiter, and time that a test moves."""

from __future__ import annotations

from dataclasses import replace

from proxy.call import Limits
from proxy.counts import Gate, Wish

WIDE = Limits(1000, 1_000_000, 1000)


class Clock:
    """Time that a test moves."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def gate(name: str = "user:1", **limits: int) -> Gate:
    return Gate(name, replace(WIDE, **limits))


def wish(*gates: Gate, stream: bool = False, tokens: int = 0) -> Wish:
    return Wish(1, gates or (gate(),), stream, tokens)
