"""`python -m thinkback.attachments.reading.child FOLDER`: reads the file in a folder, and says what it holds.

A process of its own, with bounds on time, memory and what it writes: whatever a hostile file does to a library ends
with it, and the memory that a large picture takes is given back.
"""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from thinkback.attachments.reading import kinds
from thinkback.attachments.reading.found import GIVEN, MADE, SMALL, Found, Outcome, Unusable

BOUNDS = {
    resource.RLIMIT_CPU: 20,  # seconds
    resource.RLIMIT_AS: 1536 * 1024 * 1024,
    resource.RLIMIT_FSIZE: 64 * 1024 * 1024,
    resource.RLIMIT_CORE: 0,
}


def main() -> None:
    """Read, and write the outcome to standard output as JSON."""
    for what, most in BOUNDS.items():
        with suppress(ValueError, OSError):  # a system may know fewer
            resource.setrlimit(what, (most, most))
    sys.stdout.buffer.write(msgspec.json.encode(outcome(Path(sys.argv[1]))))


def outcome(folder: Path) -> Outcome:
    """What is found in the file, or why it cannot be used."""
    try:
        return Outcome(found=read(folder))
    except Unusable as error:
        return Outcome(refused=error.refused)
    except MemoryError:
        return Outcome(refused=Unusable("too_much").refused)


def read(folder: Path) -> Found:
    """Read the file as what its first bytes say that it is. Raises Unusable."""
    given = folder / GIVEN
    with given.open("rb") as file:
        head = file.read(kinds.HEAD)
    if not head:
        raise Unusable("empty")
    if picture := kinds.picture_of(head):
        from thinkback.attachments.reading import pictures

        return pictures.read(given, picture, folder / MADE, folder / SMALL)
    if kinds.is_pdf(head):
        from thinkback.attachments.reading import pdf

        return pdf.read(given)
    if kinds.is_zip(head):
        from thinkback.attachments.reading import word

        return word.read(given)
    if what := kinds.other_of(head):
        raise Unusable("unsupported", what)
    from thinkback.attachments.reading import plain

    return plain.read(given)


if __name__ == "__main__":
    main()
