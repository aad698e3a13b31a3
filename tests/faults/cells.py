"""Faults × wire formats × streamed or whole: how the fake upstream makes each, and what shall come of it."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.faults.callers import FORMATS, Heard, call
from tests.world import World

CHUNKS = 6
TEXT = "00000 00001 00002 00003 00004 00005 "
MIDDLE = "cut=4,how=error"
_numbers = itertools.count()


@dataclass(frozen=True)
class End:
    """How a call ends: by a status of `status`, broken off (`broken`), told by an event (`event`), or well.

    `kind` is the type of the error, in the record and in the header.
    """

    how: str
    kind: str | None = None
    status: int | None = None
    http: int | None = 200  # what the provider's head said, if it said anything


@dataclass(frozen=True)
class Fault:
    """What goes wrong: the plan that makes it, how patient the provider's settings are, and the ends to expect."""

    plan: str
    streamed: End
    whole: End | None = None  # None: makes sense in a stream alone
    patience: dict[str, float] = field(default_factory=dict)
    retry_after: str | None = None


def by_status(kind: str, status: int, http: int | None = 200) -> End:
    """An answer with this status, in the shape of the SDK's errors."""
    return End("status", kind, status, http)


WELL = End("well")
UNSAID = by_status("server_error", 502)
BROKE_EARLY, BROKE = by_status("network_error", 502, None), by_status("network_error", 502)
LATE_EARLY, LATE = by_status("timeout", 504, None), by_status("timeout", 504)
LIMITED = by_status("rate_limit", 429, 429)
DOWN = by_status("server_error", 529, 529)
SOON = {"first_byte_timeout": 1.0}

FAULTS = {
    "reset before the head": Fault("fault=reset-early", BROKE_EARLY, BROKE_EARLY),
    "reset after the head": Fault("fault=reset-head", BROKE, BROKE),
    "reset in the middle": Fault("fault=reset-middle", End("event", "network_error"), BROKE),
    "stall before the head": Fault("fault=stall-early", LATE_EARLY, LATE_EARLY, SOON),
    "stall after the head": Fault("fault=stall-head", LATE, LATE, SOON),
    "stall in the middle": Fault("fault=stall-middle", End("event", "timeout"), LATE, {"idle_timeout": 1.0}),
    "drip": Fault("fault=drip", End("event", "timeout"), End("broken", "timeout"), {"total_timeout": 4.0}),
    "429 with a date": Fault("status=429,retry=+30", LIMITED, LIMITED, retry_after="GMT"),
    "429 with seconds": Fault("status=429,retry=7", LIMITED, LIMITED, retry_after="7"),
    "429 without": Fault("status=429", LIMITED, LIMITED),
    "529": Fault("status=529", DOWN, DOWN),
    "no HTTP": Fault("fault=not-http", BROKE_EARLY, BROKE_EARLY),
    "garbage": Fault("fault=garbage", UNSAID, UNSAID),
    "endless line": Fault("fault=endless", End("broken", "timeout"), End("broken", "timeout"), {"total_timeout": 3.0}),
    "cut short": Fault("fault=cut", End("event", "server_error"), UNSAID),
    "length too long": Fault("fault=too-long", WELL, BROKE),
    "length too short": Fault("fault=too-short", End("event", "server_error"), UNSAID),
    "gzip": Fault("fault=gzip", WELL, WELL),
    "gzip cut short": Fault("fault=gzip-cut", End("broken", "server_error"), UNSAID),
    "error at first": Fault("cut=0,how=error", End("announced", "server_error")),
    "error in the middle": Fault(MIDDLE, End("event", "server_error")),
}


@dataclass
class Cell:
    """One call that met its fault, and all that was booked of it."""

    wire_format: str
    stream: bool
    slug: str
    heard: Heard
    rows: list[dict[str, Any]] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"{type(self.heard.raised).__module__}.{type(self.heard.raised).__name__} {self.heard.raised!s:.200}"
        booked = [(row["status"], row["error_type"], row["http_status"]) for row in self.rows]
        manner = "streamed" if self.stream else "whole"
        return f"{self.wire_format}, {manner}: {said}; {self.heard.text!r} {self.heard.events}; booked {booked}"


async def meet(world: World, fault: Fault) -> list[Cell]:
    """Call in every format, streamed and whole, all at once; each by a provider of its own, so that none is spared."""
    model, calls, cells = f"plan-chunks={CHUNKS},{fault.plan}", [], []
    for wire_format, (kind, _) in FORMATS.items():
        for stream in (True, False) if fault.whole else (True,):
            slug = f"{wire_format}-{next(_numbers)}"
            await asyncio.to_thread(world.add, kind, name=slug, slug=slug, retries=0, **fault.patience)
            calls.append(call(world, wire_format, slug, model, stream=stream))
            cells.append((wire_format, stream, slug))
    heard = await asyncio.gather(*calls)
    found = [Cell(*cell, said) for cell, said in zip(cells, heard, strict=True)]
    rows = await asyncio.to_thread(world.records)
    for cell in found:
        cell.rows = [row for row in rows if row["slug"] == cell.slug]
    return found
