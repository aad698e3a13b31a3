"""Landlock, by which a process gives up files and connections for itself and all that it starts.

https://docs.kernel.org/userspace-api/landlock.html. It stands alone: the launcher imports nothing else of ours.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

CREATE, ADD, RESTRICT = 444, 445, 446  # system calls, the same on every processor
NO_NEW_PRIVILEGES = 38
NETWORK, IOCTL, SCOPES = 4, 5, 6  # versions of Landlock that brought these
OF_FILES = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # execute, write, read, truncate, ioctl of a device
READING = 1 << 0 | 1 << 2 | 1 << 3  # execute, read a file, list a directory
CONNECT = 1 << 1
UNDER_PATH, TO_PORT = 1, 2
LIBC = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Which version of Landlock this kernel has; 0 or less: none."""
    return int(LIBC.syscall(CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1)))


def confine(read: Iterable[str], write: Iterable[str], port: int | None) -> None:
    """From now on only these paths, and by TCP only this port (None: any). For good. Raises OSError."""
    known = version()
    everything = file_rights(known)
    handled = struct.pack("=Q", everything)
    if known >= NETWORK:
        handled += struct.pack("=Q", 0 if port is None else CONNECT)
    if known >= SCOPES:
        handled += struct.pack("=Q", 0b11)  # no abstract sockets of others, no signals to others
    ruleset = call(CREATE, handled, ctypes.c_size_t(len(handled)), ctypes.c_uint32(0))
    for paths, rights in ((read, READING), (write, everything)):
        for path in paths:
            allow(ruleset, path, rights & everything)
    if port is not None:
        call(ADD, ruleset, ctypes.c_int(TO_PORT), struct.pack("=QQ", CONNECT, port), ctypes.c_uint32(0))
    if LIBC.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no new privileges")
    call(RESTRICT, ruleset, ctypes.c_uint32(0))
    os.close(ruleset)


def file_rights(known: int) -> int:
    """All rights to files that this version of Landlock can take away."""
    count = 13 + (known >= 2) + (known >= 3) + (known >= IOCTL)
    return (1 << count) - 1


def allow(ruleset: int, path: str, rights: int) -> None:
    """Allow this beneath a path; one that is not there needs no rule."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            rights &= OF_FILES
        call(ADD, ruleset, ctypes.c_int(UNDER_PATH), struct.pack("=Qi", rights, place), ctypes.c_uint32(0))
    finally:
        os.close(place)


def call(number: int, *arguments: object) -> int:
    """One system call. Raises OSError."""
    result = int(LIBC.syscall(number, *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
