"""`python -m thinkback.usage.price_child`: answers questions about prices, one line each, until nobody will ask.

A process of its own, because the table takes a quarter of a second to load and 30 MB that no other part needs again:
what it answers is good for every call of the same model on that day.
"""

from __future__ import annotations

import os
import select
import sys

import msgspec

from thinkback.usage import price_table
from thinkback.usage.price_question import GO, STAY, Answer, Question

IDLE = 0.3  # seconds without a question, after which it ends, unless told to STAY until it may GO


def main() -> None:
    """Read questions from standard input and write answers to standard output, both as JSON."""
    held = b""
    idle: float | None = IDLE
    while select.select([0], [], [], idle)[0]:
        read = os.read(0, 65536)
        if not read:
            return
        *lines, held = (held + read).split(b"\n")
        for line in lines:
            if line in (STAY, GO):
                idle = None if line == STAY else IDLE
                continue
            os.write(1, msgspec.json.encode(reply(line)) + b"\n")


def reply(line: bytes) -> Answer:
    """The answer to one question; an empty one to what the table cannot digest."""
    try:
        return price_table.answer(msgspec.json.decode(line, type=Question))
    except Exception as error:  # noqa: BLE001 - whatever a new table brings: the price is unknown, and the next may not be
        sys.stderr.write(f"{type(error).__name__}\n")
        return Answer()


if __name__ == "__main__":
    main()
