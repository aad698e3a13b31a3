"""How many files, sockets included, this process may have open."""

from __future__ import annotations

import resource

MANY_FILES = 65_536


def allow_many_files() -> None:
    """Raise this process's limit of open files, sockets included, as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, MANY_FILES)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
