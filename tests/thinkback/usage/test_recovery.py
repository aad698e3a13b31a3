"""What a killed server left open becomes `interrupted`; rows of a living one are nobody else's business."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from proxy.call import new_id
from tests.thinkback.usage.conftest import an_attempt
from thinkback.accounts.models import User
from thinkback.usage import recovery
from thinkback.usage.models import Attempt, Boot

pytestmark = pytest.mark.django_db(transaction=True)
CHILD = Path(__file__).parent / "booking_child.py"


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    settings.DATA = tmp_path
    return tmp_path


def start_child(data: Path, user: User) -> subprocess.Popen[str]:
    """Another server process that opens and closes rows as fast as it can, and tells which were committed."""
    database = connection.settings_dict["NAME"]
    command = [sys.executable, str(CHILD), str(data), str(database), str(user.pk)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def read_lines(child: subprocess.Popen[str], count: int) -> list[str]:
    assert child.stdout is not None
    return [child.stdout.readline().strip() for _ in range(count)]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the child opens the file")
def test_everything_promised_is_there_after_sigkill(data: Path, alice: User) -> None:
    child = start_child(data, alice)
    lines = read_lines(child, 200)
    assert recovery.recover() == 0  # it lives
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate()
    lines += rest.splitlines()

    opened = {line.split()[1] for line in lines if line.startswith("opened ") and len(line.split()) == 2}
    closed = {line.split()[1] for line in lines if line.startswith("closed ") and len(line.split()) == 2}
    before = {str(row.id): row for row in Attempt.objects.all()}
    assert opened <= before.keys()
    left_open = [row for row in before.values() if row.status == "started"]
    assert left_open

    assert recovery.recover() == len(left_open)
    after = {str(row.id): row for row in Attempt.objects.all()}
    assert {after[identity].status for identity in closed} == {"ok"}
    assert {after[identity].output_tokens for identity in closed} == {7}
    assert {row.status for row in after.values()} == {"ok", "interrupted"}
    interrupted = [row for row in after.values() if row.status == "interrupted"]
    assert all(row.finished_at is None and row.duration_ms is None and row.cost_pico is None for row in interrupted)
    assert not list((data / "boots").iterdir())
    assert recovery.recover() == 0


def a_boot(host: str, silent: timedelta) -> Boot:
    seen = datetime.now(UTC) - silent
    return Boot.objects.create(id=new_id(), started_at=seen, heartbeat_at=seen, host=host, pid=1)


@pytest.mark.parametrize(("silent", "status"), [(5, "started"), (59, "started"), (61, "interrupted")])
def test_a_run_on_another_machine_is_judged_by_its_heartbeat(alice: User, silent: int, status: str) -> None:
    boot = a_boot("elsewhere", timedelta(seconds=silent))
    row = an_attempt(alice, boot_id=boot.id, status="started")
    recovery.recover()
    row.refresh_from_db()
    assert row.status == status


def test_a_free_lock_of_another_machine_proves_nothing(data: Path, alice: User) -> None:
    boot = a_boot("elsewhere", timedelta(seconds=5))
    (data / "boots").mkdir()
    (data / "boots" / f"{boot.id}.lock").touch()
    row = an_attempt(alice, boot_id=boot.id, status="started")
    assert recovery.recover() == 0
    row.refresh_from_db()
    assert row.status == "started"


def test_open_rows_of_nobody_are_interrupted(alice: User) -> None:
    row = an_attempt(alice, status="started")
    assert recovery.recover() == 1
    row.refresh_from_db()
    assert row.status == "interrupted"
