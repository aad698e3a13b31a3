"""A request as HTTP/1.1 writes it (RFC 9112)."""

from __future__ import annotations

from typing import NamedTuple

import httpx

from providers._errors import InvalidRequest

FRAMING = frozenset({b"content-length", b"transfer-encoding"})  # told by the body that is sent, not by the caller
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Outgoing(NamedTuple):
    """What is written to the service."""

    method: str
    head: bytes
    content: bytes


async def outgoing(request: httpx.Request) -> Outgoing:
    """A request as bytes. Raises InvalidRequest for one whose head would not be read as it was meant."""
    try:
        content = request.content
    except httpx.RequestNotRead:
        content = await request.aread()
    url, given = request.url, request.headers.raw
    method = request.method
    lines = [b"%s %s HTTP/1.1" % (method.encode(), url.raw_path)]
    names = [name.lower() for name, _ in given]
    if b"host" not in names:
        lines.append(b"Host: " + url.netloc)
    lines += [b"%s: %s" % field for field, name in zip(given, names, strict=True) if name not in FRAMING]
    if content or method in WITH_BODY:
        lines.append(b"Content-Length: %d" % len(content))
    head = b"\r\n".join(lines)
    breaks = len(lines) - 1
    if head.count(b"\n") != breaks or head.count(b"\r") != breaks or b"\0" in head or lines[0].count(b" ") != 2:
        raise InvalidRequest("A header or the address holds a line break or another character that cannot be sent.")
    return Outgoing(method, head + b"\r\n\r\n", content)
