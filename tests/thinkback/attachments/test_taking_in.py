"""Files are taken by what they hold, within bounds, and what is refused is named with the reason."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.thinkback.attachments.conftest import Send, client_of, pdf, photograph, picture, word
from thinkback.accounts.models import User
from thinkback.attachments.models import Attachment, Loose

GERMAN = "# Der Bäcker aß größere Brötchen für über zwölf Euro.\n# Ärger gab es keinen." * 3
CHINESE = "人工智能是计算机科学的一个分支。" * 20
pytestmark = pytest.mark.django_db(transaction=True)


def kept(said: dict[str, Any]) -> bytes:
    return default_storage.open(Attachment.objects.get(id=said["id"]).path).read()


def test_a_photograph_loses_what_it_tells_of_its_maker(send: Send, alice: User) -> None:
    given = photograph()
    assert b"SECRETPHONE" in given
    said = send(alice, "Photo.JPG", given).said
    assert (said["kind"], said["media_type"], said["name"]) == ("image", "image/jpeg", "Photo.JPG")
    assert (said["width"], said["height"]) == (30, 60)  # upright
    made = Image.open(io.BytesIO(kept(said)))
    assert b"SECRETPHONE" not in kept(said) and not made.getexif() and made.size == (30, 60)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_the_kinds_of_pictures(send: Send, alice: User, kind: str) -> None:
    said = send(alice, "a", picture(kind, (3000, 1500))).said
    assert (said["kind"], said["width"], said["height"]) == ("image", 2048, 1024)
    row = Attachment.objects.get(id=said["id"])
    assert max(Image.open(default_storage.open(row.thumbnail)).size) == 480
    assert row.size == len(kept(said)) and not Loose.objects.exists()


def test_what_its_name_says_is_not_believed(send: Send, alice: User) -> None:
    said = send(alice, "notes.txt", picture("PNG")).said
    assert (said["media_type"], said["name"]) == ("image/png", "notes.png")
    assert send(alice, "photo.png", b"only words").said["kind"] == "text"


def test_a_pdf_is_read_page_by_page(send: Send, alice: User) -> None:
    said = send(alice, "Report.pdf", pdf(*(f"page {number}" for number in range(1, 61)))).said
    assert (said["kind"], said["pages"], said["pages_read"]) == ("document", 60, 50)
    text = client_of(alice).get(f"/api/attachments/{said['id']}").json()["text"]
    assert text.startswith("page 1\n\npage 2") and "page 50" in text and "page 51" not in text
    assert send(alice, "Locked.pdf", pdf("secret", password="x")).said["error"]["type"] == "locked"


def test_a_word_document_is_read(send: Send, alice: User) -> None:
    body = "<w:p><w:r><w:t>Dear Bob,</w:t><w:tab/><w:t>hello</w:t></w:r></w:p>"
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in "ab")
    body += f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    said = send(alice, "letter.docx", word(body)).said
    assert client_of(alice).get(f"/api/attachments/{said['id']}").json()["text"] == "Dear Bob,\thello\na\tb"


@pytest.mark.parametrize(
    ("name", "data", "media_type", "text"),
    [
        ("a.md", "# Größe 你好".encode(), "text/markdown", "# Größe 你好"),
        ("a.csv", "a;b\r\n1;2".encode("utf-16"), "text/csv", "a;b\n1;2"),
        ("a.json", b'{"a": 1}', "application/json", '{"a": 1}'),
        ("a.svg", b"<svg onload='alert(1)'/>", "image/svg+xml", "<svg onload='alert(1)'/>"),
        ("a.html", b"<script>alert(1)</script>", "text/html", "<script>alert(1)</script>"),
        ("a.py", GERMAN.encode("latin-1"), "text/plain", GERMAN),
        ("a", CHINESE.encode("gb18030"), "text/plain", CHINESE),
    ],
)
def test_text_in_its_encoding(send: Send, alice: User, name: str, data: bytes, media_type: str, text: str) -> None:
    said = send(alice, name, data).said
    assert (said["kind"], said["media_type"]) == ("text", media_type)
    assert Attachment.objects.get(id=said["id"]).text == text
    assert kept(said) == data


def test_of_long_texts_the_beginning_is_kept(send: Send, alice: User) -> None:
    said = send(alice, "long.txt", "äb ".encode() * 200_000).said
    assert said["shortened"] and len(Attachment.objects.get(id=said["id"]).text) == 400_000


@pytest.mark.parametrize(
    ("data", "type", "words"),
    [
        (b"", "empty", "is empty"),
        (b"PK\x03\x04 what", "damaged", "as a document"),
        (b"\x89PNG\r\n\x1a\n no", "damaged", "as a picture"),
        (b"%PDF-1.7 no", "damaged", "as a PDF"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "unsupported", "a HEIC picture"),
        (b"MZ\x90\0\3" + bytes(40), "unsupported", "a Windows program"),
        (bytes(range(256)) * 8, "unsupported", "Taken are pictures"),
    ],
)
def test_what_cannot_be_used_is_named_with_the_reason(
    send: Send, alice: User, data: bytes, type: str, words: str
) -> None:
    answer = send(alice, "The <b>file.xyz", data)
    error = answer.said["error"]
    assert 400 <= answer.status_code < 500 and error["type"] == type
    assert error["message"].startswith("“The <b>file.xyz” is ") and words in error["message"]
    assert not Attachment.objects.exists() and not Loose.objects.exists()


def test_files_and_users_have_bounds(send: Send, alice: User, bob: User, settings: Any) -> None:
    settings.ATTACHMENTS = replace(settings.ATTACHMENTS, file_mb=1, user_mb=1)
    answer = send(alice, "big.txt", b"a" * (1024 * 1024 + 1))
    assert answer.status_code == 413 and "larger than 1 MB" in answer.said["error"]["message"]
    assert send(alice, "a.txt", b"a" * 700_000).status_code == 201
    answer = send(alice, "b.txt", b"a" * 700_000)
    assert (answer.status_code, answer.said["error"]["type"]) == (413, "no_room")
    assert send(bob, "b.txt", b"a" * 700_000).status_code == 201


def test_a_form_may_bring_it(alice: User) -> None:
    file = SimpleUploadedFile("../../a.txt", b"words")
    answer = client_of(alice).post("/api/attachments", {"file": file})
    assert (answer.status_code, answer.json()["name"]) == (201, "a.txt")
    assert client_of(alice).post("/api/attachments", {"other": "x"}).json()["error"]["field"] == "file"


def test_a_page_of_another_site_may_not(alice: User) -> None:
    client = client_of(alice)
    client.handler.enforce_csrf_checks = True
    answer = client.post("/api/attachments?name=a.txt", b"words", "application/octet-stream")
    assert (answer.status_code, answer.json()["error"]["type"]) == (403, "csrf_failed")


def test_what_was_not_sent_can_be_forgotten(send: Send, alice: User, bob: User) -> None:
    said = send(alice, "a.png", picture()).said
    row = Attachment.objects.get(id=said["id"])
    assert client_of(bob).delete(f"/api/attachments/{row.id}").status_code == 404
    assert client_of(alice).delete(f"/api/attachments/{row.id}").status_code == 204
    assert not default_storage.exists(row.path) and not default_storage.exists(row.thumbnail)
    assert not Loose.objects.exists()
