"""Records of believable calls, a running ledger, and rows to report on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import SyncToAsync
from django.db import connections

from proxy.call import new_id
from proxy.record import Record
from thinkback.accounts.models import User
from thinkback.usage import rows
from thinkback.usage.ledger import Ledger
from thinkback.usage.models import Attempt
from thinkback.usage.money import to_pico
from thinkback.usage.writer import Writer

MakeRecord = Callable[..., Record]
MakeAttempt = Callable[..., Attempt]


def a_record(user: User, **values: Any) -> Record:
    """A started call of a user's, as the proxy would open it."""
    usual = {
        "operation_id": new_id(),
        "attempt": 1,
        "started_at": datetime.now(UTC),
        "user_id": user.pk,
        "source": "proxy",
        "provider": "openai",
        "slug": "openai",
        "operation": "chat",
        "endpoint": "v1/chat/completions",
        "method": "POST",
        "model": "gpt-4o",
        "price_id": "openai",
    }
    return Record(**(usual | values))


def an_attempt(user: User, **values: Any) -> Attempt:
    """A stored, closed row."""
    usual = {
        "operation_id": new_id(),
        "attempt": 1,
        "boot_id": new_id(),
        "started_at": datetime.now(UTC),
        "source": "proxy",
        "provider": "openai",
        "slug": "openai",
        "operation": "chat",
        "endpoint": "v1/chat/completions",
        "method": "POST",
        "model": "gpt-4o",
        "status": "ok",
        "http_status": 200,
    }
    values = usual | values
    if "cost_usd" in values:
        values["cost_pico"] = to_pico(values.pop("cost_usd"))
    return Attempt.objects.create(user=user, quarter=rows.quarter_of(values["started_at"]), **values)


@pytest.fixture(autouse=True)
def no_connection_left() -> Iterator[None]:
    """Close what `sync_to_async` opened in its thread: PostgreSQL drops no database that somebody still looks at."""
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture
async def writer(transactional_db: None) -> AsyncIterator[Writer]:
    """A running writer of the test's own."""
    writer = Writer()
    writer.start()
    yield writer
    await writer.stop()


@pytest.fixture
async def ledger(transactional_db: None, settings: Any, tmp_path: Path) -> AsyncIterator[Ledger]:
    """A running ledger of the test's own, with lock files of its own."""
    settings.DATA = tmp_path
    ledger = Ledger(Writer())
    await ledger.start()
    yield ledger
    await ledger.stop()
