"""A PostgreSQL and a Redis of the tests' own: on a free port of the loopback, gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import requirements

PATIENCE = 90.0  # seconds


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool]) -> None:
    """Return when something is ready; TimeoutError if it never is."""
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError("the service did not start")
        time.sleep(0.05)


def listens(port: int) -> bool:
    """Whether somebody answers on this port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True)
class Service:
    """One of these servers: where it is, and its process."""

    url: str
    pid: int

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Its processes are stopped in the middle of whatever they do, as on a machine that hangs."""
        os.kill(self.pid, signal.SIGSTOP)  # first, so that it starts no more of the others
        stopped = [self.pid]
        try:
            for child in children(self.pid):
                os.kill(child, signal.SIGSTOP)
                stopped.append(child)
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)


def children(pid: int) -> list[int]:
    """The processes that this one has started (Linux)."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in found.split()]


@contextmanager
def postgres_service() -> Iterator[Service]:
    """A PostgreSQL with an empty database. As root it runs as `postgres`, for it refuses to run as root."""
    programs = requirements.postgres()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="thinkback-postgres-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    port = free_port()

    def call(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    data = str(folder / "data")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
    call("initdb", "-D", data, "-U", "thinkback", "-A", "trust", "-E", "UTF8", "--no-sync")
    try:
        call("pg_ctl", "start", "-w", "-D", data, "-o", options, "-l", str(folder / "log"))
        call("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "thinkback", "thinkback")
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        yield Service(f"postgres://thinkback@127.0.0.1:{port}/thinkback", pid)
    finally:
        call("pg_ctl", "stop", "-m", "immediate", "-D", data)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def empty_database(url: str) -> Iterator[str]:
    """A new database beside the one of this URL; its own URL."""
    programs = requirements.postgres()
    assert programs is not None
    base, _, _ = url.rpartition("/")
    name = f"thinkback_{secrets.token_hex(4)}"
    subprocess.run([str(programs / "createdb"), "--maintenance-db", url, name], check=True)
    try:
        yield f"{base}/{name}"
    finally:
        subprocess.run([str(programs / "dropdb"), "--force", "--maintenance-db", url, name], check=True)


def empty_redis(url: str) -> None:
    """Forget what another test has left."""
    import redis  # lazily: an extra, which those without a Redis need not have

    with redis.Redis.from_url(url) as client:
        client.flushdb()


@contextmanager
def redis_service() -> Iterator[Service]:
    """A Redis that keeps nothing."""
    program = requirements.redis()
    assert program is not None
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tempfile.gettempdir()]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: listens(port))
            yield Service(f"redis://127.0.0.1:{port}/0", process.pid)
        finally:
            process.terminate()


@contextmanager
def redis_server() -> Iterator[str]:
    """The same; its URL."""
    with redis_service() as service:
        yield service.url
