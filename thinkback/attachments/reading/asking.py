"""Has a file read by a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import structlog
from django.conf import settings

from thinkback.attachments.reading.found import Found, Outcome, Unusable

PATIENCE = 30.0  # seconds
AT_ONCE = threading.BoundedSemaphore(2)  # processes; who comes later waits
COMMAND = (sys.executable, "-m", "thinkback.attachments.reading.child")
log = structlog.get_logger(__name__)


def read(folder: Path) -> Found:
    """What the file in the folder holds. Takes from a tenth of a second to half a minute. Raises Unusable."""
    with AT_ONCE:
        outcome = _outcome(folder)
    if outcome.found is None:
        raise Unusable(outcome.refused.reason, outcome.refused.what) if outcome.refused else Unusable("too_much")
    return outcome.found


def _outcome(folder: Path) -> Outcome:
    try:
        done = subprocess.run(  # noqa: S603 - ourselves
            (*COMMAND, str(folder)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=settings.BASE_DIR,
            env={"PYTHONPATH": os.pathsep.join(sys.path)},  # nothing else of ours: it holds secrets
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome()
    try:
        return msgspec.json.decode(done.stdout, type=Outcome)
    except msgspec.DecodeError:  # it was ended by one of its bounds, or a library failed in a way of its own
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        log.warning("attachment_not_read", code=done.returncode, reason=last[:200])
        return Outcome()
