"""One subject after the other, each alone on its core, in interleaved rounds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import cores, cpu_seconds, megabytes, start, stop
from bench.subject import Subject
from bench.tools import loaded
from bench.workloads import Workload

Row = dict[str, Any]


class Results:
    """What was measured, and the medians of it."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], list[Row]] = {}

    def add(self, subject: Subject, workload: Workload, row: Row) -> None:
        """Keep one measurement."""
        self.rows.setdefault((subject.name, workload.name), []).append(row)

    def median(self, subject: str, workload: str, key: str) -> float | None:
        """The median of a figure over the rounds; None where there is none."""
        rows = self.rows.get((subject, workload))
        return statistics.median(row[key] for row in rows) if rows else None


@dataclass(frozen=True, slots=True)
class Bench:
    """The folder with the tools, and the process of the mock upstream."""

    folder: Path
    mock: int

    def measure(self, subject: Subject, workloads: Sequence[Workload], results: Results) -> None:
        """Start a subject, warm it up, measure it, end it."""
        own, shared = cores()
        log = self.folder / "subject.log"
        process = None
        if subject.command:
            process = start(subject.command, own, log, subject.environment, subject.folder)
        pid = self.mock if process is None else process.pid
        try:
            begun = subject.wait()
            time.sleep(1)
            idle = megabytes(pid, "VmRSS")
            loaded(self.folder, shared, subject, workloads[0])
            for workload in workloads:
                before, filled = cpu_seconds(pid), megabytes(pid, "VmRSS")
                row = loaded(self.folder, shared, subject, workload)
                spent = (cpu_seconds(pid) - before) * 1_000_000
                peak = megabytes(pid, "VmHWM")
                row |= {"start_s": begun, "idle_mb": idle, "peak_mb": peak}
                row |= {"cpu_request": spent / max(row["ok"], 1), "cpu_chunk": spent / max(row["events"], 1)}
                row |= {"mb_stream": max(peak - filled, 0.0) / workload.at_once}
                results.add(subject, workload, row)
        finally:
            if process is not None:
                stop(process)
