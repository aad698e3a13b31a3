"""The real server, as a process of its own, to be used, killed and started again.

with LiveServer(tmp_path, THINKBACK_PRIVATE_UPSTREAMS="127.0.0.1:1234") as server:
    httpx.get(server.url + "/readyz")
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120.0  # seconds; only a broken server takes them
ADDRESS = re.compile(r"ThinkBack is at (http://\S+:(\d+))")
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")


class LiveServer:
    """`manage.py runserver` on a free port of the loopback, with its own data folder and environment.

    The port stays the same when it is started again. `log` is what it has written so far.
    """

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.environment = environment
        self.port = 0
        self.url = ""
        self.process: subprocess.Popen[bytes] | None = None
        self._log = data.parent / f"{data.name}.log"

    def __enter__(self) -> LiveServer:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()

    @property
    def log(self) -> str:
        """Everything that it and its commands have written."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def wait_for_log(self, text: str) -> None:
        """Return when this has been written; a line may come just after the answer that it tells of."""
        end = time.monotonic() + PATIENCE
        while text not in self.log:
            assert time.monotonic() < end, f"{text!r} is not in the log:\n{self.log}"
            time.sleep(0.02)

    @property
    def variables(self) -> dict[str, str]:
        """The environment: nothing of the developer's own settings."""
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return {**inherited, "THINKBACK_DATA": str(self.data), "PYTHONUNBUFFERED": "1", **self.environment}

    def start(self) -> None:
        """Start, and return when it is ready; AssertionError with the log if it does not become so."""
        already = len(self.log)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "runserver", "--port", str(self.port)],
                cwd=ROOT,
                env=self.variables,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + PATIENCE
        while not self._ready(already):
            assert self.process.poll() is None, f"the server ended:\n{self.log[already:]}"
            assert time.monotonic() < end, f"the server is not ready:\n{self.log[already:]}"
            time.sleep(0.02)

    def _ready(self, already: int) -> bool:
        found = ADDRESS.search(self.log, already)
        if found is None:
            return False
        self.url, self.port = found[1], int(found[2])
        try:
            with urllib.request.urlopen(self.url + "/readyz", timeout=PATIENCE) as answer:
                return bool(answer.status == 200)
        except urllib.error.URLError:
            return False

    def stop(self) -> int:
        """SIGTERM, then wait; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """SIGKILL, then wait. Nothing is said if it is gone already."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)

    def command(self, *arguments: str, **environment: str) -> str:
        """Run a management command beside it on the same data; its stdout. CalledProcessError holds stderr."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.variables, **environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
        return done.stdout

    def memory(self) -> int:
        """Resident bytes of the process (Linux)."""
        assert self.process is not None
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
