"""The command: `./run bench [--rounds N] [--workloads A,B,C,D] [--only NAME,…] [--write]`."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import peers, site, table
from bench.measuring import Bench, Results
from bench.processes import cores, free_port, start, stop
from bench.subject import Subject
from bench.tools import compiled
from bench.workloads import Workload, chosen


def options() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser("./run bench", description="Measures ThinkBack beside other gateways.")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds, of which medians are told (3)")
    parser.add_argument("--workloads", type=chosen, default="A,B,C", help="a list of A, B, C and D (A,B,C)")
    parser.add_argument("--only", default="", help="a list of parts of names, like daphne,portkey; the upstream stays")
    parser.add_argument("--write", action="store_true", help="write the table of ratios into README.md")
    return parser.parse_args()


def selected(subjects: list[Subject], only: str) -> list[Subject]:
    """The subjects that are asked for."""
    return [subject for subject in subjects if any(part.lower() in subject.name.lower() for part in only.split(","))]


def measured(folder: Path, rounds: int, workloads: list[Workload], only: str) -> tuple[Results, list[str]]:
    """Everything, in interleaved rounds; the names in their order."""
    compiled(folder)
    port, results = free_port(), Results()
    mock = start([folder / "mock", str(port)], cores()[1], folder / "mock.log", {})
    try:
        direct = Subject(table.DIRECT, port, "/v1/chat/completions")
        direct.wait()
        subjects = [direct, *selected([*site.subjects(port, folder), *peers.installed(port, folder)], only)]
        bench = Bench(folder, mock.pid)
        for number in range(rounds):
            for subject in subjects:
                sys.stderr.write(f"round {number + 1} of {rounds}: {subject.name}\n")
                bench.measure(subject, workloads, results)
    finally:
        stop(mock)
    return results, [subject.name for subject in subjects]


def main() -> int:
    """Measure and tell."""
    asked = options()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        try:
            results, names = measured(Path(name), asked.rounds, asked.workloads, asked.only)
            for workload in asked.workloads:
                sys.stdout.write(table.full(results, names, workload) + "\n")
            summary = table.ratios(results, names, asked.workloads)
            sys.stdout.write(summary)
            if asked.write:
                table.write(site.ROOT / "README.md", summary)
        except (OSError, subprocess.SubprocessError) as error:
            sys.stderr.write(f"{error}\n")
            return 1
    rounds = [{"name": name, "workload": load, **row} for (name, load), rows in results.rows.items() for row in rows]
    (site.ROOT / "bench" / "results.json").write_text(json.dumps(rounds, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
