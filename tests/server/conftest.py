"""A server process to try things on, of any kind."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds; only a broken server takes them


class Stand:
    """The process of `tests/server/stand.py`, with what it says."""

    def __init__(self, kind: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.server.stand", kind],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.port = int(self.wait_for("port").split()[1])

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.strip())

    def wait_for(self, word: str) -> str:
        """The next line that begins so."""
        end = time.monotonic() + PATIENCE
        while True:
            line = self.lines.get(timeout=max(end - time.monotonic(), 0.01))
            self.said.append(line)
            if line.startswith(word):
                return line

    def connect(self, request: bytes, receive_buffer: int | None = None) -> socket.socket:
        """A connection on which a request has been sent."""
        connection = socket.socket()
        connection.settimeout(PATIENCE)
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(request)
        return connection

    def memory(self) -> int:
        """Resident bytes of the process (Linux)."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def remaining(self) -> list[str]:
        """Everything said until the end."""
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        while not self.lines.empty():
            self.said.append(self.lines.get())
        return self.said

    def close(self) -> None:
        """End the process, however it is."""
        self.process.kill()
        self.process.wait()
        self.reader.join(PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture(params=["daphne", "uvicorn", "granian"])
def stand(request: pytest.FixtureRequest) -> Iterator[Stand]:
    """One server of each kind."""
    found = Stand(request.param)
    yield found
    found.close()


def everything(connection: socket.socket) -> bytes:
    """What the server sends until it closes."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)
