"""One turn of an agent as a process: started without a shell, listened to, ended with all that it started."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from thinkback.agents import marks

LAUNCH = Path(__file__).with_name("launch.py")
LINE = 8 * 1024 * 1024  # bytes of one line
MOST = 256 * 1024 * 1024  # bytes of a turn's output
COMPLAINT = 4096  # bytes of stderr that are kept, its last
GRACE = 6.0  # seconds that the launcher has to end the agent and all that it started; then it is made to
SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"
READABLE = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix/store", "/sys/devices/system",
    "/sys/fs/cgroup", "/etc/alternatives", "/etc/ca-certificates", "/etc/group", "/etc/hosts", "/etc/ld.so.cache",
    "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf", "/etc/os-release", "/etc/passwd", "/etc/pki",
    "/etc/resolv.conf", "/etc/services", "/etc/ssl", "/run/systemd/resolve", "/dev/urandom", "/dev/random",
)  # fmt: skip
# Of /proc its own process alone: the environment of others, the server's first of all, stands there to be read.
KERNEL = (
    "/proc/self", "/proc/cpuinfo", "/proc/filesystems", "/proc/loadavg", "/proc/meminfo", "/proc/stat", "/proc/sys",
    "/proc/uptime", "/proc/version",
)  # fmt: skip
WRITABLE = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/shm")  # noqa: S108


class NotStarted(Exception):
    """The program is not what it should be."""


class TooMuch(Exception):
    """The agent wrote more than anybody can want to read."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to start, where, and with what. Its representation holds no secrets."""

    command: list[str]
    directory: Path
    home: Path
    mark: str
    variables: dict[str, str] = field(repr=False)
    stdin: bytes = field(repr=False)
    sandbox: bool = True
    port: int | None = None  # the only one of TCP that it may reach; None: any


class Process:
    """A started agent. End it whatever happens."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.complaint = b""
        self.process: asyncio.subprocess.Process | None = None
        self.beside: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start it, by way of the launcher. Raises OSError."""
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(LAUNCH), json.dumps(instructions(self.order))),
            stdin=pipe, stdout=pipe, stderr=pipe, env=environment(self.order), cwd="/", limit=LINE,
            start_new_session=True, close_fds=True,
        )  # fmt: skip
        self.beside = [asyncio.create_task(self._tell()), asyncio.create_task(self._hear_complaints())]

    async def lines(self) -> AsyncGenerator[bytes]:
        """What it writes to stdout. Raises TooMuch."""
        assert self.process is not None and self.process.stdout is not None
        size = 0
        while True:
            try:
                line = await self.process.stdout.readline()
            except ValueError:
                raise TooMuch(f"It wrote a line of more than {LINE >> 20} MB.") from None
            size += len(line)
            if size > MOST:
                raise TooMuch(f"It wrote more than {MOST >> 20} MB.")
            if not line:
                return
            yield line

    async def code(self) -> int:
        """Its exit code, once it has ended."""
        assert self.process is not None
        code = await self.process.wait()
        await asyncio.wait(self.beside, timeout=GRACE)
        return code

    async def end(self) -> None:
        """Have the launcher end the agent, with all that it started; nothing stays behind if that was killed either."""
        process = self.process
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), GRACE)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        await asyncio.to_thread(marks.end, self.order.mark)
        for task in self.beside:
            task.cancel()
        await asyncio.gather(*self.beside, return_exceptions=True)

    async def _tell(self) -> None:
        """The words go by stdin, so that none of them can be taken for an option."""
        assert self.process is not None and self.process.stdin is not None
        stdin = self.process.stdin
        with suppress(BrokenPipeError, ConnectionResetError):
            stdin.write(self.order.stdin)
            await stdin.drain()
        stdin.close()

    async def _hear_complaints(self) -> None:
        assert self.process is not None and self.process.stderr is not None
        while piece := await self.process.stderr.read(COMPLAINT):
            self.complaint = (self.complaint + piece)[-COMPLAINT:]


def instructions(order: Order) -> dict[str, object]:
    """What the launcher is told; every user of the machine may read it, so no secret is among it."""
    program = Path(order.command[0])
    return {
        "parent": os.getpid(),
        "directory": str(order.directory),
        "command": order.command,
        "sandbox": order.sandbox,
        "read": [*READABLE, *KERNEL, sys.base_prefix, str(program.parent)],
        "write": [*WRITABLE, str(order.home)],
        "port": order.port,
    }


def environment(order: Order) -> dict[str, str]:
    """All that it gets: nothing of the server's own environment."""
    home = str(order.home)
    temporary = str(order.home / "tmp")
    return {
        "PATH": f"{SEARCH_PATH}:{Path(order.command[0]).parent}",
        "HOME": home,
        "TMPDIR": temporary,
        "CLAUDE_CODE_TMPDIR": temporary,
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        **({"IS_SANDBOX": "1"} if order.sandbox else {}),  # else Claude Code, as root, may not do all
        **order.variables,
        marks.NAME: order.mark,
    }
