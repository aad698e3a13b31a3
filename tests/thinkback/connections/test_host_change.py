"""A key belongs to the host that it was given for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.thinkback.accounts.browser import send
from tests.thinkback.connections.conftest import KEY
from thinkback.accounts.models import User
from thinkback.connections.models import Connection
from thinkback.connections.targets import ref_of
from thinkback.vault import keys

URL = "/api/providers/openai"
ELSEWHERE = "https://gateway.example.org/v1"


@pytest.fixture
def stored(browser: Client) -> Client:
    """Alice's browser, with a key stored for the default host."""
    send(browser, "/api/providers", {"kind": "openai", "api_key": KEY})
    return browser


def patch(client: Client, **data: Any) -> Any:
    """PATCH an object as JSON."""
    return client.patch(URL, json.dumps(data), content_type="application/json")


def test_a_move_is_asked_about_first(stored: Client) -> None:
    response = patch(stored, base_url=ELSEWHERE)
    assert response.status_code == 409
    assert response.json()["error"]["type"] == "host_changed"
    assert stored.get(URL).json()["host"] == "api.openai.com"
    assert stored.get(URL).json()["key"]["present"] is True


def test_a_confirmed_move_forgets_the_key(stored: Client) -> None:
    row = patch(stored, base_url=ELSEWHERE, confirm_host_change=True).json()
    assert (row["host"], row["key"]) == ("gateway.example.org", {"present": False})


def test_a_move_with_a_new_key_needs_no_question(stored: Client, alice: User) -> None:
    row = patch(stored, base_url=ELSEWHERE, api_key="sk-another-0123456789abcdWXYZ").json()
    assert row["key"]["last_four"] == "WXYZ"
    binding = keys.Binding(alice.pk, "openai", ("gateway.example.org",), ref_of(Connection.objects.get(slug="openai")))
    assert keys.open_sealed(binding) == "sk-another-0123456789abcdWXYZ"


def test_another_path_of_the_same_host_keeps_the_key(stored: Client) -> None:
    row = patch(stored, base_url="https://API.openai.com/other/v1").json()
    assert row["key"]["present"] is True and row["base_url"].endswith("/other/v1")


def test_another_port_is_another_host(stored: Client) -> None:
    assert patch(stored, base_url="https://api.openai.com:8443").status_code == 409


def test_without_a_key_nothing_is_asked(stored: Client) -> None:
    patch(stored, api_key=None)
    assert patch(stored, base_url=ELSEWHERE).status_code == 200


def test_the_models_of_the_old_host_go(stored: Client) -> None:
    Connection.objects.filter(slug="openai").update(models=[{"id": "a"}, {"id": "mine", "by_hand": True}])
    patch(stored, base_url=ELSEWHERE, confirm_host_change=True)
    assert Connection.objects.get(slug="openai").models == [{"id": "mine", "by_hand": True}]


def test_the_page_asks_too(stored: Client) -> None:
    page = "/settings/providers/openai"
    form = {"name": "OpenAI", "base_url": ELSEWHERE}
    asked = stored.post(page, form)
    assert asked.status_code == 409 and b"Move and remove the key" in asked.content
    assert ELSEWHERE.encode() in asked.content
    moved = stored.post(page, {**form, "confirm_host_change": "true"})
    assert moved.status_code == 302
    assert stored.get(URL).json()["key"] == {"present": False}


def test_a_secret_belongs_to_where_it_is_exchanged_too(browser: Client, alice: User) -> None:
    oauth = {"sign_in": "oauth", "token_url": "https://login.example.org/token", "client_id": "thinkback"}
    place = {"kind": "custom", "slug": "gateway", "base_url": "https://ai.example.org/v1"}
    assert send(browser, "/api/providers", {**place, **oauth, "name": "Gateway", "api_key": KEY}).status_code == 201
    ref = ref_of(Connection.objects.get(slug="gateway"))
    assert keys.open_sealed(keys.Binding(alice.pk, "custom", ("ai.example.org", "login.example.org"), ref)) == KEY
    for change in ({"token_url": "https://evil.example.org/token"}, {"sign_in": ""}):
        response = browser.patch("/api/providers/gateway", json.dumps(change), content_type="application/json")
        assert (response.status_code, response.json()["error"]["type"]) == (409, "host_changed")
    same = {"token_url": "https://login.example.org/other"}
    answer = browser.patch("/api/providers/gateway", json.dumps(same), content_type="application/json")
    assert answer.json()["key"]["present"] is True
