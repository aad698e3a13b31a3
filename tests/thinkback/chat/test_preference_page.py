"""How a user wants the chat page to behave, chosen on a page."""

from __future__ import annotations

import pytest

from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts.models import User
from thinkback.chat.preferences import choose, of

pytestmark = pytest.mark.django_db(transaction=True)  # async views read in threads of their own


def test_the_page_works_without_a_script(alice: User, bob: User) -> None:
    client = signed_in(alice)
    assert "Ctrl + Enter" in client.get("/settings/chat").content.decode()
    sent = {"sends": "ctrl_enter", "follows": "question", "opens_reasoning": "on", "cost_guard": "0,25"}
    assert client.post("/settings/chat", sent).status_code == 302
    assert of(alice.id).items() >= {"sends": "ctrl_enter", "opens_reasoning": True, "cost_guard": 0.25}.items()
    assert of(bob.id)["sends"] == "enter"


def test_nonsense_is_named_and_changes_nothing(alice: User) -> None:
    answer = signed_in(alice).post(
        "/settings/chat", {"sends": "enter", "follows": "end", "cost_guard": "-1"}, follow=True
    )
    assert "does not take that" in answer.content.decode()
    assert of(alice.id)["cost_guard"] == 0.5


def test_the_chat_page_is_told(alice: User) -> None:
    choose(alice.id, {"sends": "ctrl_enter"})
    assert '"sends": "ctrl_enter"' in signed_in(alice).get("/").content.decode()
