"""`/settings/account`: profile, allowed origins, sessions."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts import sessions
from thinkback.accounts.models import AllowedOrigin, AuditEntry, User

URL = "/settings/account"
APP = "https://app.example"


def test_page_shows_who_one_is(bob: User) -> None:
    page = signed_in(bob).get(URL).content.decode()
    assert "bob" in page and "Member" in page and bob.email in page


def test_email_and_time_zone_change(bob: User) -> None:
    response = signed_in(bob).post(URL, {"email": "Bob@Other.example", "timezone": "Asia/Kathmandu"})
    assert response.status_code == 302
    bob.refresh_from_db()
    assert (bob.email, bob.timezone) == ("bob@other.example", "Asia/Kathmandu")
    assert EmailAddress.objects.get(user=bob).email == bob.email


def test_email_may_be_left_out(bob: User) -> None:
    signed_in(bob).post(URL, {"email": "", "timezone": "UTC"})
    bob.refresh_from_db()
    assert bob.email == ""
    assert not EmailAddress.objects.exists()


@pytest.mark.parametrize("change", [{"email": "nonsense"}, {"email": "alice@EXAMPLE.org"}, {"timezone": "Mars/Base"}])
def test_nonsense_is_refused(alice: User, bob: User, change: dict[str, str]) -> None:
    response = signed_in(bob).post(URL, {"email": "new@example.org", "timezone": "UTC", **change})
    assert list(response.context["form"].errors) == list(change)
    bob.refresh_from_db()
    assert bob.email == "bob@example.org"


def test_role_cannot_be_posted(bob: User) -> None:
    data = {"email": "", "timezone": "UTC", "role": "owner", "username": "root", "is_staff": "1"}
    signed_in(bob).post(URL, data)
    bob.refresh_from_db()
    assert (bob.role, bob.username, bob.is_staff) == ("member", "bob", False)


def test_origin_is_added_once_and_removed(bob: User) -> None:
    client = signed_in(bob)
    for text in (APP, "HTTPS://app.example:443"):
        assert client.post(f"{URL}/origins", {"origin": text}).status_code == 302
    entry = AllowedOrigin.objects.get()
    assert (entry.user, entry.origin) == (bob, APP)
    assert APP.encode() in client.get(URL).content
    assert client.post(f"{URL}/origins/{entry.pk}/remove").status_code == 302
    assert not AllowedOrigin.objects.exists()
    assert [each.action for each in AuditEntry.objects.filter(subject=APP)] == ["origin_added", "origin_removed"]


@pytest.mark.parametrize("text", ["", "null", "*", "https://app.example/path", "x" * 300])
def test_origin_that_is_none_is_refused(bob: User, text: str) -> None:
    response = signed_in(bob).post(f"{URL}/origins", {"origin": text})
    assert response.context["origin_form"].errors
    assert not AllowedOrigin.objects.exists()


def test_others_origins_stay(bob: User, charlie: User) -> None:
    entry = AllowedOrigin.objects.create(user=charlie, origin=APP)
    assert signed_in(bob).post(f"{URL}/origins/{entry.pk}/remove").status_code == 404
    assert AllowedOrigin.objects.exists()


def test_sign_out_everywhere_else(bob: User, charlie: User) -> None:
    here, there, other = signed_in(bob), signed_in(bob), signed_in(charlie)
    assert sessions.count(bob) == 2
    assert here.post(f"{URL}/sessions/end").status_code == 302
    assert here.get(URL).status_code == 200
    assert there.get(URL).status_code == 302
    assert other.get(URL).status_code == 200
    bob.refresh_from_db()
    assert sessions.count(bob) == 1


def test_strangers_sign_in_first(db: None) -> None:
    client = Client()
    for path in ("", "/origins", "/origins/1/remove", "/sessions/end"):
        assert client.post(URL + path).headers["Location"].startswith("/accounts/login/")


def test_wrong_methods(bob: User) -> None:
    client = signed_in(bob)
    for path in ("/origins", "/origins/1/remove", "/sessions/end"):
        assert client.get(URL + path).status_code == 405
    assert client.put(URL).status_code == 405
