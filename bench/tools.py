"""The mock upstream and the load generator: two small programs in C, compiled for the occasion."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from bench.subject import Subject
from bench.workloads import Workload

HERE = Path(__file__).resolve().parent
GRACE = 60  # seconds beyond a workload's own


def compiled(folder: Path) -> None:
    """Make `mock` and `load` in a folder. Raises OSError where no compiler is to be had."""
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None:
        raise OSError(
            "The benchmark's own tools are C: it needs a compiler (Debian, Ubuntu: apt install gcc libc6-dev)."
        )
    for name in ("mock", "load"):
        subprocess.run([compiler, "-O2", "-o", folder / name, HERE / f"{name}.c"], check=True)


def loaded(folder: Path, core: int, subject: Subject, workload: Workload) -> dict[str, Any]:
    """Put one load on a subject. Returns what load.c tells."""
    body = folder / "body.json"
    body.write_bytes(workload.body)
    numbers = (workload.at_once, workload.in_all, workload.seconds, workload.ramp_ms)
    command = ["taskset", "-c", str(core), str(folder / "load"), str(subject.port), subject.path, *map(str, numbers)]
    headers = [f"{name}: {value}" for name, value in subject.headers.items()]
    done = subprocess.run(
        [*command, str(body), *headers], stdout=subprocess.PIPE, check=True, timeout=workload.seconds + GRACE
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result
