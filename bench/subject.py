"""Something that is measured: a server that passes requests on to the mock upstream."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.workloads import WORKLOADS

PATIENCE = 120.0  # seconds that a server may take to start


@dataclass(frozen=True, slots=True)
class Subject:
    """How to start it and how to ask it. Without a command it runs already."""

    name: str
    port: int
    path: str
    command: Sequence[str | Path] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None

    def wait(self) -> float:
        """Wait for its first good answer. Returns the seconds that took; raises OSError with the last failure."""
        begun, why = time.monotonic(), "no answer"
        headers = {**self.headers, "Content-Type": "application/json"}
        url = f"http://127.0.0.1:{self.port}{self.path}"
        while time.monotonic() - begun < PATIENCE:
            try:
                urllib.request.urlopen(urllib.request.Request(url, WORKLOADS[0].body, headers), timeout=10).read()
                return time.monotonic() - begun
            except urllib.error.HTTPError as error:
                why = f"{error.code} {error.read()[:300]!r}"
            except OSError as error:
                why = str(error)
            time.sleep(0.05)
        raise OSError(f"{self.name} does not start: {why}")
