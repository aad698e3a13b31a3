"""Processes on a core of their own, what they use, and their end. Linux only: all of it is read from /proc."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cores() -> tuple[int, int]:
    """The core of the subject, and the one that the mock upstream shares with the load. Raises OSError."""
    found = sorted(os.sched_getaffinity(0))
    if len(found) < 2:
        raise OSError("The benchmark needs two cores.")
    return found[0], found[1]


def start(
    command: Sequence[str | Path], core: int, log: Path, environment: Mapping[str, str], folder: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a process, and all that it starts, on one core and in a group of its own."""
    with log.open("ab") as output:
        return subprocess.Popen(
            ["taskset", "-c", str(core), *command],
            env={**os.environ, **environment},
            cwd=folder,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process with all that it has started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(12)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def family(pid: int) -> Iterator[Path]:
    """The /proc folders of a process and of its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        if (fields := stat(entry)) is not None:
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    queue = [pid]
    while queue:
        member = queue.pop()
        yield Path("/proc", str(member))
        queue += children.get(member, [])


def stat(folder: Path) -> list[str] | None:
    """The fields of /proc/PID/stat from the state on; None where the process has gone."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def cpu_seconds(pid: int) -> float:
    """What a process and its descendants have used so far."""
    return sum((int(fields[11]) + int(fields[12])) / TICKS for member in family(pid) if (fields := stat(member)))


def megabytes(pid: int, key: str) -> float:
    """`VmRSS` (now) or `VmHWM` (at most) of a process and its descendants."""
    total = 0
    for member in family(pid):
        try:
            lines = (member / "status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(f"{key}:"))
    return total / 1024


def free_port() -> int:
    """A port of the loopback that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
