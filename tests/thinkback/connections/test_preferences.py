"""Preferences of one configuration: what may be set, that the proxy is told, and what is offered for choice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from proxy.call import Preferences
from tests.thinkback.accounts.browser import send, signed_in
from thinkback.accounts.models import User
from thinkback.connections import catalogue
from thinkback.connections.models import Connection
from thinkback.connections.targets import connection_of

URL = "/api/providers"


def patch(client: Client, url: str, data: Any) -> Any:
    return client.patch(url, json.dumps(data), content_type="application/json")


def told(row: Connection) -> Preferences:
    """What the proxy is told of a row."""
    connection = connection_of(row, has_key=True)
    assert connection is not None
    return connection.preferences


def test_they_are_kept_and_the_proxy_is_told(alice: User) -> None:
    client = signed_in(alice)
    wanted = {"kind": "openai", "name": "A", "temperature": 0, "max_tokens": "500", "default_model": "gpt-5-mini"}
    assert send(client, URL, {**wanted, "always_default": "on"}).status_code == 201
    row = Connection.objects.get(user=alice, kind="openai")
    assert told(row) == Preferences(0.0, 500, "gpt-5-mini")
    cleared = {"temperature": "", "max_tokens": "", "always_default": ""}
    assert patch(client, f"{URL}/{row.slug}", cleared).status_code == 200
    row.refresh_from_db()
    assert told(row) == Preferences()


@pytest.mark.parametrize(
    "name, value",
    [
        ("temperature", "2.1"), ("temperature", "-1"), ("temperature", "warm"), ("temperature", "NaN"),
        ("max_tokens", "0"), ("max_tokens", "1.5"), ("max_tokens", "1e3"), ("max_tokens", "9" * 30),
        ("always_default", "yes"), ("always_default", "on"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_field(alice: User, name: str, value: str) -> None:
    answer = send(signed_in(alice), URL, {"kind": "openai", "name": "A", name: value})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, name)
    assert not Connection.objects.filter(user=alice, kind="openai").exists()


def test_the_default_model_stays_while_it_always_answers(alice: User) -> None:
    client = signed_in(alice)
    send(client, URL, {"kind": "openai", "name": "A", "default_model": "m", "always_default": "on"})
    row = Connection.objects.get(user=alice, kind="openai")
    answer = patch(client, f"{URL}/{row.slug}", {"default_model": ""})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "always_default")


@pytest.mark.parametrize("options, offered", [({}, ["a", "b"]), ({"always_default": "on"}, ["b"])])
def test_only_the_one_that_answers_is_offered(options: dict[str, str], offered: list[str]) -> None:
    row = Connection(kind="openai", default_model="b", options=options, models=[{"id": "a"}, {"id": "b"}])
    assert [entry.id for entry in catalogue.visible(row)] == offered


def test_practice_has_none(alice: User) -> None:
    answer = patch(signed_in(alice), f"{URL}/practice", {"temperature": "1"})
    assert answer.status_code == 400
