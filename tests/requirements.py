"""What some tests need beside Python: whether it is there, and what is said at the end when it is not.

THINKBACK_REQUIRE=browser,postgres,redis makes a missing one a failure instead.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REASONS = {
    "browser": "no Chromium on the path",
    "postgres": "no PostgreSQL server (initdb) on this machine",
    "redis": "no redis-server on the path",
}


def chromium() -> str | None:
    """Where a Chromium is."""
    return next((found for name in CHROMIUM if (found := shutil.which(name))), None)


def postgres() -> Path | None:
    """The folder of PostgreSQL's own programs; Debian keeps them off the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb") or (str(debian[-1]) if debian else None)
    return Path(found).resolve().parent if found else None


def redis() -> str | None:
    """Where a Redis server is."""
    return shutil.which("redis-server")


FINDERS = {"browser": chromium, "postgres": postgres, "redis": redis}


def required() -> frozenset[str]:
    """What THINKBACK_REQUIRE insists on."""
    return frozenset(filter(None, os.environ.get("THINKBACK_REQUIRE", "").split(",")))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what cannot be run here, unless it must be."""
    missing = {name for name, find in FINDERS.items() if find() is None}
    for item in items:
        for name in missing & {mark.name for mark in item.iter_markers()}:
            if name not in required():
                item.add_marker(pytest.mark.skip(reason=REASONS[name]))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail where something is missing that must be here."""
    for mark in item.iter_markers():
        if mark.name in required() and FINDERS[mark.name]() is None:
            pytest.fail(f"{REASONS[mark.name]}, and THINKBACK_REQUIRE asks for it", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and why."""
    skipped = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    terminalreporter.section("left out")
    for reason, count in skipped.items():
        terminalreporter.line(f"{count} test{'s' if count > 1 else ''}: {reason}")
    if not skipped:
        terminalreporter.line("nothing: every test was run")
