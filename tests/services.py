"""A PostgreSQL and a Redis of the tests' own: on a free port of the loopback, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import requirements

PATIENCE = 30.0  # seconds


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


@contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL with an empty database; its URL. As root it runs as `postgres`, for it refuses to run as root."""
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
        yield f"postgres://thinkback@127.0.0.1:{port}/thinkback"
    finally:
        call("pg_ctl", "stop", "-m", "immediate", "-D", data)
        shutil.rmtree(folder, ignore_errors=True)


def empty_redis(url: str) -> None:
    """Forget what another test has left."""
    import redis  # lazily: an extra, which those without a Redis need not have

    with redis.Redis.from_url(url) as client:
        client.flushdb()


@contextmanager
def redis_server() -> Iterator[str]:
    """A Redis that keeps nothing; its URL."""
    program = requirements.redis()
    assert program is not None
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tempfile.gettempdir()]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: listens(port))
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
