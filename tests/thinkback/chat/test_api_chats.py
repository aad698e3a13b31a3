"""Conversations as JSON, each person's own."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from thinkback.accounts.models import User
from thinkback.chat.models import Conversation, Message

SAME = {"sec-fetch-site": "same-origin"}

pytestmark = pytest.mark.django_db(transaction=True)  # async views read in threads of their own


@pytest.fixture
def client(alice: User) -> Client:
    client = Client(headers=SAME)
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def send(client: Client, method: str, path: str, data: Any = None) -> Any:
    return client.generic(method, path, b"" if data is None else json.dumps(data), "application/json")


def a_chat(user: User, **values: Any) -> Conversation:
    return Conversation.objects.create(user=user, **({"title": "One"} | values))


def test_chats_are_listed_newest_first(client: Client, alice: User, bob: User) -> None:
    old, new = a_chat(alice, title="old"), a_chat(alice, title="new")
    Conversation.objects.filter(id=old.id).update(updated_at="2020-01-01T00:00:00Z")
    a_chat(bob, title="his")
    assert [row["title"] for row in client.get("/api/chats").json()["results"]] == ["new", "old"]
    first = client.get("/api/chats?limit=1").json()
    assert first["results"][0]["id"] == str(new.id)
    assert client.get(f"/api/chats?limit=1&cursor={first['next']}").json()["results"][0]["id"] == str(old.id)


def test_a_chat_is_made(client: Client, alice: User) -> None:
    answer = send(client, "POST", "/api/chats", {"title": "Plans", "system": "Be brief."})
    assert answer.status_code == 201
    made = Conversation.objects.get(id=answer.json()["id"])
    assert (made.user, made.title, made.system) == (alice, "Plans", "Be brief.")


def test_settings_are_changed_one_by_one(client: Client, alice: User) -> None:
    chat = a_chat(alice, parameters={"seed": 7, "top_p": 0.5})
    answer = send(client, "PATCH", f"/api/chats/{chat.id}", {"parameters": {"temperature": 0, "top_p": None}})
    assert answer.json()["parameters"] == {"seed": 7, "temperature": 0}
    refused = send(client, "PATCH", f"/api/chats/{chat.id}", {"parameters": {"temperature": 9}})
    assert refused.status_code == 400 and refused.json()["error"]["field"] == "temperature"


@pytest.mark.parametrize("data", [{"title": 1}, {"title": "x" * 201}, {"title": " "}, {"system": None}])
def test_nonsense_is_refused_by_field(client: Client, data: dict[str, Any]) -> None:
    answer = send(client, "POST", "/api/chats", data)
    assert answer.status_code == 400 and answer.json()["error"]["field"] in data


def test_a_chat_comes_with_its_branch(client: Client, alice: User) -> None:
    chat = a_chat(alice)
    asked = Message.objects.create(conversation=chat, role="user", text="Q")
    Message.objects.create(conversation=chat, role="assistant", text="other", parent=asked)
    shown = Message.objects.create(conversation=chat, role="assistant", text="A", parent=asked)
    chat.leaf = shown
    chat.save()
    found = client.get(f"/api/chats/{chat.id}").json()
    assert [message["text"] for message in found["messages"]] == ["Q", "A"]


def test_another_branch_is_chosen(client: Client, alice: User) -> None:
    chat = a_chat(alice)
    asked = Message.objects.create(conversation=chat, role="user", text="Q")
    one = Message.objects.create(conversation=chat, role="assistant", text="one", parent=asked)
    below = Message.objects.create(conversation=chat, role="user", text="more", parent=one)
    chat.leaf = Message.objects.create(conversation=chat, role="assistant", text="two", parent=asked)
    chat.save()
    assert send(client, "PATCH", f"/api/chats/{chat.id}", {"leaf": str(one.id)}).status_code == 200
    chat.refresh_from_db()
    assert chat.leaf_id == below.id
    assert send(client, "PATCH", f"/api/chats/{chat.id}", {"leaf": str(uuid4())}).status_code == 400
    assert send(client, "PATCH", f"/api/chats/{chat.id}", {"leaf": "x"}).status_code == 400


def test_renaming(client: Client, alice: User) -> None:
    chat = a_chat(alice)
    assert send(client, "PATCH", f"/api/chats/{chat.id}", {"title": " Two "}).json()["title"] == "Two"


def test_deleting_goes_to_the_trash_and_back(client: Client, alice: User) -> None:
    chat = a_chat(alice)
    assert send(client, "DELETE", f"/api/chats/{chat.id}").status_code == 204
    assert client.get("/api/chats").json()["results"] == []
    assert client.get("/api/chats?trashed=1").json()["results"][0]["id"] == str(chat.id)
    assert client.get(f"/chat/{chat.id}").status_code == 404
    assert send(client, "PATCH", f"/api/chats/{chat.id}", {"trashed": False}).json()["trashed_at"] is None
    assert client.get(f"/chat/{chat.id}").status_code == 200


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_persons_chat_is_not_there(client: Client, bob: User, method: str) -> None:
    chat = a_chat(bob)
    assert send(client, method, f"/api/chats/{chat.id}").status_code == 404
    chat.refresh_from_db()
    assert chat.trashed_at is None


def test_a_stranger_is_refused(alice: User) -> None:
    chat = a_chat(alice)
    assert Client(headers=SAME).get(f"/api/chats/{chat.id}").status_code == 401
