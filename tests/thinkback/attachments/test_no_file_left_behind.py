"""Files go with what they belong to, whatever fails meanwhile, and never before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from tests.thinkback.attachments.conftest import Send, client_of, picture
from thinkback.accounts.models import User
from thinkback.attachments import enclosing, files, sweeping
from thinkback.attachments.models import Attachment, Enclosure, Loose
from thinkback.chat.models import Conversation, Draft, Message, Picture, Queued

pytestmark = pytest.mark.django_db(transaction=True)


def message_with(user: User, *ids: str) -> Message:
    chat = Conversation.objects.create(user=user)
    message = Message.objects.create(conversation=chat, role="user", text="Look")
    enclosing.enclose(message.id, enclosing.check(user.id, [Attachment.objects.get(id=id).id for id in ids]))
    return message


def stored() -> set[str]:
    return set(default_storage.listdir("attachments")[1]) if default_storage.exists("attachments") else set()


@pytest.fixture(autouse=True)
def empty_storage() -> None:
    for name in stored():
        default_storage.delete(f"attachments/{name}")


def failing(*_: Any, **__: Any) -> None:
    raise ConnectionError("the store is down")


def test_they_go_with_the_last_version_of_their_message(send: Send, alice: User) -> None:
    first = message_with(alice, send(alice, "a.png", picture()).said["id"], send(alice, "b.txt", b"b").said["id"])
    second = Message.objects.create(conversation=first.conversation, role="user", text="Look again")
    enclosing.share(first.id, second.id)
    assert [one.name for one in enclosing.of([second.id])[second.id]] == ["a.png", "b.txt"]
    first.delete()
    assert len(stored()) == 3
    second.delete()
    assert not stored() and not Attachment.objects.exists() and not Loose.objects.exists()


def test_they_go_with_the_chat_and_with_their_owner(send: Send, alice: User, bob: User) -> None:
    message_with(alice, send(alice, "a.png", picture()).said["id"]).conversation.delete()
    assert not stored()
    message_with(bob, send(bob, "a.png", picture()).said["id"])
    send(bob, "unsent.txt", b"x")
    bob.delete()
    assert not stored() and not Loose.objects.exists()


def test_a_deletion_that_is_taken_back_deletes_nothing(send: Send, alice: User) -> None:
    message = message_with(alice, send(alice, "a.txt", b"x").said["id"])
    with pytest.raises(RuntimeError), transaction.atomic():
        message.conversation.delete()
        raise RuntimeError
    assert len(stored()) == 1 and Enclosure.objects.exists() and not Loose.objects.exists()


def test_what_cannot_be_deleted_now_is_deleted_later(send: Send, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = message_with(alice, send(alice, "a.txt", b"x").said["id"])
    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "delete", failing)
        message.conversation.delete()
        assert sweeping.round_once() == 0  # not due yet
    assert len(stored()) == 1 and Loose.objects.get().tries == 1
    Loose.objects.update(due_at=timezone.now())
    assert sweeping.round_once() == 1
    assert not stored() and not Loose.objects.exists()


def test_what_was_stored_for_nothing_is_swept_up(send: Send, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(files, "claim", failing)  # the process is killed, the database is full
        with pytest.raises(ConnectionError):
            send(alice, "a.txt", b"x")
    assert len(stored()) == 1 and not Attachment.objects.exists()
    assert sweeping.round_once() == 0  # it might be on its way yet
    Loose.objects.update(due_at=timezone.now())
    assert sweeping.round_once() == 1 and not stored()


def test_a_storage_that_is_down_is_said_and_nothing_is_entered(
    send: Send, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(default_storage, "save", failing)
    answer = send(alice, "a.txt", b"x")
    assert (answer.status_code, answer.said["error"]["type"]) == (503, "storage_failed")
    assert "“a.txt” could not be stored" in answer.said["error"]["message"] and not Attachment.objects.exists()
    monkeypatch.setattr(default_storage, "open", failing)
    monkeypatch.undo()
    said = send(alice, "a.txt", b"x").said
    monkeypatch.setattr(default_storage, "open", failing)
    assert client_of(alice).get(f"/chat/attachment/{said['id']}").status_code == 503


def test_what_was_never_sent_goes_after_a_day_unless_a_draft_names_it(send: Send, alice: User) -> None:
    ids = [send(alice, f"{number}.txt", b"x").said["id"] for number in range(5)]
    message = message_with(alice, ids[0])
    Draft.objects.create(user=alice, attachments=[ids[1]])
    Queued.objects.create(conversation=message.conversation, client_id=ids[2], text="", attachments=[ids[2]])
    Attachment.objects.exclude(id=ids[4]).update(created_at=timezone.now() - timedelta(days=2))
    sweeping.round_once()
    assert {str(id) for id in Attachment.objects.values_list("id", flat=True)} == {*ids[:3], ids[4]}
    assert len(stored()) == 4


def test_what_is_part_of_a_message_is_not_forgotten_by_itself(send: Send, alice: User) -> None:
    id = send(alice, "a.txt", b"x").said["id"]
    message_with(alice, id)
    assert client_of(alice).delete(f"/api/attachments/{id}").status_code == 409


def test_only_what_is_ones_own_can_be_given(send: Send, alice: User, bob: User) -> None:
    his = Attachment.objects.get(id=send(bob, "a.txt", b"x").said["id"])
    with pytest.raises(enclosing.NotThere):
        enclosing.check(alice.id, [his.id])


def test_a_drawn_picture_whose_file_cannot_be_deleted_now(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = Message.objects.create(conversation=Conversation.objects.create(user=alice), role="assistant")
    path = files.write("pictures/drawn.png", b"x")
    Picture.objects.create(message=message, file=path, media_type="image/png")
    files.claim(path)
    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "delete", failing)
        message.delete()
    assert default_storage.exists(path)
    Loose.objects.update(due_at=timezone.now())
    assert sweeping.round_once() == 1 and not default_storage.exists(path)
