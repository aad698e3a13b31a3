"""What is installed: versions, licences, and whether the database answers."""

from __future__ import annotations

import platform
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata, requires

import django
from django.conf import settings
from django.db import DatabaseError, connection

from thinkback import __version__

LICENCE = "License :: OSI Approved :: "
NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Package:
    """One library that ThinkBack stands on."""

    name: str
    version: str
    licence: str


def facts() -> dict[str, str]:
    """Versions, by what they are of."""
    return {
        "ThinkBack": __version__,
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "Database": {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(connection.vendor, connection.vendor),
    }


def database_answers() -> bool:
    """Whether a question to the database comes back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() is not None
    except DatabaseError:
        return False


@cache
def packages() -> tuple[Package, ...]:
    """The libraries with their licences, by name. Read once."""
    found = (_package(name) for name in _names())
    return tuple(sorted((package for package in found if package), key=lambda package: package.name.lower()))


def _names() -> list[str]:
    """What ThinkBack needs, from its own description beside the code, or as installed."""
    project = settings.BASE_DIR / "pyproject.toml"
    if project.exists():
        lines = tomllib.loads(project.read_text())["project"]["dependencies"]
    else:
        lines = [line for line in requires("thinkback") or [] if "extra ==" not in line]
    return [match[0] for line in lines if (match := NAME.match(line))]


def _package(name: str) -> Package | None:
    try:
        data = metadata(name)
    except PackageNotFoundError:
        return None
    return Package(data["Name"], data["Version"], _licence(data))


def _licence(data: PackageMetadata) -> str:
    """The SPDX expression, else the classifiers, else the first line of the free text (it may be a whole licence)."""
    if data["License-Expression"]:
        return str(data["License-Expression"])
    classified = [line.removeprefix(LICENCE) for line in data.get_all("Classifier", []) if line.startswith(LICENCE)]
    if classified:
        return ", ".join(classified)
    return (data["License"] or "not stated").strip().splitlines()[0][:60]
