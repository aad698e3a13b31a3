"""Pins, folders, tags, the archive and the trash: each person's own, many at once, and nothing is gone by mistake."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from thinkback.accounts.models import User
from thinkback.chat import clearing, sidebar
from thinkback.chat.models import Conversation, Folder, Message, Tag

pytestmark = pytest.mark.django_db(transaction=True)  # async views read in threads of their own


@pytest.fixture
def client(alice: User) -> Client:
    client = Client(headers={"sec-fetch-site": "same-origin"})
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def send(client: Client, method: str, path: str, data: Any = None) -> Any:
    return client.generic(method, path, b"" if data is None else json.dumps(data), "application/json")


def a_chat(user: User, title: str = "One", **values: Any) -> Conversation:
    return Conversation.objects.create(user=user, title=title, **values)


def titles(client: Client, query: str = "") -> list[str]:
    return [row["title"] for row in client.get(f"/api/chats{query}").json()["results"]]


def test_a_pinned_chat_stands_on_top(client: Client, alice: User) -> None:
    chat = a_chat(alice, "pinned")
    a_chat(alice, "other")
    assert send(client, "PATCH", f"/api/chats/{chat.id}", {"pinned": True}).json()["pinned_at"]
    assert [each.title for each in sidebar.pinned(alice.pk)] == ["pinned"]
    assert [each.title for each in sidebar.page(alice.pk).chats] == ["other"]
    assert titles(client, "?pinned=1") == ["pinned"]
    assert send(client, "PATCH", f"/api/chats/{chat.id}", {"pinned": False}).json()["pinned_at"] is None


def test_the_archive_keeps_chats_out_of_the_list(client: Client, alice: User) -> None:
    chat = a_chat(alice, "put away")
    send(client, "PATCH", f"/api/chats/{chat.id}", {"archived": True})
    assert (titles(client), titles(client, "?archived=1")) == ([], ["put away"])
    assert client.get(f"/chat/{chat.id}").status_code == 200
    send(client, "PATCH", f"/api/chats/{chat.id}", {"archived": False})
    assert titles(client) == ["put away"]


def test_folders_are_made_ordered_and_deleted_without_their_chats(client: Client, alice: User) -> None:
    first = send(client, "POST", "/api/folders", {"name": " First "}).json()
    second = send(client, "POST", "/api/folders", {"name": "Second"}).json()
    chat = a_chat(alice, "inside")
    send(client, "PATCH", f"/api/chats/{chat.id}", {"folder": second["id"]})
    send(client, "PATCH", f"/api/folders/{second['id']}", {"position": 0, "name": "Now first"})
    found = client.get("/api/folders").json()["results"]
    assert [(row["name"], row["count"]) for row in found] == [("Now first", 1), ("First", 0)]
    assert titles(client, f"?folder={second['id']}") == ["inside"] and titles(client, "?folder=none") == []
    assert "inside" in client.get(f"/chat/list?folder={second['id']}").content.decode()
    assert send(client, "DELETE", f"/api/folders/{second['id']}").status_code == 204
    assert titles(client, "?folder=none") == ["inside"]
    assert first["name"] == "First"


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, None, 3, "GARDEN"])
def test_a_folder_needs_a_name_of_its_own(client: Client, name: object) -> None:
    send(client, "POST", "/api/folders", {"name": "Garden"})
    answer = send(client, "POST", "/api/folders", {"name": name})
    assert answer.status_code == 400 and answer.json()["error"]["field"] == "name"


def test_tags_are_hung_and_taken_away(client: Client, alice: User) -> None:
    one, two = a_chat(alice, "one"), a_chat(alice, "two")
    ids = [str(one.id), str(two.id)]
    send(client, "POST", "/api/chats/batch", {"ids": ids, "add_tags": ["Work", "work ", "日本"]})
    assert client.get("/api/tags").json()["results"] == [{"name": "Work", "chats": 2}, {"name": "日本", "chats": 2}]
    assert send(client, "PATCH", f"/api/chats/{one.id}", {"tags": ["日本"]}).json()["tags"] == ["日本"]
    assert titles(client, "?tag=work") == ["two"]
    send(client, "POST", "/api/chats/batch", {"ids": ids, "remove_tags": ["WORK"]})
    assert [tag.name for tag in Tag.objects.all()] == ["日本"]


def test_a_name_that_a_person_gave_stays(client: Client, alice: User) -> None:
    chat = a_chat(alice)
    send(client, "PATCH", f"/api/chats/{chat.id}", {"title": "Mine"})
    chat.refresh_from_db()
    assert chat.titled_by == Conversation.TitledBy.PERSON


@pytest.mark.parametrize(
    "data",
    [{"pinned": 1}, {"archived": "yes"}, {"trashed": None}, {"folder": "x"}, {"folder": True}, {"folder": 99}]
    + [{"tags": "x"}, {"tags": [1]}, {"tags": ["x" * 51]}, {"temporary": True}, {"folder": 2**70}],
)
def test_nonsense_changes_nothing(client: Client, alice: User, data: dict[str, Any]) -> None:
    chat = a_chat(alice)
    answer = send(client, "PATCH", f"/api/chats/{chat.id}", {"title": "Two", **data})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, next(iter(data)))
    chat.refresh_from_db()
    assert chat.title == "One"


def test_all_that_is_anothers_is_not_there(client: Client, alice: User, bob: User) -> None:
    his, hers = a_chat(bob, "his"), a_chat(alice, "hers")
    folder = Folder.objects.create(user=bob, name="His")
    assert send(client, "PATCH", f"/api/chats/{hers.id}", {"folder": folder.pk}).status_code == 400
    assert send(client, "PATCH", f"/api/folders/{folder.pk}", {"name": "Hers"}).status_code == 404
    assert send(client, "DELETE", f"/api/folders/{folder.pk}").status_code == 404
    assert send(client, "DELETE", f"/api/chats/{his.id}?forever=1").status_code == 404
    assert client.get(f"/chat/{his.id}/tags").status_code == 404
    changed = send(client, "POST", "/api/chats/batch", {"ids": [str(his.id)], "trashed": True}).json()
    assert changed == {"changed": []}
    his.refresh_from_db()
    assert his.trashed_at is None


def test_deleting_all_goes_to_the_trash(client: Client, alice: User, bob: User) -> None:
    for number in range(30):
        a_chat(alice, f"Chat {number}")
    a_chat(bob, "his")
    changed = send(client, "POST", "/api/chats/batch", {"all": True, "trashed": True}).json()["changed"]
    assert len(changed) == 30 and titles(client) == []
    send(client, "POST", "/api/chats/batch", {"ids": changed, "trashed": False})
    assert len(titles(client)) == 30
    assert Conversation.objects.get(title="his").trashed_at is None


@pytest.mark.parametrize(
    "data", [{}, {"ids": 3}, {"ids": ["x"]}, {"ids": [None]}, {"ids": ["x"] * 501}, {"all": "yes"}]
)
def test_a_batch_names_its_chats(client: Client, alice: User, data: dict[str, Any]) -> None:
    a_chat(alice)
    assert send(client, "POST", "/api/chats/batch", {**data, "trashed": True}).status_code == 400
    assert titles(client) == ["One"]


def test_only_what_is_in_the_trash_is_removed_for_good(client: Client, alice: User) -> None:
    chat = a_chat(alice)
    asked = Message.objects.create(conversation=chat, role="user", text="Q")
    chat.leaf = Message.objects.create(conversation=chat, role="assistant", text="A", parent=asked)
    chat.save()
    assert send(client, "DELETE", f"/api/chats/{chat.id}?forever=1").status_code == 409
    send(client, "DELETE", f"/api/chats/{chat.id}")
    assert send(client, "DELETE", f"/api/chats/{chat.id}?forever=1").status_code == 204
    assert (Conversation.objects.count(), Message.objects.count()) == (0, 0)


def test_emptying_the_trash_leaves_the_rest(client: Client, alice: User, bob: User) -> None:
    kept, gone = a_chat(alice, "kept"), a_chat(alice, "gone", trashed_at=timezone.now())
    his = a_chat(bob, "his", trashed_at=timezone.now())
    assert send(client, "DELETE", "/api/chats/trash").json() == {"removed": 1}
    assert set(Conversation.objects.all()) == {kept, his} and gone not in Conversation.objects.all()


def test_the_trash_empties_itself_after_a_month(alice: User, settings: Settings) -> None:
    now = timezone.now()
    old, young = (a_chat(alice, str(days), trashed_at=now - timedelta(days=days)) for days in (31, 29))
    assert clearing.clear() == 1
    assert list(Conversation.objects.all()) == [young] and old not in Conversation.objects.all()
    settings.TRASH_DAYS = 0
    Conversation.objects.update(trashed_at=now - timedelta(days=4000))
    assert clearing.clear() == 0


def test_no_batch_of_what_goes_holds_up_others_for_long() -> None:
    sizes, each = [clearing.FIRST], 0.0012  # seconds that one long message takes
    for _ in range(5):
        sizes.append(clearing.fitting(sizes[-1], sizes[-1] * each))
    assert all(size * each <= 0.012 for size in sizes) and sizes[-1] > 5
    assert clearing.fitting(clearing.FIRST, 3.0) == clearing.FEWEST  # somebody else held the database
    assert clearing.fitting(5, 0.0001) == 10 and clearing.fitting(150, 0.0001) == clearing.MOST


def test_a_long_chat_goes_whole(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    chat, parent = a_chat(alice, "long", trashed_at=timezone.now()), None
    for number in range(30):
        parent = Message.objects.create(conversation=chat, parent=parent, role="user", text=str(number))
    monkeypatch.setattr(clearing, "PAUSE", 0)
    assert clearing.empty_trash(alice.id) == 1 and not Message.objects.exists()


def test_what_lies_in_the_trash_already_keeps_its_date(client: Client, alice: User) -> None:
    since = timezone.now() - timedelta(days=20)
    chat = a_chat(alice, trashed_at=since)
    send(client, "POST", "/api/chats/batch", {"ids": [str(chat.id)], "trashed": True})
    chat.refresh_from_db()
    assert chat.trashed_at == since


def test_an_answer_that_nobody_saw_is_unread_until_somebody_looks(client: Client, alice: User) -> None:
    now = timezone.now()
    chat = a_chat(alice, seen_at=now - timedelta(minutes=1))
    chat.leaf = Message.objects.create(conversation=chat, role="assistant", text="A", finished_at=now)
    chat.save()
    assert "data-unread" in client.get("/").content.decode()
    assert client.get(f"/chat/{chat.id}").status_code == 200
    assert "data-unread" not in client.get("/").content.decode()
