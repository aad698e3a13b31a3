"""Secrets are made once, whole, and for their owner alone."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from thinkback import secret_files


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_may_read(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "secret_key"
    secret_files.kept(path, secret_files.new_secret_key)
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_the_same_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "master_keys"
    first = secret_files.kept(path, secret_files.new_master_keys)
    assert secret_files.kept(path, secret_files.new_master_keys) == first
    assert len(secret_files.master_keys(first)[0][1]) == 32


def test_a_race_has_one_winner(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "secret_key"
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: secret_files.kept(path, secret_files.new_secret_key), range(32)))
    assert len(found) == 1
    assert [file.name for file in path.parent.iterdir()] == ["secret_key"]
