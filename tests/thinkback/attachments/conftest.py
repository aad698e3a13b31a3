"""Files as people and attackers make them, and somebody who sends them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from PIL import Image, TiffImagePlugin
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from tests.thinkback.chat.conftest import Model, model, quick, running  # noqa: F401  pytest finds them here
from thinkback.accounts.models import User

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
GPS = 0x8825


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, kind, **options)
    return buffer.getvalue()


def photograph() -> bytes:
    """A photograph as a telephone takes it: lying on its side, and telling where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned
    exif[0x010F] = "SECRETPHONE"
    exif.get_ifd(GPS)[2] = (
        TiffImagePlugin.IFDRational(48),
        TiffImagePlugin.IFDRational(8),
        TiffImagePlugin.IFDRational(1),
    )
    return picture("JPEG", (60, 30), exif=exif)


def pdf(*pages: str, password: str = "") -> bytes:
    writer = PdfWriter()
    for text in pages:
        page = writer.add_blank_page(300, 300)
        font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
                                 NameObject("/BaseFont"): NameObject("/Helvetica")})  # fmt: skip
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def word(body: str, *, name: str = "word/document.xml", head: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, f'{head}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')
    return buffer.getvalue()


Send = Callable[..., Any]


@pytest.fixture
def send() -> Send:
    """Sends a file as the page does: `send(user, name, data)`; the answer, with its JSON as `said`."""

    def sent(user: User, name: str, data: bytes) -> Any:
        response = client_of(user).post(f"/api/attachments?{query(name)}", data, "application/octet-stream")
        response.said = json.loads(response.content)
        return response

    return sent


def query(name: str) -> str:
    from urllib.parse import urlencode

    return urlencode({"name": name})


def client_of(user: User) -> Client:
    client = Client(headers={"sec-fetch-site": "same-origin"})
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client
