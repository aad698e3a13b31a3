"""What is asked of every subject."""

from __future__ import annotations

import json
from dataclasses import dataclass

MODEL = "gpt-4o-mini"  # one whose price every peer knows; the plan for the mock travels in "user"
SYSTEM = "You are a helpful assistant. Answer briefly and precisely. " * 8
CHUNKS_A_SECOND = 5000


@dataclass(frozen=True, slots=True)
class Workload:
    """One kind of load. The plan is the mock's: `m-CHUNKS-FIRST_MS-GAP_MS`."""

    name: str
    title: str
    at_once: int
    in_all: int
    seconds: int
    plan: str
    stream: bool
    ramp_ms: int = 0

    @property
    def body(self) -> bytes:
        """The request's body."""
        messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": "Why is the sky blue?"}]
        request: dict[str, object] = {"model": MODEL, "user": self.plan, "messages": messages}
        if self.stream:
            request |= {"stream": True, "stream_options": {"include_usage": True}}
        return json.dumps(request, separators=(",", ":")).encode()


def scale(streams: int) -> Workload:
    """The same 2,000 streams of 50 chunks, as many chunks a second, so many streams at a time."""
    gap = 1000 * streams // CHUNKS_A_SECOND
    title = f"{CHUNKS_A_SECOND:,} chunks a second over {streams:,} streams at a time"
    return Workload(f"D{streams}", title, streams, 2000, 60, f"m-50-100-{gap}", stream=True, ramp_ms=50 * gap)


MANY = 1_000_000
WORKLOADS = (
    Workload("A", "answers in one piece, 64 at a time", 64, MANY, 8, "m-1-0-0", stream=False),
    Workload("B", "streams of 50 chunks as fast as they go, 64 at a time", 64, MANY, 8, "m-50-0-0", stream=True),
    Workload(
        "C",
        "1,500 streams, 500 at a time, of 100 chunks 20 ms apart",
        *(500, 1500, 45, "m-100-200-20"),
        stream=True,
        ramp_ms=1000,
    ),
    *(scale(streams) for streams in (100, 500, 2000)),
)


def chosen(names: str) -> list[Workload]:
    """The workloads of a list like `A,B`; `D` is all of its sizes. Raises ValueError for a name that is none."""
    wanted = names.split(",")
    found = [workload for workload in WORKLOADS if workload.name in wanted or workload.name[0] in wanted]
    if unknown := set(wanted) - {workload.name for workload in found} - {workload.name[0] for workload in found}:
        raise ValueError(f"There is no workload {', '.join(sorted(unknown))}.")
    return found
