"""The same search on PostgreSQL, by its own means, without any extension."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live import LiveServer

SAY = """
from thinkback.accounts.models import User
from thinkback.chat.models import Conversation, Message
from thinkback.search.finding import find
alice = User.objects.create_user("alice", "alice@example.org", "correct horse")
bob = User.objects.create_user("bob", "bob@example.org", "correct horse")
for user, text in ((alice, "Über die Größe"), (alice, "今天天气很好"), (bob, "die Größe, his"), (alice, "a\\x00"[:1])):
    chat = Conversation.objects.create(user=user, title="Roses")
    Message.objects.create(conversation=chat, role="user", text=text)
def texts(question):
    return [found.message.text for found in find(alice.pk, question).messages]
for question in ("grosse", "天气", '"die Größe"', "ube gro", "nowhere", "'", ":*", "a' & 'b", "<->", "\\\\", "öße"):
    print(question, texts(question))
print(len(find(alice.pk, "ros").chats))
Message.objects.filter(text="Über die Größe").update(text="Something else")
print("changed", texts("größe"), texts("something"))
alice.delete()
from thinkback.search.models import Entry
print(Entry.objects.count())
"""


@pytest.mark.postgres
def test_it_finds_on_postgres(tmp_path: Path, postgres_url: str) -> None:
    server = LiveServer(tmp_path / "data", DATABASE_URL=postgres_url)
    server.command("migrate")
    server.command("migrate")  # again: nothing stands in its own way
    assert server.command("shell", "--no-imports", "-c", SAY).splitlines() == [
        "grosse ['Über die Größe']",
        "天气 ['今天天气很好']",
        "\"die Größe\" ['Über die Größe']",
        "ube gro ['Über die Größe']",
        "nowhere []",
        "' []",
        ":* []",
        "a' & 'b []",
        "<-> []",
        "\\ []",
        "öße ['Über die Größe']",
        "3",
        "changed [] ['Something else']",
        "0",
    ]
