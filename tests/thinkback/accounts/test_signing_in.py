"""Sign in, sign out, change the password."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from tests.conftest import PASSWORD
from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts.models import AuditEntry, User

LOGIN = "/accounts/login/"
NEW = "a much better password"


def test_sign_in_rotates_the_session(bob: User) -> None:
    client = Client()
    session = client.session
    session["seen"] = True
    session.save()
    before = session.session_key
    response = client.post(LOGIN, {"login": "Bob", "password": PASSWORD})
    assert response.status_code == 302
    assert client.session.session_key != before
    assert AuditEntry.objects.get(action="signed_in").user == bob


def test_wrong_password_and_unknown_name_look_the_same(bob: User) -> None:
    answers = [Client().post(LOGIN, {"login": name, "password": "wrong"}) for name in ("bob", "nobody")]
    errors = [response.context["form"].non_field_errors() for response in answers]
    assert errors[0] and errors[0] == errors[1]


def test_many_failures_are_slowed_down(bob: User) -> None:
    for _ in range(5):
        Client().post(LOGIN, {"login": "bob", "password": "wrong"})
    client = Client()
    client.post(LOGIN, {"login": "bob", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_inactive_users_stay_out(bob: User) -> None:
    bob.is_active = False
    bob.save()
    client = Client()
    client.post(LOGIN, {"login": "bob", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_sign_in_leads_only_to_this_site(bob: User) -> None:
    response = Client().post(LOGIN, {"login": "bob", "password": PASSWORD, "next": "https://evil.example/"})
    assert response.headers["Location"].startswith("/")


def test_signing_in_needs_csrf(bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(LOGIN, {"login": "bob", "password": PASSWORD}).status_code == 403


def test_login_page_shows_the_first_visitor_the_way(db: None) -> None:
    assert Client().get(LOGIN).context["first_visitor"]


def test_sign_out_takes_a_post(bob: User) -> None:
    client = signed_in(bob)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/accounts/logout/").status_code == 302
    assert "_auth_user_id" not in client.session
    assert AuditEntry.objects.get(action="signed_out").user == bob


def test_password_change_keeps_this_session_and_ends_the_others(bob: User) -> None:
    here, there = signed_in(bob), signed_in(bob)
    before = here.session.session_key
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    response = here.post("/accounts/password/change/", data)
    assert response.headers["Location"] == "/settings/account"
    assert here.session.session_key != before
    assert here.get("/settings/account").status_code == 200
    assert there.get("/settings/account").status_code == 302
    assert AuditEntry.objects.get(action="password_changed").user == bob


def test_password_change_wants_the_old_one_and_a_good_one(bob: User) -> None:
    client = signed_in(bob)
    for old, new in (("wrong", NEW), (PASSWORD, "password12"), (PASSWORD, "short")):
        data = {"oldpassword": old, "password1": new, "password2": new}
        assert client.post("/accounts/password/change/", data).status_code == 200
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_forgotten_password_without_a_mail_server_says_what_to_do(bob: User, settings: Settings) -> None:
    settings.HAS_EMAIL = False
    for response in (
        Client().get("/accounts/password/reset/"),
        Client().post("/accounts/password/reset/", {"email": bob.email}),
    ):
        assert response.status_code == 200
        assert b"changepassword" in response.content


def test_too_many_tries_are_refused_with_a_page(db: None, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    for status in (200, 429):
        response = Client().post(LOGIN, {"login": "nobody", "password": "wrong"})
        assert response.status_code == status
    assert response.templates[0].name == "429.html"


def test_sign_in_page_works_through_a_unix_socket(bob: User) -> None:
    client = Client(REMOTE_ADDR="")
    assert client.post(LOGIN, {"login": "bob", "password": PASSWORD}).status_code == 302


def test_forgotten_password_with_a_mail_server(bob: User, settings: Settings, mailoutbox: list[EmailMessage]) -> None:
    settings.HAS_EMAIL = True
    client = Client()
    assert client.post("/accounts/password/reset/", {"email": bob.email}).status_code == 302
    link = next(word for word in str(mailoutbox[0].body).split() if word.startswith("http://testserver/accounts/"))
    form = client.get(link.removeprefix("http://testserver"), follow=True)
    assert form.status_code == 200
    client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    bob.refresh_from_db()
    assert bob.check_password(NEW)
    assert AuditEntry.objects.filter(action="password_changed", user=bob).count() == 1
