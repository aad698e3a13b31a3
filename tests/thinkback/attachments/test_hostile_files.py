"""Files made to harm: too much in too little, two things in one, names that lie."""

from __future__ import annotations

import io
import struct
import time
import zlib

import pytest
from PIL import Image

from tests.thinkback.attachments.conftest import Send, client_of, pdf, picture, word
from thinkback.accounts.models import User
from thinkback.attachments.models import Attachment
from thinkback.attachments.names import harmless

pytestmark = pytest.mark.django_db(transaction=True)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to gigabytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000) * 10)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_a_picture_of_gigabytes_is_not_unpacked(send: Send, alice: User) -> None:
    begun = time.monotonic()
    assert send(alice, "bomb.png", bomb(60_000, 60_000)).said["error"]["type"] == "too_many_pixels"
    assert time.monotonic() - begun < 10
    assert send(alice, "short.png", bomb(8_000, 7_999)).said["error"]["type"] == "damaged"


def test_an_archive_of_gigabytes_is_not_unpacked(send: Send, alice: User) -> None:
    data = word("<w:p>" + " " * 40_000_000 + "</w:p>")
    assert len(data) < 100_000
    assert send(alice, "bomb.docx", data).said["error"]["type"] == "unpacks_to_too_much"


def test_entities_are_not_expanded(send: Send, alice: User) -> None:
    head = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    for body in ("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>", "<w:p><w:r><w:t>&c;</w:t></w:r></w:p>"):
        assert send(alice, "x.docx", word(body, head=head)).said["error"]["type"] == "damaged"


def test_a_pdf_of_ten_thousand_pages_takes_no_time(send: Send, alice: User) -> None:
    blank = pdf("first", *("x" for _ in range(9)))
    kids = blank.count(b"/Type /Page\n")
    assert kids == 10
    many = _many_pages(10_000)
    begun = time.monotonic()
    said = send(alice, "long.pdf", many).said
    assert (said["pages"], said["pages_read"]) == (10_000, 50)
    assert time.monotonic() - begun < 20


def _many_pages(count: int) -> bytes:
    """A PDF whose pages are one, again and again."""
    kids = " ".join("3 0 R" for _ in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [{kids}] >>".encode(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 4\n0000000000 65535 f \n"
        + table
        + b"trailer << /Root 1 0 R /Size 4 >>\nstartxref\n%d\n%%%%EOF" % len(out)
    )


def test_a_pdf_that_goes_in_circles(send: Send, alice: User) -> None:
    loop = _many_pages(1).replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")
    answer = send(alice, "loop.pdf", loop)
    assert answer.status_code in (201, 400)  # whichever: it ends
    assert answer.said.get("pages_read", 0) <= 1


def test_a_picture_with_a_script_behind_it_loses_the_script(send: Send, alice: User) -> None:
    script = b"<script>alert(document.domain)</script>"
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        said = send(alice, "x.html", picture(kind) + script).said
        answer = client_of(alice).get(f"/chat/attachment/{said['id']}")
        assert script not in answer.content and answer["Content-Type"].startswith("image/")
        assert Image.open(io.BytesIO(answer.content)).size == (40, 20)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<script>alert(1)</script>", "x.html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "x.svg"),
        (b"GIF89a/*<svg/onload=alert(1)>*/=1;alert(1)", "x.gif"),
        (b"%PDF-1.4 <script>alert(1)</script>", "x.pdf"),
    ],
)
def test_nothing_comes_back_as_a_page(send: Send, alice: User, data: bytes, name: str) -> None:
    answer = send(alice, name, data)
    if answer.status_code != 201:
        assert answer.said["error"]["type"] == "damaged"
        return
    for address in (f"/chat/attachment/{answer.said['id']}", answer.said["url"]):
        sent = client_of(alice).get(address)
        assert sent["Content-Type"] == "application/octet-stream"
        assert sent["Content-Disposition"].startswith("attachment")
        assert sent["X-Content-Type-Options"] == "nosniff" and "sandbox" in sent["Content-Security-Policy"]
        assert "private" in sent["Cache-Control"]


def test_only_its_owner_gets_it(send: Send, alice: User, bob: User) -> None:
    said = send(alice, "a.png", picture()).said
    for path in ("", "/small", "/text"):
        assert client_of(alice).get(f"/chat/attachment/{said['id']}{path}").status_code == 200
        assert client_of(bob).get(f"/chat/attachment/{said['id']}{path}").status_code == 404
    for path in ("", "/file"):
        assert client_of(bob).get(f"/api/attachments/{said['id']}{path}").status_code == 404
    assert client_of(bob).get("/api/attachments").json()["results"] == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\bob\\secret.txt", "secret.txt"),
        ("x" * 4096 + ".png", "x" * 116 + ".png"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie: x=1.txt"),
        ("\0\x07\u200b", "file"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("a" * 300, "a" * 120),
        ("Cafe\u0301 menu.pdf", "Caf\u00e9 menu.pdf"),
        ("half \ud83d.txt", "half.txt"),
    ],
)
def test_names_are_harmless(given: str, shown: str) -> None:
    assert harmless(given) == shown


def test_a_hostile_name_stays_text_in_headers(send: Send, alice: User) -> None:
    said = send(alice, 'a"; filename="evil.html\r\nX-Evil: 1 \u202e日本.txt', b"words").said
    sent = client_of(alice).get(said["url"])
    assert "X-Evil" not in sent.headers and sent["Content-Disposition"].startswith("attachment; filename")
    assert "/" not in Attachment.objects.get().path.removeprefix("attachments/")
