"""Out and in again: the same bytes, whatever a chat holds."""

from __future__ import annotations

import string
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.thinkback.transfer.chats import a_full_chat, a_message
from tests.thinkback.transfer.exports import give, outcomes, recorded
from tests.thinkback.transfer.test_export import body
from tests.thinkback.usage.conftest import an_attempt
from thinkback.accounts.models import User
from thinkback.chat.models import Conversation, Message
from thinkback.chat.wellformed import wellformed
from thinkback.transfer import storing
from thinkback.transfer.document import Call, Chat, Source, Thought, Turn, Usage, Words
from thinkback.transfer.exporting import export

pytestmark = pytest.mark.django_db(transaction=True)


def test_everything_comes_back_as_the_same_bytes(
    client: Client, client_of: Callable[[User], Client], alice: User, bob: User
) -> None:
    for place, title in enumerate(("one", "two", "")):
        chat = a_full_chat(alice, title=title, pinned_at=datetime(2026, 4, place + 1, tzinfo=UTC))
        a_message(chat, None, "user", "Q", operation_id=None)
        spent = an_attempt(alice, cost_pico=123_000_000, input_tokens=7, duration_ms=12.5)
        a_message(chat, None, "assistant", "A", operation_id=spent.operation_id)
    Conversation.objects.create(user=alice, title="empty")
    first = body(client.get("/api/export"))
    report = give(client_of(bob), first)
    assert outcomes(report) == ["imported"] * 4 and report["import"]["kind"] == "ThinkBack"
    assert body(client_of(bob).get("/api/export")) == first
    assert outcomes(give(client, first)) == ["skipped"] * 4  # its own owner has them already


def test_what_foreigners_gave_comes_back_too(
    client: Client, client_of: Callable[[User], Client], alice: User, bob: User
) -> None:
    for name in ("chatgpt", "claude", "open_webui", "librechat"):
        give(client, recorded(name))
    first = body(client.get("/api/export"))
    give(client_of(bob), first)
    assert body(client_of(bob).get("/api/export")) == first


TEXT = st.text(max_size=40).map(wellformed)
NAME = st.text(string.ascii_letters + "äß漢 .-", max_size=30)
MOMENT = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
PART = (
    st.builds(Words, TEXT)
    | st.builds(Thought, TEXT, TEXT)
    | st.builds(Call, NAME, TEXT, TEXT, st.sampled_from(["done", "failed", "denied", "stopped"]), st.just("call"))
    | st.builds(Source, st.just("https://a.example/"), TEXT)
)
USAGE = st.none() | st.builds(
    Usage, st.integers(0, 10**9), st.none(), st.integers(0, 10**9), st.sampled_from([None, "0.5"])
)


@st.composite
def chats(draw: Any) -> Chat:
    """A conversation with any tree."""
    turns: list[Turn] = []
    waiting = [(None, draw(st.integers(0, 3)))]
    while waiting and len(turns) < 12:
        parent, count = waiting.pop()
        for _ in range(count):
            number = len(turns) + 1
            role = draw(st.sampled_from(["user", "assistant"]))
            said = [] if role == "user" else draw(st.lists(st.lists(PART, min_size=1, max_size=3), max_size=2))
            rounds = said if any(isinstance(part, Call | Source) for parts in said for part in parts) else []
            values = {"text": draw(TEXT), "reasoning": draw(TEXT), "rounds": rounds, "usage": draw(USAGE)}
            turns.append(Turn(number, role, draw(MOMENT), parent, **values))
            if draw(st.booleans()):
                waiting.append((number, draw(st.integers(1, 2))))
                break
    shown = draw(st.sampled_from([turn.number for turn in turns])) if turns else None
    tags = sorted(draw(st.sets(st.sampled_from(["a", "B", "c"]))), key=str.lower)
    values = {"title": draw(NAME), "parameters": draw(st.sampled_from([{}, {"temperature": 0.5}])), "tags": tags}
    return Chat(f"thinkback:{draw(st.uuids())}", draw(MOMENT), draw(MOMENT), shown=shown, messages=turns, **values)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chat=chats())
def test_any_document_comes_back(alice: User, chat: Chat) -> None:
    Conversation.objects.all().delete()
    storing.store(alice.pk, chat, lambda place, most: None)
    again = export(Conversation.objects.get()).chat
    assert [turn.text for turn in again.messages] == [turn.text for turn in in_order(chat)]
    Conversation.objects.all().delete()
    storing.store(alice.pk, again, lambda place, most: None)
    assert export(Conversation.objects.get()).chat == again
    assert Message.objects.count() == len(chat.messages)


def in_order(chat: Chat) -> list[Turn]:
    """The messages as an export has them: each with all that follows it before the next version."""
    found: list[Turn] = []
    waiting = [turn for turn in reversed(chat.messages) if turn.parent is None]
    while waiting:
        turn = waiting.pop()
        found.append(turn)
        waiting += [one for one in reversed(chat.messages) if one.parent == turn.number]
    return found
