"""What the picker lists: nothing of it in the page, the whole in one answer; prices, or that they are not known."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts.models import User
from thinkback.connections import outcomes
from thinkback.connections.models import Connection

pytestmark = pytest.mark.django_db(transaction=True)  # async views read in threads of their own
PRICES = "/api/chats/models/prices"


def a_connection(user: User, slug: str, *models: dict[str, Any], kind: str = "custom") -> Connection:
    return Connection.objects.create(user=user, kind=kind, slug=slug, name=slug.title(), models=list(models))


def many(count: int) -> list[dict[str, Any]]:
    return [{"id": f"vendor/model-{number}", "context": 131_072, "images": True} for number in range(count)]


def test_the_page_weighs_the_same_with_one_model_and_with_many(alice: User) -> None:
    a_connection(alice, "custom", *many(1))
    one = len(signed_in(alice).get("/").content)
    Connection.objects.filter(slug="custom").update(models=many(1_500))
    assert len(signed_in(alice).get("/").content) - one < 100
    (custom, practice) = signed_in(alice).get("/api/chats/models").json()["results"]
    assert len(custom["models"]) == 1_500 and [one["model"] for one in practice["models"]] == ["practice"]


def test_each_model_with_its_abilities_and_what_fails_last(alice: User, bob: User) -> None:
    facts = {"context": 128_000, "images": True, "reasoning": False, "tools": True}
    failing = a_connection(alice, "first", {"id": "gpt-4o", "label": "GPT-4o", **facts})
    a_connection(alice, "custom", {"id": "m", "tools": False})
    a_connection(bob, "anthropic", {"id": "his"})
    outcomes.failed(failing.pk, "down")
    results = signed_in(alice).get("/api/chats/models").json()["results"]
    order = [(one["slug"], one["failing"]) for one in results]
    assert order == [("custom", False), ("practice", False), ("first", True)]
    assert results[2]["models"][0]["note"] == "128k · images · tools"
    assert results[0]["models"][0] == {
        "slug": "custom",
        "model": "m",
        "label": "m",
        "name": "Custom",
        "note": "",
        "tools": False,
        "images": True,
        "favourite": False,
        "own": True,
    }


def priced(alice: User, *names: str) -> dict[str, Any]:
    """What is told of them, once the table has answered."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        results = signed_in(alice).get(PRICES, {"model": list(names)}).json()["results"]
        if len(results) == len(names):
            return {one["model"]: (one["text"], one["price"]) for one in results}
        time.sleep(0.05)
    raise AssertionError("the table did not answer")


def test_a_price_is_told_where_it_is_known_and_never_made_up(alice: User) -> None:
    a_connection(alice, "openai", {"id": "gpt-4o"}, {"id": "nobody-knows-this"}, kind="openai")
    a_connection(alice, "custom", {"id": "gpt-4o-mine"})
    found = priced(alice, "openai/gpt-4o", "openai/nobody-knows-this", "custom/gpt-4o-mine", "practice/practice")
    assert found == {
        "gpt-4o": ("$2.50 in · $10.00 out", {"input": "0.0000025", "output": "0.00001"}),
        "nobody-knows-this": ("price unknown", None),
        "gpt-4o-mine": ("price unknown", None),
        "practice": ("Free", {"input": "0", "output": "0"}),
    }


def test_prices_of_somebody_elses_models_are_not_told(alice: User, bob: User) -> None:
    a_connection(bob, "openai", {"id": "gpt-4o"}, kind="openai")
    assert signed_in(alice).get(PRICES, {"model": ["openai/gpt-4o", "nonsense"]}).json()["results"] == []
