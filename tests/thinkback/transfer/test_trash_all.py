"""All chats go into the trash only when their number was typed."""

from __future__ import annotations

import pytest
from django.test import Client

from thinkback.accounts.models import User
from thinkback.chat.models import Conversation


@pytest.mark.parametrize(("typed", "left"), [(None, 3), ("", 3), ("2", 3), ("3", 0)])
def test_only_the_right_number_deletes(client: Client, alice: User, bob: User, typed: str | None, left: int) -> None:
    for user in (alice, alice, alice, bob):
        Conversation.objects.create(user=user)
    client.force_login(alice)
    page = client.post("/settings/data/delete", {} if typed is None else {"typed": typed}, follow=True).text
    assert Conversation.objects.filter(user=alice, trashed_at=None).count() == left
    assert ("Nothing was deleted" in page) is (left == 3)
    assert Conversation.objects.filter(user=bob, trashed_at=None).count() == 1
