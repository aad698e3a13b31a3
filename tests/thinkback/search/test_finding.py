"""Searching: every message and title of one's own, in any script, by words, phrases and filters; nothing breaks it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from thinkback.accounts.models import User
from thinkback.chat.models import Conversation, Folder, Message, Tag
from thinkback.search.finding import find
from thinkback.search.models import Due, Entry

pytestmark = pytest.mark.django_db

HOSTILE = [
    '"',
    '"""',
    "'",
    "*",
    "a*",
    "NEAR(a b)",
    "a AND",
    "OR",
    "NOT x",
    "(",
    "a)",
    "words:x",
    "owner:u1",
    "^a",
    "-a",
]
HOSTILE += [
    "a:b:c",
    "in:",
    'tag:"',
    "before:2026-99-99",
    "after:x",
    "is:nothing",
    "\0",
    "🜁",
    "a' & 'b",
    ":*",
    "<->",
    "%",
    "_",
]
HOSTILE += ["x" * 5000, "a " * 3000, "\\", "';DROP TABLE chat_message;--", "{a}", "[", "🔥" * 300]


def say(user: User, *texts: str, title: str = "A chat", **values: Any) -> Conversation:
    chat = Conversation.objects.create(user=user, title=title, **values)
    for text in texts:
        Message.objects.create(conversation=chat, role="user", text=text)
    return chat


def texts(user: User, question: str) -> list[str]:
    return [found.message.text for found in find(user.pk, question).messages]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The quick brown fox", "QUICK"),
        ("The quick brown fox", "qui fo"),
        ("The quick brown fox", '"quick brown"'),
        ("Über die Größe der Straße", "grösse"),
        ("Über die Größe der Straße", "uber strasse"),
        ("Datenbankverbindung herstellen", "datenbank"),
        ("Datenbankverbindung herstellen", "verbindung"),
        ("今天天气很好，我们去公园散步。", "天气"),
        ("今天天气很好，我们去公园散步。", "公园"),
        ("今天天气很好，我们去公园散步。", "园"),
        ("東京タワーへ行きたい", "タワー"),
        ("오늘 날씨가 좋다", "날씨"),
        ("สวัสดีชาวโลก", "ชาว"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("const x = a => b", "=>"),
        ("Use C++ or F#", "c++"),
        ("foo_bar.baz(qux)", "baz"),
        ("mail bob@example.org", "bob@example.org"),
    ],
)
def test_it_finds(alice: User, text: str, question: str) -> None:
    say(alice, text, "Something else entirely")
    assert texts(alice, question) == [text]


@pytest.mark.parametrize(
    ("text", "question"),
    [("quick and brown", '"quick brown"'), ("天很好气", "天气"), ("foxes", '"fox"'), ("The fox", "fox wolf")],
)
def test_it_does_not_find(alice: User, text: str, question: str) -> None:
    say(alice, text)
    assert texts(alice, question) == []


@pytest.mark.parametrize("question", HOSTILE)
def test_no_question_is_an_error(alice: User, question: str) -> None:
    say(alice, "Something")
    find(alice.pk, question)


def test_only_ones_own_and_what_is_not_thrown_away(alice: User, bob: User) -> None:
    say(alice, "needle hers")
    say(alice, "needle archived", archived_at=timezone.now())
    say(alice, "needle trashed", trashed_at=timezone.now())
    say(alice, "needle temporary", temporary=True)
    say(bob, "needle his")
    assert sorted(texts(alice, "needle")) == ["needle archived", "needle hers"]
    assert texts(bob, "needle") == ["needle his"]
    assert texts(bob, "hers") == []


def test_chats_are_found_by_their_title(alice: User) -> None:
    say(alice, "words", title="Roses in May")
    say(alice, "roses here")
    found = find(alice.pk, "ros")
    assert [each.chat.title for each in found.chats] == ["Roses in May"]
    assert [each.message.text for each in found.messages] == ["roses here"]


