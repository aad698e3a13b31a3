"""Asks the process with the price table, and starts it where it does not run."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import time

import msgspec
import structlog
from django.conf import settings

from thinkback.usage.price_question import GO, STAY, Answer, Question

TRIES = 2  # the process ends when it was not asked for a while, perhaps just now
PATIENCE = 5.0  # seconds for an answer; the close of a record waits for it
PAUSE = 5.0  # seconds between two starts for questions that may never come

log = structlog.get_logger(__name__)


class Desk:
    """One process with the table. For one thread: questions take from a millisecond to a second, at the first."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "thinkback.usage.price_child")) -> None:
        self.command = command
        self._child: subprocess.Popen[bytes] | None = None
        self._started = -PAUSE
        self._stays = False

    def stay(self, stays: bool) -> None:
        """Have the process loaded before it is asked, however long that takes; or let it end when it has idled."""
        changed, self._stays = self._stays != stays, stays
        try:
            if self._runs():
                if changed:
                    self._write(STAY if stays else GO)
            elif stays and time.monotonic() >= self._started + PAUSE:
                self._start()
        except OSError:  # it ended just now, or cannot be started: who asks will see
            self.close()

    def ask(self, question: Question) -> Answer | None:
        """What the table answers; None where it cannot be asked."""
        try:
            line = msgspec.json.encode(question)
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

    def _runs(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def _write(self, line: bytes) -> None:
        assert self._child is not None and self._child.stdin is not None
        self._child.stdin.write(line + b"\n")
        self._child.stdin.flush()

    def _ask(self, line: bytes) -> Answer:
        if not self._runs():
            self._start()
        self._write(line)
        assert self._child is not None and self._child.stdout is not None
        out = self._child.stdout
        if not select.select([out], [], [], PATIENCE)[0]:
            raise TimeoutError
        return msgspec.json.decode(out.readline(), type=Answer)

    def _start(self) -> None:
        self.close()
        self._started = time.monotonic()
        self._child = subprocess.Popen(  # noqa: S603 - ourselves
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env={"PYTHONPATH": os.pathsep.join(sys.path)},  # nothing else of ours: it holds secrets
        )
        threading.Thread(target=self._child.wait, name="usage-prices-end", daemon=True).start()  # no zombie is left
        if self._stays:
            self._write(STAY)
