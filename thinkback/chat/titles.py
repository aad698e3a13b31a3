"""What a conversation is called: the first words of its first message."""

from __future__ import annotations

import re

LONGEST = 60  # characters
_MARKS = re.compile(r"^[ \t]*[|:=-][ \t|:=-]{2,}$|[#>*_`~|]+|!?\[|\]\([^)]*\)|https?://(?:www\.)?", re.MULTILINE)
# What is not plain text: tags, and signs that nobody sees.
PLAIN = re.compile(r"<[^>]{0,500}>|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_SPACE = re.compile(r"\s+")


def title_of(text: str) -> str:
    """The first words of a text without Markdown's marks, cut at a word; "New chat" when there are none."""
    words = _SPACE.sub(" ", _MARKS.sub("", text[:2000])).strip()
    if len(words) <= LONGEST:
        return words or "New chat"
    head, _, _ = words[:LONGEST].rpartition(" ")
    return f"{head or words[: LONGEST - 1]}…"
