"""Chats that nobody touched for as long as their owner wants to keep them go into the trash by themselves."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.thinkback.accounts.browser import signed_in
from tests.thinkback.chat.test_order import a_chat
from thinkback.accounts.models import User
from thinkback.chat import clearing, preferences
from thinkback.chat.models import Conversation, Folder
from thinkback.transfer import storing
from thinkback.transfer.document import Chat

pytestmark = pytest.mark.django_db(transaction=True)


def aged(user: User, days: int, **values: Any) -> Conversation:
    since = timezone.now() - timedelta(days=days)
    return a_chat(user, f"{days} days", **{"created_at": since, "updated_at": since, "seen_at": since} | values)


def test_only_what_its_owner_does_not_keep_goes(alice: User, bob: User) -> None:
    preferences.choose(alice.id, {"keeps_days": 30})
    old, never_seen = aged(alice, 31), aged(alice, 32, seen_at=None)
    archived = aged(alice, 33, archived_at=timezone.now())
    stays = [aged(alice, 29), aged(bob, 400), aged(alice, 40, pinned_at=timezone.now())]
    stays += [aged(alice, 50, folder=Folder.objects.create(user=alice, name="Work")), aged(alice, 60, temporary=True)]
    assert clearing.retire() == {alice.id}
    assert set(Conversation.objects.filter(trashed_at=None)) == set(stays)
    assert set(Conversation.objects.exclude(trashed_at=None)) == {old, never_seen, archived}
    assert clearing.retire() == set()


def test_nothing_goes_by_default_nor_after_it_is_taken_back(alice: User) -> None:
    aged(alice, 4000)
    assert preferences.of(alice.id)["keeps_days"] is None and clearing.retire() == set()
    preferences.choose(alice.id, {"keeps_days": 30})
    preferences.choose(alice.id, {"keeps_days": None})
    assert clearing.retire() == set()


@pytest.mark.parametrize("change", [{"trashed": False}, {"pinned": False}, {"archived": False}, {"folder": None}])
def test_what_its_owner_takes_out_of_somewhere_stays(alice: User, change: dict[str, Any]) -> None:
    preferences.choose(alice.id, {"keeps_days": 30})
    chat, client = aged(alice, 31), signed_in(alice)
    clearing.retire()
    Conversation.objects.filter(id=chat.id).update(trashed_at=None)
    headers = {"sec-fetch-site": "same-origin"}
    answer = client.patch(f"/api/chats/{chat.id}", json.dumps(change), "application/json", headers=headers)
    assert answer.status_code == 200 and clearing.retire() == set()


def test_what_was_just_imported_stays(alice: User) -> None:
    preferences.choose(alice.id, {"keeps_days": 30})
    old = timezone.now() - timedelta(days=400)
    storing.store(alice.id, Chat("thinkback:1", old, old, title="Old"), lambda place, most: None)
    assert clearing.retire() == set()
    Conversation.objects.update(seen_at=old)
    assert clearing.retire() == {alice.id}


@pytest.mark.parametrize("value", [0, -1, 1.5, 4000, True, "30"])
def test_only_whole_days_are_taken(client: Client, alice: User, value: Any) -> None:
    client.force_login(alice)
    headers = {"sec-fetch-site": "same-origin"}
    answer = client.patch("/api/preferences", json.dumps({"keeps_days": value}), "application/json", headers=headers)
    assert answer.status_code == 400 and preferences.of(alice.id)["keeps_days"] is None
