"""Names of files as they are shown, stored and told: one line, without a path, without what turns or hides text."""

from __future__ import annotations

import unicodedata

LONGEST = 120  # characters
LONGEST_ENDING = 10
UNNAMED = "file"


def harmless(given: str) -> str:
    """A name that is fit to be shown and downloaded under. What stands in it is text still: `<b>` stays `<b>`."""
    last = unicodedata.normalize("NFC", _wellformed(given)).replace("\\", "/").rpartition("/")[2]
    # categories C*: control characters, those that turn the direction of writing, surrogates, what nobody assigned
    kept = "".join(" " if char.isspace() else char for char in last if char.isspace() or not _hidden(char))
    name = " ".join(kept.split()).lstrip(".").strip()
    stem, dot, ending = name.rpartition(".")
    if dot and stem and len(ending) <= LONGEST_ENDING:
        return f"{stem[: LONGEST - len(ending) - 1].rstrip()}.{ending}"
    return name[:LONGEST].rstrip() or UNNAMED


def _hidden(char: str) -> bool:
    return unicodedata.category(char).startswith("C")


def _wellformed(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()
