"""Files are kept in S3, Google Cloud Storage or Azure Blob by a setting, and everything goes as with the folder."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from tests.thinkback.attachments.clouds import AZURE_KEY, CLOUDS, Cloud, azurite
from tests.thinkback.attachments.conftest import Send, client_of, picture
from thinkback.accounts.models import User
from thinkback.attachments import clouds, enclosing, files, places, sweeping
from thinkback.attachments.models import Attachment, Loose
from thinkback.chat.models import Conversation, Message

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of their libraries
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
absent = pytest.mark.skipif(azurite() is None, reason="no Azurite (npm install azurite; AZURITE names azurite-blob)")


@pytest.fixture(params=["s3", "gcs", pytest.param("azure", marks=absent)])
def cloud(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Iterator[Cloud]:
    with CLOUDS[request.param](tmp_path) as cloud:
        use(cloud.url, settings)
        yield cloud
    use("", settings)


def use(url: str, settings: Any) -> None:
    stored = places.read(url, lambda name: "") if url else {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"default": stored}


def test_files_come_back_and_go_with_their_chat(
    cloud: Cloud, send: Send, alice: User, bob: User, settings: Any
) -> None:
    call_command("check_storage")
    id = send(alice, "a.png", picture()).said["id"]
    text = send(alice, "b.txt", "Größe".encode()).said["id"]
    chat = Conversation.objects.create(user=alice)
    message = Message.objects.create(conversation=chat, role="user", text="Look")
    enclosing.enclose(message.id, enclosing.check(alice.id, [Attachment.objects.get(id=one).id for one in (id, text)]))
    row = Attachment.objects.get(id=id)
    assert row.path.startswith("attachments/") and default_storage.exists(row.path)
    answer = client_of(alice).get(f"/chat/attachment/{id}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png") and answer.content.startswith(b"\x89PNG")
    assert client_of(alice).get(f"/chat/attachment/{id}/small").status_code == 200
    assert client_of(alice).get(f"/chat/attachment/{text}").content == "Größe".encode()
    assert client_of(bob).get(f"/chat/attachment/{id}").status_code == 404
    chat.delete()
    assert not default_storage.exists(row.path) and not default_storage.exists(row.thumbnail)
    assert not Loose.objects.exists()
    with pytest.raises(files.Gone):
        files.read(row.path)
    use(cloud.wrong, settings)
    with pytest.raises(CommandError, match="failed to store a file"):
        call_command("check_storage")
    assert send(alice, "c.txt", b"x").status_code == 503


def test_it_is_checked_before_the_first_start(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any, **__: Any) -> None:
        raise OperationalError("no such table")

    monkeypatch.setattr(Loose.objects, "update_or_create", none)
    call_command("check_storage")


@pytest.mark.parametrize("manner", ["dead", "hanging"])
def test_a_service_that_is_down_loses_nothing(
    cloud: Cloud, send: Send, alice: User, settings: Any, manner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 2 * clouds.SILENCE + clouds.PAUSE < 10
    monkeypatch.setattr(clouds, "SILENCE", 0.4)
    monkeypatch.setattr(clouds, "PAUSE", 0.1)
    use(cloud.url, settings)
    id = send(alice, "a.txt", b"words").said["id"]
    cloud.end() if manner == "dead" else cloud.hang()
    began = time.monotonic()
    answer = send(alice, "b.txt", b"x")
    assert (answer.status_code, answer.said["error"]["type"]) == (503, "storage_failed")
    assert cloud.name in answer.said["error"]["message"]
    read = client_of(alice).get(f"/chat/attachment/{id}")
    assert read.status_code == 503 and f"storage of this server ({cloud.name})" in read.content.decode()
    told = client_of(alice).get(f"/api/attachments/{id}/file")
    assert (told.status_code, told.json()["error"]["type"]) == (503, "storage_failed")
    path = Attachment.objects.get(id=id).path
    assert client_of(alice).delete(f"/api/attachments/{id}").status_code == 204
    assert time.monotonic() - began < 6
    assert Loose.objects.get(path=path).tries == 1  # and so it is tried again
    use("", settings)
    Loose.objects.update(due_at=timezone.now())
    sweeping.round_once()
    assert not Loose.objects.exists()


def test_storing_is_given_up_as_soon_as_reading(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clouds, "SILENCE", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and says nothing
        use(f"s3://me:secret@files?region=us-east-1&endpoint=http://127.0.0.1:{silent.getsockname()[1]}", settings)
        began = time.monotonic()
        with pytest.raises(files.StorageFailed):
            files.put("a.txt", b"words")
    use("", settings)
    assert time.monotonic() - began < 2.5  # two tries, and up to a second between them


def test_a_wrong_key_is_said_and_not_shown(
    cloud: Cloud, send: Send, alice: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    if not cloud.mistaken:
        pytest.skip("this server takes every key")
    use(cloud.mistaken, settings)
    with pytest.raises(CommandError, match="failed to store a file") as refused:
        call_command("check_storage")
    answer = send(alice, "a.txt", b"x")
    assert answer.status_code == 503 and cloud.name in answer.said["error"]["message"]
    for words in (str(refused.value), answer.content.decode(), caplog.text):
        assert "d3Jvbmc" not in words


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://files", "must begin with s3://"),
        ("s3://", "must begin with s3://"),
        ("s3://files?regoin=x", "does not know regoin"),
        ("s3://files?endpoint=127.0.0.1", "the endpoint must begin"),
        ("azure://files", "AZURE_STORAGE_ACCOUNT"),
    ],
)
def test_an_address_that_makes_no_sense_is_said(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        places.read(url, lambda name: "")


def test_credentials_may_stand_in_the_environment() -> None:
    variables = {"AZURE_STORAGE_ACCOUNT": "me", "AZURE_STORAGE_KEY": AZURE_KEY, "AWS_ACCESS_KEY_ID": "id"}
    found = places.read("azure://files/a/b", lambda name: variables.get(name, ""))["OPTIONS"]
    assert (found["account_name"], found["account_key"], found["location"]) == ("me", AZURE_KEY, "a/b")
    assert places.read("s3://files", lambda name: variables.get(name, ""))["OPTIONS"]["access_key"] == "id"
    assert places.lacking(places.read("s3://files", lambda name: "")) is None
