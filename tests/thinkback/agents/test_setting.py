"""THINKBACK_AGENTS: a wrong value is told by what is wrong with it, and nothing is started that others may replace."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from thinkback.agents import paths, sandbox, setting

pytestmark = pytest.mark.skipif(sandbox.version() < sandbox.NETWORK, reason="this kernel has no Landlock of version 4")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "bin" / "claude"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def work(tmp_path: Path) -> Path:
    for name in ("work/inner", "data/secrets", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path / "work"


def read(text: str, work: Path) -> setting.Agents:
    return setting.read(text, work.parent / "data")


def test_not_set_is_off(work: Path) -> None:
    assert read("", work).programs == {}


def test_what_it_says(program: Path, work: Path) -> None:
    found = read(f"claudecode={program}, directories={work}, sessions=9, may=read, for=everyone, network=on", work)
    assert (found.programs, found.roots) == ({"claudecode": program}, (work,))
    assert (found.sessions, found.may, found.everyone, found.network, found.sandbox) == (9, "read", True, True, True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("claude={p}", "knows claudecode, opencode"),
        ("claudecode=bin/claude,directories={w}", "not an absolute path"),
        ("claudecode={p}-2,directories={w}", "is not there"),
        ("claudecode={w},directories={w}", "not a program"),
        ("claudecode={p}", "names no directory"),
        ("directories={w}", "names no agent"),
        ("claudecode={p},directories=/", "the whole machine"),
        ("claudecode={p},directories={w}/../data", "data folder"),
        ("claudecode={p},directories={w}/..", "data folder"),
        ("claudecode={p},directories={w},sessions=0", "sessions must be a whole number"),
        ("claudecode={p},directories={w},may=sudo", "may must be one of edit, read, all"),
        ("claudecode={p},directories={w},sandbox=off", "network=on"),
    ],
)
def test_what_is_wrong(program: Path, work: Path, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(text.format(p=program, w=work), work)


@pytest.mark.parametrize("which", ["program", "folder", "target"])
def test_a_program_that_others_may_replace(program: Path, work: Path, which: str) -> None:
    link = work / "inner" / "claude"
    link.symlink_to(program)
    {"program": program, "folder": link.parent, "target": program.parent}[which].chmod(0o777)
    with pytest.raises(ValueError, match="changed by other users"):
        paths.program(str(link))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_program_of_somebody_else(program: Path) -> None:
    os.chown(program, 12345, 12345)
    with pytest.raises(ValueError, match="changed by other users"):
        paths.program(str(program))


def test_directories_inside_the_root(work: Path) -> None:
    assert paths.directory(f"{work}/./inner/../inner", [work], work.parent / "data") == work / "inner"
    (work / "link").symlink_to(work.parent / "elsewhere")
    (work / "loop").symlink_to(work / "loop")
    for escape in ("", "inner", "/", f"{work}/..", f"{work}/link", f"{work}/loop", f"{work}/none", f"{work}\0", "/etc"):
        with pytest.raises(ValueError, match="directory"):
            paths.directory(escape, [work], work.parent / "data")
