"""What a connection leads to."""

from __future__ import annotations

from typing import NamedTuple

import httpx


class Place(NamedTuple):
    """One end of connections that may stand in for each other."""

    tls: bool
    host: str  # as it is looked up: ASCII, an IPv6 address without brackets
    port: int
    pins: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How messages call it: with its port where that is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


def place_of(url: httpx.URL, pins: tuple[str, ...] = ()) -> Place:
    """Where a URL leads to."""
    tls = url.scheme == "https"
    port = (443 if tls else 80) if url.port is None else url.port
    return Place(tls, url.raw_host.decode("ascii"), port, pins)
