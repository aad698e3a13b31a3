"""What a user says of a model himself: kept over fetches, taken back by null, told wherever the model is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from providers import Model
from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts.models import User
from thinkback.connections import catalogue, changes, outcomes
from thinkback.connections.models import Connection

KEY = "sk-canary-0123456789abcdef"


@pytest.fixture
def row(alice: User) -> Connection:
    """Alice's OpenAI with one listed model and one typed in."""
    row = changes.create(alice.pk, {"kind": "openai", "api_key": KEY, "models": ["mine"]})
    outcomes.fetched(row.pk, [Model("org/listed", tools=True, context=8000)])
    return Connection.objects.get(pk=row.pk)


def say(client: Client, id: str = "org/listed", **said: Any) -> Any:
    return client.patch(f"/api/providers/openai/models/{id}", said, content_type="application/json")


def test_it_goes_before_what_the_provider_says(row: Connection, browser: Client) -> None:
    told = say(browser, context=32000, images=True).json()
    assert (told["context"], told["images"], told["tools"]) == (32000, True, True)
    assert told["own"] == ["context", "images"]
    outcomes.fetched(row.pk, [Model("org/listed", tools=True, context=9000)])
    told = say(browser, context=None).json()
    assert (told["context"], told["images"], told["own"]) == (9000, True, ["images"])


def test_what_was_typed_in_keeps_it_too(row: Connection, browser: Client) -> None:
    assert say(browser, "mine", tools=False).json()["tools"] is False
    changes.update(Connection.objects.get(pk=row.pk), {"models": ["mine", "another"]})
    found = {entry.id: entry.tools for entry in catalogue.entries(Connection.objects.get(pk=row.pk))}
    assert found == {"org/listed": True, "mine": False, "another": None}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"context": 0}, "context"),
    ({"max_output": True}, "max_output"),
    ({"tools": "yes"}, "tools"),
    ({"label": "Better"}, "label"),
]


@pytest.mark.parametrize(("said", "field"), WRONG)
def test_nonsense_is_refused_by_name(row: Connection, browser: Client, said: dict[str, Any], field: str) -> None:
    answer = say(browser, **said)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)


def test_nobody_elses_and_no_unknown_one(row: Connection, browser: Client, bobs: Client) -> None:
    assert say(bobs, tools=True).status_code == 404
    assert say(browser, "nothing", tools=True).status_code == 404


def test_the_page_says_the_same(row: Connection, browser: Client, alice: User) -> None:
    url = "/settings/providers/openai/models/facts?id=org/listed"
    assert "Sees images" in signed_in(alice).get(url).content.decode()
    assert browser.post(url, {"context": "-1"}).status_code == 400
    assert browser.post(url, {"context": "5000", "images": "no"}).status_code == 302
    (entry, _) = catalogue.entries(Connection.objects.get(pk=row.pk))
    assert (entry.context, entry.images, entry.tools) == (5000, False, True)
    assert "Edited" in browser.get("/settings/providers/openai").content.decode()
    page = browser.get(url).content.decode()
    assert 'placeholder="8,000"' in page and "As the provider says (yes)" in page and "(unknown)" in page
    assert 'form="nothing-said"' in page and "nothing-said" not in browser.get(url.replace("org/listed", "mine")).text
    assert browser.post(url, {}).status_code == 302
    (entry, _) = catalogue.entries(Connection.objects.get(pk=row.pk))
    assert (entry.context, entry.own) == (8000, ())
    assert browser.get(url.replace("listed", "gone")).status_code == 404
