"""Questions to the database: a line of waiting callers is served, one that hangs is not waited for."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from django.db import OperationalError

from proxy.errors import Refused
from thinkback import in_time
from thinkback.in_time import ask

pytestmark = pytest.mark.django_db(transaction=True)  # threads look after their connections, whatever is asked


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_time, "PATIENCE", 2.0)
    monkeypatch.setattr(in_time, "PULSE", in_time.Pulse())


async def test_who_stands_in_line_waits_on() -> None:
    """All of them together take far longer than one may."""
    began = time.monotonic()
    assert await asyncio.gather(*(ask(time.sleep, 0.05) for _ in range(50))) == [None] * 50
    assert time.monotonic() - began >= 2.5


async def test_one_that_hangs_is_not_waited_for() -> None:
    thawed = threading.Event()
    try:
        ends = await asyncio.gather(*(ask(thawed.wait, 20) for _ in range(3)), return_exceptions=True)
    finally:
        thawed.set()
    assert [getattr(end, "status", end) for end in ends] == [503] * 3
    assert await ask(int, "7") == 7, "afterwards it is as before"


async def test_one_that_is_down() -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    with pytest.raises(Refused) as refused:
        await ask(refuse)
    assert (refused.value.status, refused.value.type, refused.value.retry_after) == (503, "server_error", 1)


async def test_a_fault_of_another_kind_stays_one() -> None:
    with pytest.raises(ZeroDivisionError):
        await ask(divmod, 1, 0)
