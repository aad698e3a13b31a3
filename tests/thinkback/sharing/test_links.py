"""A link shows what was chosen, as it was, to whoever has it, until it is taken back. Nothing else comes out."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.thinkback.transfer.chats import PNG, a_full_chat, a_message
from tests.thinkback.usage.conftest import an_attempt
from thinkback.accounts.models import User
from thinkback.chat.models import Conversation
from thinkback.sharing import links, views
from thinkback.sharing.models import Link
from thinkback.sharing.picturing import CHOICES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "attachments"


def client_of(user: User) -> Client:
    client = Client(headers={"sec-fetch-site": "same-origin"})
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def share(user: User, chat: Conversation, *included: str, days: str = "") -> str:
    """Make or renew the link as the dialog does; its path."""
    answer = client_of(user).post(f"/chat/{chat.id}/share", {"include": included, "days": days})
    found = re.search(r'value="http://testserver(/share/[^"]+)"', answer.content.decode())
    assert found is not None
    return found[1]


def read(path: str, status: int = 200) -> str:
    """What a stranger sees."""
    answer = Client().get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_stranger_reads_the_shown_branch_and_nothing_else(alice: User) -> None:
    chat = a_full_chat(alice, slug="my-secret-provider")
    spent = an_attempt(alice, cost_pico=7_770_000_000_000)
    chat.leaf.operation_id = spent.operation_id  # type: ignore[union-attr]
    chat.leaf.save()  # type: ignore[union-attr]
    text = read(share(alice, chat))
    assert "In <strong>spring</strong>." in text and "When do I prune?" in text
    hidden = ("In autumn.", "Frost.", "calculator", "notes.txt", "/file/", "Be brief.", "7.77", "Garden", "Autumn")
    secret = ("alice", "example.org", "my-secret-provider", str(chat.id), "grant")
    assert not [word for word in (*hidden, *secret) if word in text]
    kept = str(Link.objects.get().picture)
    assert not [word for word in (*hidden, *secret[:4]) if word in kept]


def test_what_is_chosen_is_shown_too(alice: User) -> None:
    path = share(alice, a_full_chat(alice), *CHOICES)
    text = read(path)
    for words in ("Frost.", "calculator", "notes.txt", "Be brief."):
        assert words in text
    assert 'aria-label="Version 2 of 2"' in text
    earlier = re.search(r'href="\?at=(\d+)#', text)
    assert earlier is not None and "This answer failed before its end." in read(f"{path}?at={earlier[1]}")
    files = [Client().get(f"{path}/file/{number}") for number in (1, 2, 3)]
    assert [answer.status_code for answer in files] == [200, 200, 404]
    assert {answer.content for answer in files[:2]} == {PNG, b"thorns"}
    assert [answer["Content-Disposition"].split(";")[0] for answer in files if answer.content == b"thorns"] == [
        "attachment"
    ]


def test_no_search_engine_and_no_other_site_learns_of_it(alice: User) -> None:
    answer = Client().get(share(alice, a_full_chat(alice)))
    assert "noindex" in answer["X-Robots-Tag"] and answer["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_what_is_written_later_is_not_in_it_until_it_is_renewed(alice: User) -> None:
    chat = a_full_chat(alice)
    path = share(alice, chat)
    chat.leaf = a_message(chat, chat.leaf, "user", "A later secret")
    chat.save()
    assert "A later secret" not in read(path)
    assert share(alice, chat) == path
    assert "A later secret" in read(path)


def test_taking_it_back_works_at_once(alice: User) -> None:
    chat = a_full_chat(alice)
    path = share(alice, chat, "files")
    client_of(alice).post(f"/chat/{chat.id}/share", {"act": "withdraw"})
    assert "In <strong>spring" not in read(path, 410)
    read(f"{path}/file/1", 410)
    assert Link.objects.get().picture == {}
    assert share(alice, chat) != path  # a new link is a new one


def test_it_ends_when_its_time_is_up(alice: User) -> None:
    path = share(alice, a_full_chat(alice), days="7")
    read(path)
    Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    read(path, 410)


def test_the_trash_closes_it_and_restoring_opens_it(alice: User) -> None:
    chat = a_full_chat(alice)
    path = share(alice, chat)
    Conversation.objects.update(trashed_at=timezone.now())
    read(path, 404)
    Conversation.objects.update(trashed_at=None)
    read(path)
    User.objects.update(is_active=False)
    read(path, 404)


def test_only_the_owner_shares_and_takes_back(alice: User, bob: User) -> None:
    chat = a_full_chat(alice)
    share(alice, chat)
    link = Link.objects.get()
    assert client_of(bob).get(f"/chat/{chat.id}/share").status_code == 404
    assert client_of(bob).post(f"/chat/{chat.id}/share").status_code == 404
    assert client_of(bob).post(f"/settings/data/links/{link.id}/withdraw").status_code == 404
    passing = Conversation.objects.create(user=alice, temporary=True)
    assert client_of(alice).post(f"/chat/{passing.id}/share").status_code == 404
    assert client_of(alice).post(f"/settings/data/links/{link.id}/withdraw").status_code == 302
    link.refresh_from_db()
    assert link.withdrawn_at is not None


def test_a_reader_goes_on_with_a_copy_of_his_own(alice: User, bob: User) -> None:
    chat = a_full_chat(alice)
    path = share(alice, chat, "files")
    assert Client().post(f"{path}/copy").status_code == 302  # to sign in
    for _ in range(2):
        assert client_of(bob).post(f"{path}/copy").status_code == 302
    copies = Conversation.objects.filter(user=bob)
    assert [copy.title for copy in copies] == [chat.title] * 2
    first = copies[0]
    assert first.messages.count() == 4 and first.leaf is not None and first.leaf.text == "Here."
    assert (first.folder, first.system, first.origin) == (None, "", "")
    chat.refresh_from_db()
    assert chat.user == alice and chat.messages.count() == 5


def test_the_administrator_decides_who_may_read(alice: User, bob: User, settings: Any) -> None:
    path = share(alice, a_full_chat(alice))
    settings.SHARING = "signed_in"
    assert Client().get(path)["Location"].startswith("/accounts/login/")
    assert client_of(bob).get(path).status_code == 200
    settings.SHARING = "off"
    assert client_of(bob).get(path).status_code == 404
    assert client_of(alice).get(f"/chat/{Conversation.objects.get().id}/share").status_code == 404


def test_nobody_tries_links_by_the_thousand(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(views, "PER_MINUTE", 3)
    assert [Client().get("/share/nonsense").status_code for _ in range(5)] == [404, 404, 404, 429, 429]


def test_hostile_words_are_harmless(alice: User) -> None:
    chat = Conversation.objects.create(user=alice, title="<script>alert(1)</script>")
    asked = a_message(chat, None, "user", "<img src=x onerror=alert(1)>")
    hostile = "<script>alert(1)</script> [x](javascript:alert(1))"
    chat.leaf = a_message(chat, asked, "assistant", hostile, model="<b>m")
    chat.save()
    text = read(share(alice, chat))
    for words in ("<script>alert", "<img src=x", 'href="javascript', "<b>m"):
        assert words not in text


def test_links_stand_on_the_page_of_data(alice: User) -> None:
    path = share(alice, a_full_chat(alice))
    text = client_of(alice).get("/settings/data").content.decode()
    assert f"http://testserver{path}" in text
    assert links.of_user(alice.pk)[0].token in path


def test_a_long_chat_comes_in_pages(alice: User) -> None:
    chat = Conversation.objects.create(user=alice, title="Long")
    last = None
    for number in range(103):
        last = a_message(chat, last, "user", f"message-{number}.")
    chat.leaf = last
    chat.save()
    path = share(alice, chat)
    text = read(path)
    assert "message-99." in text and "message-100." not in text
    later = re.search(r'href="(\?at=\d+&amp;from=100)"', text)
    assert later is not None and "message-102." in read(path + later[1].replace("&amp;", "&"))


def test_the_dialog_draws_the_address_as_a_code(alice: User) -> None:
    chat = a_full_chat(alice)
    dialog = f"/chat/{chat.id}/share"
    assert "<svg viewBox=" not in client_of(alice).get(dialog).text, "there is no link yet"
    path = share(alice, chat)
    page = client_of(alice).get(dialog).text
    modules = (
        segno.make_qr(f"http://testserver{path}", error="m").svg_inline(border=4, omitsize=True).partition(' d="')[2]
    )
    assert modules.partition('"')[0] in page and "style=" not in page
    assert share(alice, chat) == path, "renewed, under the same address"
