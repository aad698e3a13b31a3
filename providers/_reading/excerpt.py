"""The beginning and the end of a body of any length, in bounded memory."""

from __future__ import annotations

HEAD = 64 * 1024  # bytes
TAIL = 64 * 1024  # bytes behind the head that are sure to be there; up to twice as many are held


class Excerpt:
    """Takes every chunk of a body, keeps the first 64 KB and at least the last 64 KB, joined across reads.

    Nothing is held twice: the tail begins where the head is full.
    """

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self.size = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes: a short copy."""
        self.size += len(chunk)
        if self.size <= HEAD:
            self._head += chunk
            return
        room = HEAD - len(self._head)
        self._head += chunk[:room]
        self._keep_end(chunk[room:])

    def _keep_end(self, chunk: bytes) -> None:
        if len(chunk) >= TAIL:
            self._tail[:] = chunk[-TAIL:]
            return
        if len(self._tail) + len(chunk) > 2 * TAIL:
            del self._tail[:-TAIL]
        self._tail += chunk

    @property
    def head(self) -> bytes:
        """How it begins."""
        return bytes(self._head)

    @property
    def tail(self) -> bytes:
        """How it ends."""
        return bytes(self._tail) if len(self._tail) >= TAIL else bytes(self._head + self._tail)[-TAIL:]

    @property
    def whole(self) -> bytes | None:
        """All of it, unless something between head and tail is gone."""
        return bytes(self._head + self._tail) if self.size == len(self._head) + len(self._tail) else None
