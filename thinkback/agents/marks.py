"""Whose a process is: each agent carries a mark in its environment, and so does all that it starts.

By the mark, leftovers of a server that was killed are found. A number is never trusted: a process is held by a
descriptor first, then its mark is read again, and only then it is ended.
"""

from __future__ import annotations

import hashlib
import os
import signal
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

NAME = "THINKBACK_AGENT"
PROC = Path("/proc")


def installation() -> str:
    """This installation among several of one user on one machine."""
    data = hashlib.sha256(str(settings.DATA.resolve()).encode()).hexdigest()
    return salted_hmac("thinkback.agents.marks", data).hexdigest()[:16]


def mark(boot_id: UUID | None, session_id: UUID) -> str:
    """The mark of a session's processes under one run of the server."""
    return f"{installation()}:{boot_id}:{session_id}"


def boots() -> set[str]:
    """The runs of the server that have left processes here, or have them now."""
    prefix = installation() + ":"
    return {found.split(":")[1] for _, found in marked(prefix)}


def end(prefix: str) -> int:
    """Kill every process whose mark begins so, and what it started without a mark; how many. More than once, since
    one may be starting another just then."""
    total = 0
    for _ in range(5):
        found = marked(prefix)
        if not found:
            break
        sessions = {session_of(pid) for pid, _ in found} - {os.getsid(0), None, 0}
        total += sum(kill(pid, prefix, sessions) for pid in ours())
    return total


def marked(prefix: str) -> list[tuple[int, str]]:
    """The processes of our user whose mark begins so."""
    found = ((pid, mark_of(pid)) for pid in ours())
    return [(pid, mark) for pid, mark in found if mark is not None and mark.startswith(prefix)]


def ours() -> list[int]:
    """Every process of our user but this one."""
    found = []
    for place in PROC.iterdir():
        with suppress(OSError):
            if place.name.isdecimal() and place.stat().st_uid == os.getuid() and int(place.name) != os.getpid():
                found.append(int(place.name))
    return found


def mark_of(pid: int) -> str | None:
    """The mark that a process was started with; None where it has none, or is gone."""
    with suppress(OSError):
        for entry in (PROC / str(pid) / "environ").read_bytes().split(b"\0"):
            name, _, value = entry.partition(b"=")
            if name == NAME.encode():
                return value.decode("latin-1")
    return None


def session_of(pid: int) -> int | None:
    """The process session (setsid) that it belongs to."""
    with suppress(OSError):
        return os.getsid(pid)
    return None


def kill(pid: int, prefix: str, sessions: set[int | None]) -> bool:
    """End one process if it still is what it was taken for."""
    try:
        held = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        found = mark_of(pid)
        if (found is not None and found.startswith(prefix)) or session_of(pid) in sessions:
            signal.pidfd_send_signal(held, signal.SIGKILL)
            return True
        return False
    except OSError:
        return False
    finally:
        os.close(held)
