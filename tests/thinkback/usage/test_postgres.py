"""The same books on PostgreSQL: the tests that speak to the database, run once more on one of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
AGAIN = ("test_writer.py", "test_ledger.py", "test_recovery.py", "test_reports.py", "test_api.py", "test_page.py")


@pytest.mark.postgres
@pytest.mark.slow
def test_books_and_reports_are_the_same_on_postgresql(postgres_url: str) -> None:
    pytest.importorskip("psycopg")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("THINKBACK_")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--create-db"]
    done = subprocess.run(
        [*command, *(str(HERE / name) for name in AGAIN)],
        env=environment | {"DATABASE_URL": postgres_url},
        cwd=HERE.parents[2],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
