"""How many tokens of a prompt an attachment takes: an estimate, for the meter beside the message field."""

from __future__ import annotations

from thinkback.attachments.reading.found import Found

PIXELS_PER_TOKEN = 750  # of a picture, and the most that it takes: about what the large services count
PICTURE_MOST = 1600
BYTES_PER_TOKEN = 4


def estimated(found: Found) -> int:
    """The tokens of a picture by its size, of anything else by its text."""
    if found.kind == "image":
        return min(PICTURE_MOST, -(-found.width * found.height // PIXELS_PER_TOKEN))
    return -(-len(found.text.encode()) // BYTES_PER_TOKEN)
