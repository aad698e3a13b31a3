"""A request as HTTP/1.1 writes it (RFC 9112)."""

from __future__ import annotations

from typing import NamedTuple

import httpx

from providers._failures.errors import InvalidRequest

CONNECT, SILENCE = 10.0, 600.0  # seconds, for a request that sets none
FRAMING = frozenset({b"content-length", b"transfer-encoding"})  # told by the body that is sent, not by the caller
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
Headers = list[tuple[bytes, bytes]]


class Request(NamedTuple):
    """What is asked, and how long one waits: seconds, None for no limit. `pins` are compared with its certificate."""

    method: str
    url: httpx.URL
    headers: Headers
    content: bytes = b""
    connect: float | None = CONNECT
    read: float | None = SILENCE  # to the first byte
    idle: float | None = SILENCE  # between bytes
    pins: tuple[str, ...] = ()

    def as_httpx(self) -> httpx.Request:
        """The same, for a transport that is not ours."""
        timeout = {"connect": self.connect, "pool": self.connect, "read": self.read, "idle": self.idle}
        extensions = {"timeout": {**timeout, "write": self.idle}, **({"pins": self.pins} if self.pins else {})}
        return httpx.Request(self.method, self.url, headers=self.headers, content=self.content, extensions=extensions)

    def __repr__(self) -> str:
        """Without headers and body: they hold a key, and what somebody wrote."""
        return f"<Request {self.method} to {self.url.host}>"


async def from_httpx(request: httpx.Request) -> Request:
    """A request of httpx's, whose body may have to be read."""
    try:
        content = request.content
    except httpx.RequestNotRead:
        content = await request.aread()
    limits, pins = request.extensions.get("timeout", {}), tuple(request.extensions.get("pins", ()))
    read = limits.get("read", SILENCE)
    connect, idle = limits.get("connect", CONNECT), limits.get("idle", read)
    return Request(request.method, request.url, request.headers.raw, content, connect, read, idle, pins)


class Outgoing(NamedTuple):
    """What is written to the service."""

    method: str
    head: bytes
    content: bytes


def outgoing(request: Request) -> Outgoing:
    """A request as bytes. Raises InvalidRequest for one whose head would not be read as it was meant."""
    method, url, given, content = request[:4]
    lines = [b"%s %s HTTP/1.1" % (method.encode(), url.raw_path)]
    names = [name.lower() for name, _ in given]
    if b"host" not in names:
        lines.append(b"Host: " + url.netloc)
    lines += [b": ".join(field) for field, name in zip(given, names, strict=True) if name not in FRAMING]
    if content or method in WITH_BODY:
        lines.append(b"Content-Length: %d" % len(content))
    head = b"\r\n".join(lines)
    breaks = len(lines) - 1
    if head.count(b"\n") != breaks or head.count(b"\r") != breaks or b"\0" in head or lines[0].count(b" ") != 2:
        raise InvalidRequest("A header or the address holds a line break or another character that cannot be sent.")
    return Outgoing(method, head + b"\r\n\r\n", content)
