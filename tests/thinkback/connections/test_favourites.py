"""Favourite models: told first, starred on the provider's page, and on top of the chat's picker."""

from __future__ import annotations

import re

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from providers import Model
from thinkback.accounts.models import User
from thinkback.chat import picking
from thinkback.connections import changes, lookup, outcomes
from thinkback.connections.models import Connection

KEY = "sk-canary-0123456789abcdef"
URL, PAGE = "/api/providers/openai", "/settings/providers/openai"


@pytest.fixture
def row(alice: User) -> Connection:
    """Alice's OpenAI, which lists three models."""
    row = changes.create(alice.pk, {"kind": "openai", "name": "OpenAI", "api_key": KEY})
    outcomes.fetched(row.pk, [Model("a"), Model("b"), Model("c")])
    return Connection.objects.get(pk=row.pk)


def likes(row: Connection, *ids: str) -> None:
    """Make these models of it favourites."""
    changes.update(row, {"favourite_models": list(ids)})


def shown(user: User) -> dict[str, list[str]]:
    """The picker's sections and what stands in them."""
    found = picking.sections(async_to_sync(lookup.all_of)(user.pk))
    return {section.name: [option.model for option in section.options] for section in found}


def test_the_api_takes_them_and_tells_them_first(row: Connection, browser: Client) -> None:
    assert browser.get(URL).json()["favourite_models"] == []
    patch = {"favourite_models": ["c"]}
    assert browser.patch(URL, patch, content_type="application/json").json()["favourite_models"] == ["c"]
    results = browser.get(f"{URL}/models").json()["results"]
    assert [(one["id"], one["favourite"]) for one in results] == [("c", True), ("a", False), ("b", False)]
    refused = browser.patch(URL, {"favourite_models": [1]}, content_type="application/json")
    assert refused.status_code == 400 and "favourite_models" in refused.text


def test_they_outlive_a_fetch(row: Connection, browser: Client) -> None:
    likes(row, "b")
    outcomes.fetched(row.pk, [Model("a")])
    outcomes.fetched(row.pk, [Model("a"), Model("b")])
    assert browser.get(f"{URL}/models/b").json()["favourite"] is True


def test_the_page_stars_and_takes_the_star_away(row: Connection, browser: Client) -> None:
    for pressed, ids, names in (("star", ["b"], ["b", "a", "c"]), ("unstar", [], ["a", "b", "c"])):
        browser.post(f"{PAGE}/models/choice", {pressed: "b"})
        assert Connection.objects.get(pk=row.pk).favourite_models == ids
        assert re.findall('class="model-name">(.)<', browser.get(PAGE).text) == names


def test_the_picker_has_them_on_top_once(row: Connection, alice: User, browser: Client) -> None:
    other = changes.create(alice.pk, {"kind": "anthropic", "name": "Claude", "api_key": "sk-ant-0", "models": ["x"]})
    likes(row, "c")
    likes(other, "x")
    assert shown(alice) == {"Favourites": ["c", "x"], "OpenAI": ["a", "b"], "Practice": ["practice"]}
    page = browser.get("/").text
    liked = browser.get("/api/chats/models").json()["results"][0]["models"]
    assert [(one["label"], one["name"], one["favourite"]) for one in liked] == [
        ("c", "OpenAI", True),
        ("x", "Claude", True),
    ]
    assert 'data-picker data-slug="openai" data-model="c"' in page, "a new chat begins with one of them"
    changes.update(row, {"default_model": "b"})
    assert 'data-picker data-slug="openai" data-model="b"' in browser.get("/").text, "unless another is the default"


def test_hidden_and_failing_ones_are_not_on_top(row: Connection, alice: User) -> None:
    likes(row, "b", "c")
    changes.update(row, {"hidden_models": ["b"]})
    assert shown(alice)["Favourites"] == ["c"]
    outcomes.failed(row.pk, "down")
    assert shown(alice) == {"Practice": ["practice"], "OpenAI": ["c", "a"]}
