"""Workloads are what their titles say, and tables tell medians and multiples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import peers, table, tools
from bench.measuring import Results
from bench.subject import Subject
from bench.workloads import CHUNKS_A_SECOND, WORKLOADS, chosen

OURS, THEIRS = "ThinkBack, daphne", "Portkey"


def results(**figures: list[float]) -> Results:
    """Rounds of A, with these requests a second and the same CPU time."""
    found = Results()
    for name, rounds in figures.items():
        for value in rounds:
            row = dict.fromkeys(("eps", "err", "unfinished", "idle_mb", "peak_mb", "mb_stream", "cpu_chunk"), 1.0)
            row |= dict.fromkeys(("ttfb_p50", "ttfb_p99", "clat_p50", "clat_p99"), 2.0)
            row |= {"rps": value, "cpu_request": 1000 / value}
            found.add(Subject({"ours": OURS, "theirs": THEIRS}[name], 1, "/"), WORKLOADS[0], row)
    return found


def test_every_size_of_d_has_the_same_rate() -> None:
    for workload in chosen("D"):
        _, chunks, _, gap = workload.plan.split("-")
        assert workload.at_once * 1000 / int(gap) == CHUNKS_A_SECOND
        assert (int(chunks), workload.in_all) == (50, 2000)  # so beginnings and ends weigh the same


def test_a_stream_asks_for_its_usage() -> None:
    a, b = (json.loads(workload.body) for workload in WORKLOADS[:2])
    assert "stream" not in a
    assert (b["stream"], b["stream_options"]) == (True, {"include_usage": True})


def test_an_unknown_workload_is_said() -> None:
    assert [workload.name for workload in chosen("A,C")] == ["A", "C"]
    with pytest.raises(ValueError, match="no workload X"):
        chosen("A,X")


def test_medians_and_multiples() -> None:
    found = results(ours=[100, 400, 200], theirs=[100, 50, 900])
    full = table.full(found, [OURS, THEIRS], WORKLOADS[0])
    assert f"| {OURS} | 200.0 |" in full
    assert "unfinished" not in full  # A is ended by the clock
    ratios = table.ratios(found, [OURS, THEIRS], WORKLOADS[:1])
    assert f"| {OURS} | 1.00× | 1.00× |" in ratios
    assert f"| {THEIRS} | 0.50× | 2.00× |" in ratios


def test_what_was_not_measured_is_not_told() -> None:
    assert THEIRS not in table.full(results(ours=[1]), [OURS, THEIRS], WORKLOADS[0])


def test_the_table_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    for text in ("| new |", "| newer |"):
        table.write(readme, text)
    assert readme.read_text() == f"before\n{table.BEGIN}\n\n| newer |\n{table.END}\nafter\n"
    readme.write_text("no marks")
    with pytest.raises(OSError, match="no place"):
        table.write(readme, "| new |")


def test_the_readme_has_a_place_for_it() -> None:
    text = (Path(__file__).resolve().parents[2] / "README.md").read_text()
    assert text.index(table.BEGIN) < text.index(table.END)


def test_without_a_compiler_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OSError, match="needs a compiler"):
        tools.compiled(tmp_path)


def test_peers_that_are_not_there_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BENCH_LITELLM", raising=False)
    monkeypatch.delenv("BENCH_PORTKEY", raising=False)
    assert peers.installed(9000, tmp_path) == []
    monkeypatch.setenv("BENCH_LITELLM", "/opt/litellm")
    (found,) = peers.installed(9000, tmp_path)
    assert found.command[0] == "/opt/litellm"
    assert "127.0.0.1:9000" in (tmp_path / "litellm.json").read_text()
