"""What was measured, as tables for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bench.measuring import Results
from bench.workloads import Workload

BEGIN, END = "<!-- bench: written by ./run bench --write -->", "<!-- /bench -->"
DIRECT = "the upstream itself"


def full(results: Results, subjects: Sequence[str], workload: Workload) -> str:
    """Every figure of one workload. Only what stands in one table can be compared."""
    columns: dict[str, Callable[[str], str]] = {
        "requests/s": figure(results, workload, "rps", 1),
        "chunks/s": figure(results, workload, "eps", 0),
        "first byte p50/p99 ms": pair(results, workload, "ttfb_p50", "ttfb_p99"),
        "chunk late p50/p99 ms": pair(results, workload, "clat_p50", "clat_p99"),
        "CPU µs/request": figure(results, workload, "cpu_request", 0),
        "CPU µs/chunk": figure(results, workload, "cpu_chunk", 1),
        "MB idle/peak": pair(results, workload, "idle_mb", "peak_mb", 0),
        "MB/stream": figure(results, workload, "mb_stream", 3),
        "errors": figure(results, workload, "err", 0),
        "unfinished": figure(results, workload, "unfinished", 0),
    }
    if workload.in_all > 100_000:
        del columns["unfinished"]  # it is not meant to finish
    present = [name for name in subjects if results.median(name, workload.name, "rps") is not None]
    return f"### {workload.name}: {workload.title}\n\n" + markdown(columns, present)


def ratios(results: Results, subjects: Sequence[str], workloads: Sequence[Workload]) -> str:
    """The table of the README: each subject as a multiple of the first one of ours."""
    base = next(name for name in subjects if name != DIRECT)
    columns: dict[str, Callable[[str], str]] = {}
    for workload in workloads:
        name = workload.name
        if name in ("A", "B"):
            columns[f"{name}: requests/s"] = multiple(results, workload, "rps", base)
        if name == "A":
            columns["A: CPU a request"] = multiple(results, workload, "cpu_request", base)
        else:
            columns[f"{name}: CPU a chunk"] = multiple(results, workload, "cpu_chunk", base)
        if name == "C":
            columns["C: first byte p50/p99"] = pair(results, workload, "ttfb_p50", "ttfb_p99", 0, " ms")
            columns["C: unfinished"] = figure(results, workload, "unfinished", 0)
    columns["memory"] = multiple(results, workloads[0], "idle_mb", base)
    present = [name for name in subjects if results.median(name, workloads[0].name, "rps") is not None]
    titles = "; ".join(f"{workload.name}: {workload.title}" for workload in workloads)
    rounds = len(results.rows[base, workloads[0].name])
    told = "One round" if rounds == 1 else f"Medians of {rounds} rounds"
    return markdown(columns, present) + f"\n{titles}. {told}; multiples of the first line with 1.00×.\n"


def markdown(columns: dict[str, Callable[[str], str]], rows: Sequence[str]) -> str:
    """One table."""
    lines = ["| | " + " | ".join(columns) + " |", "|---|" + "--:|" * len(columns)]
    lines += [f"| {row} | " + " | ".join(cell(row) for cell in columns.values()) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def figure(results: Results, workload: Workload, key: str, digits: int) -> Callable[[str], str]:
    """A column of one figure."""

    def cell(subject: str) -> str:
        value = results.median(subject, workload.name, key)
        return "–" if value is None else f"{value:,.{digits}f}"

    return cell


def pair(
    results: Results, workload: Workload, one: str, other: str, digits: int = 1, *unit: str
) -> Callable[[str], str]:
    """A column of two figures."""
    first, second = figure(results, workload, one, digits), figure(results, workload, other, digits)
    return lambda subject: f"{first(subject)}/{second(subject)}{''.join(unit)}"


def multiple(results: Results, workload: Workload, key: str, base: str) -> Callable[[str], str]:
    """A column of one figure as a multiple of the base's."""

    def cell(subject: str) -> str:
        value, one = results.median(subject, workload.name, key), results.median(base, workload.name, key)
        return f"{value / one:.2f}×" if value is not None and one else "–"

    return cell


def write(readme: Path, table: str) -> None:
    """Put a table between the two marks of the README. Raises OSError where they are not there."""
    before, begin, rest = readme.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise OSError(f"{readme.name} has no place for the table: {BEGIN} … {END}")
    readme.write_text(f"{before}{BEGIN}\n\n{table}\n{END}{after}")
