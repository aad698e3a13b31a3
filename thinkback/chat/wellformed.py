"""Text as it may be stored and sent: what providers send need not be."""

from __future__ import annotations


class Joiner:
    """Puts pieces of text together: a pair of surrogates cut in two is joined, a lone one or a NUL is replaced."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, piece: str) -> str:
        """The text that this piece completes; the first half of a pair waits for the next piece."""
        piece = self._half + piece
        self._half = piece[-1] if piece and "\ud800" <= piece[-1] <= "\udbff" else ""
        return wellformed(piece[: len(piece) - len(self._half)])

    def close(self) -> str:
        """What was still waiting, at the end."""
        half, self._half = self._half, ""
        return wellformed(half)


def wellformed(text: str) -> str:
    """Text that UTF-8 and every database can hold; U+FFFD stands for what they cannot."""
    if text.isascii():
        return text.replace("\0", "\ufffd")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")
