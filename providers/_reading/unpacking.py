"""Reads a body on the side that comes in gzip although nobody asked for it; it passes on as it came."""

from __future__ import annotations

import zlib

PLAIN = frozenset({"", "identity"})
PACKED = frozenset({"gzip", "x-gzip"})
MOST = 4 * 1024 * 1024  # bytes that one chunk may come to; what is packed more tightly is not worth the time


class Unpacking:
    """One body in gzip. `lost`: it grew beyond all bounds. `whole`: it is gzip, and not cut short."""

    def __init__(self) -> None:
        self._gzip = zlib.decompressobj(wbits=31)
        self._broken = False
        self.lost = False
        self.whole = True

    def feed(self, chunk: bytes) -> bytes:
        """What the next bytes say; nothing once they cannot be read."""
        if self.lost or self._broken or self._gzip.eof:
            return b""
        try:
            plain = self._gzip.decompress(chunk, MOST)
        except zlib.error:
            self._broken, self.whole = True, False
            return b""
        self.whole = self._gzip.eof
        self.lost = bool(self._gzip.unconsumed_tail)
        return plain
