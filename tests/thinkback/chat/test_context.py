"""Tokens and cost before a message is sent: what is known, what is estimated, and which messages still fit."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts.models import User
from thinkback.chat.failures import card_of
from thinkback.chat.models import Conversation, Message
from thinkback.chat.turns import prompt_of
from thinkback.chat.weighing import Size, fitting, tokens_in, weight
from thinkback.connections.models import Connection

pytestmark = pytest.mark.django_db(transaction=True)  # async views read in threads of their own
LONG = "word " * 400  # 500 tokens


def a_branch(chat: Conversation, *texts: str) -> list[Message]:
    made: list[Message] = []
    for place, text in enumerate(texts):
        role = "assistant" if place % 2 else "user"
        parent = made[-1] if made else None
        made.append(Message.objects.create(conversation=chat, parent=parent, role=role, text=text))
    chat.leaf = made[-1]
    chat.save()
    return made


def a_connection(user: User, context: int | None) -> Connection:
    models: list[dict[str, Any]] = [{"id": "m", "by_hand": True} | ({"context": context} if context else {})]
    return Connection.objects.create(user=user, kind="custom", slug="mine", name="Mine", models=models)


def test_scripts_weigh_differently() -> None:
    assert tokens_in("") == 0
    assert tokens_in("abcd" * 10) == 10
    assert tokens_in("你好世界" * 10) == 40
    assert tokens_in("привет" * 10) == 24
    assert tokens_in("naïve café" * 4) == 10


def test_whole_turns_are_left_out_from_the_oldest_and_never_the_last(alice: User) -> None:
    messages = a_branch(Conversation.objects.create(user=alice), LONG, LONG, LONG, LONG, LONG)
    assert weight(messages[0]) == 504
    assert fitting(messages, Size(10_000, 0)) == messages
    assert fitting(messages, Size(1_700, 0)) == messages[2:]
    assert fitting(messages, Size(10, 5)) == messages[4:]


@pytest.mark.parametrize(("drops", "context", "told"), [(True, 2_000, 1), (False, 2_000, 5), (True, None, 5)])
def test_a_chat_that_leaves_out_the_oldest_sends_less(alice: User, drops: bool, context: int | None, told: int) -> None:
    a_connection(alice, context)
    chat = Conversation.objects.create(user=alice, parameters={"drop_oldest": True} if drops else {})
    messages = a_branch(chat, LONG, LONG, LONG, LONG, LONG)
    answer = Message(conversation=chat, parent=messages[-1], role="assistant", slug="mine", model="m")
    assert len(prompt_of(chat, answer).messages) == told


def test_the_page_is_told_what_is_known(alice: User, bob: User) -> None:
    a_connection(alice, 2_000)
    chat = Conversation.objects.create(user=alice, parameters={"drop_oldest": True})
    messages = a_branch(chat, LONG, LONG, LONG, LONG, "?", "!")
    path = f"/api/chats/context?chat={chat.id}&model=mine/m&tool=calculator"
    found = signed_in(alice).get(path).json()
    (model,) = found["models"]
    assert (model["context"], model["prices"]) == (2_000, None)  # an unknown price is not $0
    assert found["tools"] > 10 and found["spent"]["usd"] is None
    assert found["history"]["exact"] is False
    assert (found["history"]["cut"], found["history"]["dropped"]) == (str(messages[4].id), 4)
    assert signed_in(bob).get(path).status_code == 404
    assert signed_in(bob).get("/api/chats/context?model=mine/m").json()["models"][0]["context"] is None


def test_settings_that_change_nothing_are_named(alice: User) -> None:
    client = signed_in(alice)
    Connection.objects.create(user=alice, kind="anthropic", slug="claude", name="Claude")
    unused = client.get("/api/chats/context?model=claude/claude-sonnet-4-5").json()["models"][0]["unused"]
    assert "seed" in unused and "temperature" not in unused
    a_connection(alice, None)
    assert client.get("/api/chats/context?model=mine/m").json()["models"][0]["unused"] == []


@pytest.mark.parametrize("chat", ["nonsense", uuid4()])
def test_a_chat_that_is_not_there(alice: User, chat: object) -> None:
    assert signed_in(alice).get(f"/api/chats/context?chat={chat}").status_code == 404


def test_the_card_of_a_chat_that_is_too_long_offers_to_shorten_it() -> None:
    message = "This model's maximum context length is 8192 tokens."
    assert card_of({"type": "invalid_request", "message": message}, "OpenAI").can_shorten
    assert not card_of({"type": "invalid_request", "message": "Unknown model."}, "OpenAI").can_shorten


@pytest.mark.parametrize(("texts", "offered"), [(("Q", "A"), False), (("Q", "A", "Q", "A"), True)])
def test_nothing_can_be_left_out_before_a_first_message(alice: User, texts: tuple[str, ...], offered: bool) -> None:
    chat = Conversation.objects.create(user=alice)
    answer = a_branch(chat, *texts)[-1]
    answer.status, answer.error = "error", {"type": "invalid_request", "cause": "too_long", "message": ""}
    answer.save()
    page = signed_in(alice).get(f"/chat/{chat.id}").content.decode().partition("data-failure")[2]
    page = page.partition("</article>")[0]
    assert "This chat is too long for the model" in page
    assert ("data-drop-oldest" in page) is ("Leave out the oldest messages" in page) is offered
    assert ("Shorten your message" in page) is not offered