def test_filters_narrow(alice: User, bob: User) -> None:
    folder = Folder.objects.create(user=alice, name="Ärger im Büro")
    inside = say(alice, "rose one", folder=folder, pinned_at=timezone.now())
    tagged = say(alice, "rose two", archived_at=timezone.now())
    tagged.tags.add(Tag.objects.create(user=alice, name="Garden"))
    Message.objects.filter(text="rose two").update(created_at=datetime(2025, 3, 1, tzinfo=UTC), model="gpt-5-mini")
    assert texts(alice, 'rose in:"ärger im büro"') == ["rose one"] == texts(alice, "rose is:pinned")
    assert texts(alice, "rose tag:garden") == ["rose two"] == texts(alice, "is:archived rose")
    assert texts(alice, "rose before:2025-06") == ["rose two"] == texts(alice, "rose model:GPT-5")
    assert texts(alice, "rose after:2025-03-02") == ["rose one"]
    assert texts(alice, "rose in:nowhere") == []
    assert [each.chat for each in find(alice.pk, "is:pinned").chats] == [inside]


def test_the_index_follows_every_change(alice: User) -> None:
    chat = say(alice, "before")
    assert texts(alice, "before") == ["before"]
    Message.objects.filter(conversation=chat).update(text="afterwards")
    assert texts(alice, "before") == [] and texts(alice, "afterwards") == ["afterwards"]
    Conversation.objects.filter(id=chat.id).update(title="Renamed")
    assert [each.chat for each in find(alice.pk, "renamed").chats] == [chat]
    Message.objects.bulk_create([Message(conversation=chat, role="user", text="imported")])
    assert texts(alice, "imported") == ["imported"]
    chat.delete()
    assert texts(alice, "afterwards") == [] and Entry.objects.count() == 0 == Due.objects.count()


def test_an_answer_is_taken_in_when_it_has_ended(alice: User) -> None:
    chat = say(alice)
    find(alice.pk, "x")
    answer = Message.objects.create(conversation=chat, role="assistant", status="streaming")
    Message.objects.filter(id=answer.id).update(text="half an answer")
    assert Due.objects.count() == 0  # no checkpoint costs anything
    Message.objects.filter(id=answer.id).update(text="a whole answer", status="done")
    assert texts(alice, "whole") == ["a whole answer"]


def test_snippets_show_where(alice: User) -> None:
    say(alice, "word " * 200 + "<b>needle</b> & more " + "word " * 200)
    (found,) = find(alice.pk, "needl").messages
    assert [piece.text for piece in found.snippet if piece.hit] == ["needle"]
    whole = "".join(piece.text for piece in found.snippet)
    assert whole.startswith("… ") and whole.endswith("…") and "<b>needle</b> & more" in whole and len(whole) < 400


def test_pages_go_on(alice: User) -> None:
    say(alice, *[f"needle {number}" for number in range(25)])
    first, second = find(alice.pk, "needle", 0, 20), find(alice.pk, "needle", 20, 20)
    assert (len(first.messages), first.more, len(second.messages), second.more) == (20, True, 5, False)
    assert len({each.message.id for each in first.messages + second.messages}) == 25


def test_the_api_answers_with_text_and_hits(client: Client, alice: User) -> None:
    chat = say(alice, "a <script> needle", title="Needles")
    client.force_login(alice)
    found = client.get("/api/search?q=needle", headers={"sec-fetch-site": "same-origin"}).json()
    assert found["messages"][0]["chat"] == str(chat.id) and found["next"] is None
    assert {"text": "needle", "hit": True} in found["messages"][0]["snippet"]
    assert found["chats"][0]["snippet"] == [{"text": "Needles", "hit": True}]
    refused = client.get("/api/search?q=x&limit=-1", headers={"sec-fetch-site": "same-origin"})
    assert refused.json()["error"]["field"] == "limit"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "You wrote:\n\n> Roses\n\n## Answer\n\nA **very fine** needle.",
            "You wrote: Roses Answer A very fine needle.",
        ),
        ("A **needle**, *so* fine", "A needle, *so* fine"),
        ("```python\nx = 2**3\n```\nneedle > 7", "x = 2**3 needle > 7"),
    ],
)
def test_snippets_are_words_without_markdown(alice: User, said: str, shown: str) -> None:
    say(alice, f"# Look.\n{said}")
    (found,) = find(alice.pk, "needle").messages
    assert "".join(piece.text for piece in found.snippet) == f"Look. {shown}"
