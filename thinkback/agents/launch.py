"""The step between server and agent: starts it with all that it must not have given up, and ends all that it started.

A program by itself (`python -I launch.py '{…}'`), since after a fork of a threaded server little is safe to do. It
stays beside the agent as the parent of every process that the agent leaves alone (prctl(2), PR_SET_CHILD_SUBREAPER):
none escapes by a session, a group or an environment of its own. When the server dies, by whatever signal, it is told.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

PARENT_DEATH, SUBREAPER = 1, 36  # prctl
FAILED = 125  # exit code: the agent was not started
GRACE = 2.0  # seconds from being asked to end to being made to
FILE_SIZE = 4 * 1024**3  # bytes of one file
CPU_SECONDS = 4 * 3600
MINDED = frozenset({signal.SIGTERM, signal.SIGCHLD})


def main() -> NoReturn:
    """Start the agent, wait for its end or for being asked to end it, and leave nothing behind."""
    order: dict[str, Any] = json.loads(sys.argv[1])
    sandbox = beside("sandbox")
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, MINDED)
    sandbox.LIBC.prctl(PARENT_DEATH, signal.SIGTERM, 0, 0, 0)
    sandbox.LIBC.prctl(SUBREAPER, 1, 0, 0, 0)
    if os.getppid() != order["parent"]:
        sys.exit(FAILED)  # the server has ended already
    agent = os.fork()
    if agent == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        become(order, sandbox)
    for pipe in range(3):  # they are the agent's: the server hears their end when it ends
        os.close(pipe)
    code = watch(agent)
    end_children()
    os._exit(code)


def become(order: dict[str, Any], sandbox: ModuleType) -> NoReturn:
    """Confine this process and turn into the agent."""
    try:
        sandbox.LIBC.prctl(PARENT_DEATH, signal.SIGKILL, 0, 0, 0)
        os.setsid()
        os.chdir(order["directory"])
        if os.getcwd() != order["directory"]:
            raise OSError("the directory is another one now")
        limit()
        if order["sandbox"]:
            sandbox.confine(order["read"], [*order["write"], "."], order["port"])
        os.execv(order["command"][0], order["command"])  # noqa: S606 - no shell, that is the point
    except OSError as error:
        os.write(2, f"not started: {error}\n".encode())
    os._exit(FAILED)


def watch(agent: int) -> int:
    """The agent's exit code; when asked, or the server is gone, it is asked to end and then made to."""
    deadline: float | None = None
    while True:
        left = 3600.0 if deadline is None else deadline - time.monotonic()
        heard = signal.sigtimedwait(MINDED, max(0.0, left))
        for pid, status in reaped():
            if pid == agent:
                return os.waitstatus_to_exitcode(status) & 255
        if heard is not None and heard.si_signo == signal.SIGTERM and deadline is None:
            deadline = time.monotonic() + GRACE
            with suppress(ProcessLookupError):
                os.killpg(agent, signal.SIGTERM)
        elif heard is None and deadline is not None:
            return 128 + signal.SIGKILL


def reaped() -> Iterator[tuple[int, int]]:
    """The children that have ended, each with its status."""
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            yield pid, status


def end_children() -> None:
    """Kill every child, and theirs, which become ours by that. Only children: their numbers nobody else can get."""
    with suppress(ChildProcessError):
        while True:
            for child in children():
                os.kill(child, signal.SIGKILL)
            os.waitpid(-1, 0)


def children() -> Iterator[int]:
    """The processes whose parent this one is."""
    for place in Path("/proc").iterdir():
        with suppress(OSError, IndexError):
            if place.name.isdecimal():
                after_name = (place / "stat").read_bytes().rpartition(b")")[2]
                if int(after_name.split()[1]) == os.getpid():
                    yield int(place.name)


def limit() -> None:
    """Bounds for one process, and the first place in line when memory or time is short."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, most in ((resource.RLIMIT_FSIZE, FILE_SIZE), (resource.RLIMIT_CPU, CPU_SECONDS)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most, most) if hard == resource.RLIM_INFINITY else (min(most, hard), hard))
    os.nice(5)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def beside(name: str) -> ModuleType:
    """A module of this folder, found without the rest of the program."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
