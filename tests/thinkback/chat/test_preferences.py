"""What Alice chose about the chat page is hers, checked, and there again on every page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts.models import User
from thinkback.chat import preferences


def change(client: Client, values: Any) -> Any:
    return client.patch("/api/preferences", values, content_type="application/json")


def test_a_choice_stays_and_is_nobody_elses(alice: User, bob: User) -> None:
    client = signed_in(alice)
    assert change(client, {"follows": "question"}).json()["follows"] == "question"
    assert client.get("/api/preferences").json() == {**defaults(), "follows": "question"}
    assert signed_in(bob).get("/api/preferences").json() == defaults()


@pytest.mark.parametrize("values", [{"follows": "moon"}, {"sends": 1}, {"opens_reasoning": "yes"}, {"colour": "red"}])
def test_what_cannot_be_chosen_is_named(alice: User, values: dict[str, Any]) -> None:
    client = signed_in(alice)
    answer = change(client, {**values, "opens_reasoning": values.get("opens_reasoning", True)})
    assert answer.status_code == 400 and next(iter(values)) in answer.json()["error"]["message"]
    assert client.get("/api/preferences").json() == defaults()


def defaults() -> dict[str, Any]:
    return {name: choice.default for name, choice in preferences.CHOICES.items()}
