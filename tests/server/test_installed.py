"""Installed with pip, not run in place: everything that pages need comes along, and data stays out of packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import ROOT

PARTS = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")
FOLDERS = ("thinkback", "providers", "proxy", "templates", "static")
ASK = """
import django; django.setup()
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template.loader import get_template
from django.utils import translation
print(settings.DATA)
print(get_template("chat/page.html").origin.name)
print(finders.find("css/variables.css"))
call_command("migrate", verbosity=0)
call_command("check", fail_level="WARNING")
with translation.override("de"):
    print(translation.gettext("Sign in"))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages as pip installs them."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for name in PARTS:
        shutil.copy(ROOT / name, source / name)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "setup.py", "-q", "build", "--build-lib", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    return target


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_all_that_is_not_code_comes_along(installed: Path) -> None:
    for folder in ("templates", "static"):
        assert files(installed / "thinkback" / folder) == files(ROOT / folder)
    wanted = {path for path in files(ROOT / "thinkback") if "__pycache__" not in path and not path.endswith(".po")}
    assert wanted <= files(installed / "thinkback")


def test_it_runs_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("THINKBACK_", "DJANGO_"))}
    environment |= {"PYTHONPATH": str(installed), "HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "thinkback.settings"}
    environment.pop("DATABASE_URL", None)
    empty = tmp_path / "empty"
    empty.mkdir()
    run = subprocess.run([sys.executable, "-c", ASK], cwd=empty, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    data, template, style, *_, word = run.stdout.splitlines()
    assert data == str(tmp_path / ".local/share/thinkback") and not list(empty.iterdir())
    assert template == str(installed / "thinkback/templates/chat/page.html")
    assert style == str(installed / "thinkback/static/css/variables.css")
    assert word == "Anmelden"
