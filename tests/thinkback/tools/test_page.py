"""The page of the tools: what there is, and whether the harmless ones are asked for."""

from __future__ import annotations

import pytest
from django.test import Client

from thinkback.accounts.models import User
from thinkback.tools.models import Preference


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_harmless_tools_are_asked_for_until_that_is_changed(client: Client, alice: User) -> None:
    html = client.get("/settings/tools").content.decode()
    assert "Calculator" in html and "Current time" in html and 'name="harmless_unasked" checked' not in html
    assert client.post("/settings/tools", {"harmless_unasked": "on"}).status_code == 302
    assert Preference.objects.get(user=alice).harmless_unasked
    assert 'name="harmless_unasked" checked' in client.get("/settings/tools").content.decode()
    client.post("/settings/tools", {})
    assert not Preference.objects.get(user=alice).harmless_unasked


def test_strangers_are_sent_to_sign_in(db: None) -> None:
    assert Client().get("/settings/tools").status_code == 302
