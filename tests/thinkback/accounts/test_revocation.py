"""Announcements reach this process at once and the others at their next look."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from thinkback.accounts import revocation
from thinkback.accounts.models import Revocation
from thinkback.accounts.revocation import Poller


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    subjects: list[str] = []
    monkeypatch.setattr(revocation, "_listeners", [subjects.append])
    yield subjects


def said_elsewhere(subject: str) -> None:
    """Another process's announcement: a row, and nothing else."""
    Revocation.objects.create(subject=subject)


@pytest.mark.django_db
def test_this_process_hears_at_once(heard: list[str]) -> None:
    revocation.announce("user:1")
    assert heard == ["user:1"]
    assert Revocation.objects.get().subject == "user:1"


@pytest.mark.django_db
def test_it_hears_again_after_the_commit(
    heard: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        revocation.announce("user:1")
    assert heard == ["user:1", "user:1"]


@pytest.mark.django_db
def test_one_listener_that_fails_does_not_keep_the_others_from_hearing(heard: list[str]) -> None:
    def broken(subject: str) -> None:
        raise RuntimeError(subject)

    revocation._listeners.insert(0, broken)
    revocation.announce("user:1")
    assert heard == ["user:1"]


@pytest.mark.django_db
def test_nobody_listens_twice(heard: list[str]) -> None:
    def hear(subject: str) -> None:
        heard.append(subject)

    revocation.listen(hear)
    revocation.listen(hear)
    revocation.tell("user:1")
    assert heard == ["user:1"] * 2  # the fixture's, and this one once


@pytest.mark.django_db
def test_each_announcement_is_read_once() -> None:
    poller = Poller()
    poller.read()
    for subject in ("user:1", "user:2", "user:1"):
        said_elsewhere(subject)
    assert poller.read() == ["user:1", "user:2"]
    assert poller.read() == []


@pytest.mark.django_db
def test_row_committed_late_under_a_lower_id_is_read() -> None:
    said_elsewhere("user:1")
    late = Revocation.objects.create(subject="user:2")
    Revocation.objects.filter(pk=late.pk).delete()
    poller = Poller()
    Revocation.objects.create(pk=late.pk + 1, subject="user:3")
    poller.read()
    Revocation.objects.create(pk=late.pk, subject="user:2")
    assert poller.read() == ["user:2"]


@pytest.mark.django_db(transaction=True)
async def test_poller_hears_what_another_process_says(heard: list[str]) -> None:
    await database_sync_to_async(said_elsewhere)("user:1")
    poller = Poller(period=0.01)
    await poller.start()
    await database_sync_to_async(said_elsewhere)("user:2")
    async with asyncio.timeout(10):
        while not heard:
            await asyncio.sleep(0.01)
    await poller.stop()
    assert heard == ["user:2"]


@pytest.mark.django_db(transaction=True)
async def test_poller_outlives_a_database_out_of_reach(heard: list[str]) -> None:
    answers: list[Any] = [[], DatabaseError("gone"), DatabaseError("gone"), ["user:1"]]
    poller = Poller(period=0.001)

    def read() -> list[str]:
        found = answers.pop(0) if answers else []
        if isinstance(found, Exception):
            raise found
        return list(found)

    poller.read = read  # type: ignore[method-assign]
    await poller.start()
    async with asyncio.timeout(10):
        while not heard:
            await asyncio.sleep(0.001)
    await poller.stop()
    assert heard == ["user:1"]


async def test_stopping_without_a_start_is_harmless() -> None:
    await Poller().stop()


@pytest.mark.django_db
def test_old_rows_are_pruned() -> None:
    said_elsewhere("user:1")
    Revocation.objects.update(created_at=timezone.now() - timedelta(hours=2))
    said_elsewhere("user:2")
    assert revocation.forget_old() == 1
    assert Revocation.objects.get().subject == "user:2"
