"""Which programs may be started, and in which directories: checked when the setting is read, and before every start."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path


def program(text: str) -> Path:
    """The real path of a program that nobody else may replace. Raises ValueError with what is wrong."""
    path = Path(text)
    if not path.is_absolute():
        raise ValueError(f"{text} is not an absolute path.")
    try:
        real = path.resolve(strict=True)
        mode = real.stat().st_mode
    except OSError:
        raise ValueError(f"{text} is not there.") from None
    if not stat.S_ISREG(mode) or not os.access(real, os.X_OK):
        raise ValueError(f"{text} is not a program that can be started.")
    for place in (real, path.parent, real.parent):
        if open_to_others(place):
            raise ValueError(f"{place} can be changed by other users of this machine.")
    for place in {*path.parents, *real.parents}:
        if open_to_others(place) and not place.stat().st_mode & stat.S_ISVTX:
            raise ValueError(f"{place} can be changed by other users of this machine.")
    return real


def open_to_others(path: Path) -> bool:
    """Whether somebody else than root and our own user may write there, or is its owner."""
    found = path.stat()
    return bool(found.st_mode & stat.S_IWOTH) or found.st_uid not in (0, os.getuid())


def root(text: str, data: Path) -> Path:
    """The real path of a directory that agents may be given. Raises ValueError."""
    if not Path(text).is_absolute():
        raise ValueError(f"{text} is not an absolute path.")
    real = existing(text)
    if real == Path(real.anchor):
        raise ValueError(f"{text} is the whole machine.")
    if overlap(real, data.resolve()):
        raise ValueError(f"{text} and ThinkBack's own data folder must not lie in one another.")
    return real


def directory(text: str, roots: Iterable[Path], data: Path) -> Path:
    """The real path of a directory inside one of the roots, wherever links lead. Raises ValueError."""
    if not text or not Path(text).is_absolute() or "\0" in text:
        raise ValueError("Give the whole path of a directory, from / on.")
    allowed = [root for root in roots if root.is_dir() and not root.is_symlink()]
    try:
        real = existing(text)
    except ValueError:
        real = None
    if real is None or not any(real.is_relative_to(root) for root in allowed) or overlap(real, data.resolve()):
        # one answer for both: nobody learns here what else there is on this machine
        raise ValueError(f"There is no directory {text} that agents may use.")
    return real


def existing(text: str) -> Path:
    """The real path of a directory that is there. Raises ValueError."""
    try:
        real = Path(text).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise ValueError(f"{text} is not there.") from None
    if not real.is_dir():
        raise ValueError(f"{text} is not a directory.")
    return real


def overlap(one: Path, other: Path) -> bool:
    """Whether one of them lies in the other, or they are the same."""
    return one.is_relative_to(other) or other.is_relative_to(one)
