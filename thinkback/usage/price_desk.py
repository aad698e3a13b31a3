"""Asks the process with the price table, and starts it where it does not run."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading

import msgspec
import structlog
from django.conf import settings

from thinkback.usage.price_question import Answer, Question

TRIES = 2  # the process ends when it was not asked for a while, perhaps just now
PATIENCE = 5.0  # seconds for an answer; the close of a record waits for it

log = structlog.get_logger(__name__)


class Desk:
    """One process with the table. For one thread: questions take from a millisecond to a second, at the first."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "thinkback.usage.price_child")) -> None:
        self.command = command
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, question: Question) -> Answer | None:
        """What the table answers; None where it cannot be asked."""
        try:
            line = msgspec.json.encode(question) + b"\n"
        except (UnicodeEncodeError, OverflowError):  # half a character in a model's name, a number beyond all bounds
            return None
        for _ in range(TRIES):
            try:
                return self._ask(line)
            except (OSError, msgspec.DecodeError) as error:
                self.close()
                reason = type(error).__name__
                if isinstance(error, TimeoutError):
                    break
        log.warning("usage_price_failed", reason=reason)
        return None

    def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def _ask(self, line: bytes) -> Answer:
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = self._start()
        into, out = self._child.stdin, self._child.stdout
        assert into is not None and out is not None
        into.write(line)
        into.flush()
        if not select.select([out], [], [], PATIENCE)[0]:
            raise TimeoutError
        return msgspec.json.decode(out.readline(), type=Answer)

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(  # noqa: S603 - ourselves
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env={"PYTHONPATH": os.pathsep.join(sys.path)},  # nothing else of ours: it holds secrets
        )
        threading.Thread(target=child.wait, name="usage-prices-end", daemon=True).start()  # no zombie is left
        return child
