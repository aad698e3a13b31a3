"""The set-up script: clear where it cannot go on, and quick when there is nothing to do."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module; nothing it may do reaches this machine."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec = spec_from_loader("run", SourceFileLoader("run", str(ROOT / "run")))
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_old_python_is_told_so(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 1))
    monkeypatch.setattr(run.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"ThinkBack needs Python 3\.11 or newer; this is 3\.9\."):
        run.main()


def test_a_newer_python_is_found(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 1))
    monkeypatch.setattr(run.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "python3.12" else None)
    monkeypatch.setattr(run.os, "execv", lambda path, arguments: started.append(path) or sys.exit(0))
    with pytest.raises(SystemExit):
        run.main()
    assert started == ["/usr/bin/python3.12"]


def test_old_pythons_can_read_it() -> None:
    ast.parse((ROOT / "run").read_text(), feature_version=(3, 6))


def test_neither_pip_nor_ensurepip_is_told(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.subprocess, "call", lambda command, **options: 1)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        run.pip()


def test_only_a_changed_description_is_installed_again(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(run, "ROOT", str(tmp_path))
    monkeypatch.setattr(run, "VENV", str(tmp_path))
    monkeypatch.setattr(run, "PYTHON", sys.executable)
    monkeypatch.setattr(run.subprocess, "call", lambda command, **options: calls.append(command) or 0)
    description = tmp_path / "pyproject.toml"
    description.write_text("one")

    def installs() -> int:
        calls.clear()
        run.set_up("")
        return sum("install" in command for command in calls)

    assert (installs(), installs()) == (1, 0)
    description.write_text("two")
    assert (installs(), installs()) == (1, 0)


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_sets_nothing_up(option: str) -> None:
    done = subprocess.run([sys.executable, "-I", ROOT / "run", option], capture_output=True, text=True, check=True)
    assert "./run test" in done.stdout


@pytest.mark.parametrize(
    ("server", "command", "extras"),
    [
        ("", "", ""),
        ("uvicorn", "", "fast"),
        ("granian", "", "granian"),
        ("daphne", "migrate", ""),
        ("", "bench", "fast"),
        ("", "test", "test,scale"),
    ],
)
def test_what_a_start_needs(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, server: str, command: str, extras: str
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("THINKBACK_SERVER", server)
    assert run.extras_for(command) == extras
