"""The probes: alive means that the process answers, ready means that it can do its work."""

from __future__ import annotations

import json
from typing import Any

import pytest

from thinkback.serving import health
from thinkback.serving.health import Health
from thinkback.serving.lifecycle import Lifecycle


async def asked(path: str, lifecycle: Lifecycle, ledger: bool = True) -> tuple[int, dict[str, str]]:
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await Health(lifecycle, lambda: ledger)({"type": "http", "method": "GET", "path": path}, None, send)
    return messages[0]["status"], json.loads(messages[1]["body"])


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Whether the database answers is the test's to say."""
    state = {"answers": True}
    monkeypatch.setattr(health, "database_answers", lambda: state["answers"])
    return state


async def test_ready(database: dict[str, bool]) -> None:
    lifecycle = Lifecycle([])
    await lifecycle.start()
    everything = {"status": "ok", "database": "ok", "ledger": "ok", "services": "ok"}
    assert await asked("/readyz", lifecycle) == (200, everything)


async def test_without_a_ledger(database: dict[str, bool]) -> None:
    status, said = await asked("/readyz", Lifecycle([]), ledger=False)
    assert (status, said["ledger"]) == (503, "failed")


async def test_without_a_database(database: dict[str, bool]) -> None:
    database["answers"] = False
    status, said = await asked("/readyz", Lifecycle([]))
    assert (status, said["database"]) == (503, "failed")


async def test_while_leaving(database: dict[str, bool]) -> None:
    lifecycle = Lifecycle([])
    await lifecycle.start()
    await lifecycle.stop()
    status, said = await asked("/readyz", lifecycle)
    assert (status, said["services"]) == (503, "failed")


async def test_alive_whatever_else(database: dict[str, bool]) -> None:
    database["answers"] = False
    assert await asked("/healthz", Lifecycle([])) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_the_database_is_really_asked() -> None:
    assert health.database_answers()
