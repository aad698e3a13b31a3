"""What was found in a file. Written by the process that reads it, read by the one that asked."""

from __future__ import annotations

from msgspec import Struct

TEXT_MOST = 400_000  # characters that are kept of what a file says
PAGES_MOST = 50  # of a PDF that are read
PIXELS_MOST = 64_000_000  # of a picture
SIDE_MOST = 2048  # pixels of the longer side of a picture as it is kept: no model looks closer
GIVEN, MADE, SMALL = "given", "made", "small"  # files in the folder between the two processes


class Found(Struct, omit_defaults=True):
    """A file that can be used. A picture is made anew; anything else is kept as it was given."""

    kind: str  # image, text, document
    media_type: str
    text: str = ""
    width: int = 0
    height: int = 0
    pages: int = 0
    pages_read: int = 0
    shortened: bool = False  # there was more text than is kept


class Refused(Struct, omit_defaults=True):
    """A file that cannot be used: `reason` is a word of `WHY`, `what` names what it is."""

    reason: str
    what: str = ""


class Outcome(Struct, omit_defaults=True):
    """One of the two."""

    found: Found | None = None
    refused: Refused | None = None


class Unusable(Exception):
    """Raised by those that read."""

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(reason)
        self.refused = Refused(reason, what)


def clipped(text: str) -> tuple[str, bool]:
    """Text that every database holds, as much as is kept of it; and whether there was more."""
    text = text.replace("\0", "").encode("utf-8", "replace").decode()
    return text[:TEXT_MOST], len(text) > TEXT_MOST
