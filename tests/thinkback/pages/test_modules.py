"""The scripts of the chat page: all asked for at once, and light enough to be there soon."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from thinkback.accounts.models import User
from thinkback.pages.templatetags.modules import imported
from thinkback.serving.static import light
from thinkback.settings import BASE_DIR

LIGHT = 50_000  # bytes of script, compressed
IMPORT = re.compile(r'from "\./([\w-]+\.js)"')


@pytest.mark.django_db(transaction=True)  # the page is asynchronous
def test_every_import_is_asked_for_at_once(client: Client, alice: User) -> None:
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/").content.decode()
    linked = re.findall(r'rel="modulepreload" href="/static/js/([\w-]+)', page)
    assert "chat-thread" in linked and "words" in linked and len(linked) == len(set(linked))
    files = [BASE_DIR / "static" / "js" / f"{name.split('.')[0]}.js" for name in linked]
    wanted = {name for file in files for name in IMPORT.findall(file.read_text())}
    assert {name.removesuffix(".js") for name in wanted} <= set(linked)


def test_the_chat_page_stays_light() -> None:
    paths = {"js/chat.js", "js/page.js", "js/theme.js", *imported("js/chat.js"), *imported("js/page.js")}
    sizes = {path: len(gzip.compress(light((BASE_DIR / "static" / path).read_text()).encode(), 9)) for path in paths}
    assert sum(sizes.values()) < LIGHT, sizes
