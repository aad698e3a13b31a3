"""The first visitor becomes owner: at the machine itself freely, else with the printed code, and only one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from thinkback.accounts import first
from thinkback.accounts.models import User

HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8000"}
DATA = {"username": "alice", "password1": "correct horse battery staple"}
SIGNUP = "/accounts/signup/"


@pytest.fixture(autouse=True)
def secrets_folder(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.SECRETS = tmp_path
    yield


@pytest.mark.django_db
def test_first_visitor_at_the_machine_becomes_owner() -> None:
    client = Client()
    assert client.post(SIGNUP, DATA, **HERE).status_code == 302
    alice = User.objects.get()
    assert (alice.username, alice.role, alice.is_staff) == ("alice", "owner", True)
    assert client.session["_auth_user_id"] == str(alice.pk)


@pytest.mark.django_db
def test_page_is_open_while_nobody_exists() -> None:
    page = Client().get(SIGNUP, **HERE)
    assert page.status_code == 200 and page.context["first_visitor"] and not page.context["needs_code"]
    assert page.templates[0].name == "account/signup.html"


@pytest.mark.parametrize(
    "extra",
    [
        {"REMOTE_ADDR": "192.168.0.9"},
        {"REMOTE_ADDR": ""},
        {"HTTP_HOST": "chat.example.org"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
        {"HTTP_CF_CONNECTING_IP": "127.0.0.1"},
    ],
)
@pytest.mark.django_db
def test_anybody_else_needs_the_code(settings: Settings, extra: dict[str, str]) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    response = Client().post(SIGNUP, DATA, **{**HERE, **extra})
    assert response.status_code == 200 and response.context["needs_code"]
    assert "code" in response.context["form"].errors
    assert not User.objects.exists()


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "localhost:9", "127.0.0.1:8000", "[::1]:8000", "[::1]"])
def test_loopback_in_every_spelling(address: str, host: str) -> None:
    assert first.sits_here(RequestFactory().get("/", REMOTE_ADDR=address, HTTP_HOST=host))


@pytest.mark.django_db
def test_code_lets_a_stranger_in_once(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    text = first.announcement()
    assert text is not None
    code = text.split()[-1]
    assert first.code_file().stat().st_mode & 0o777 == 0o600
    away = {"REMOTE_ADDR": "192.0.2.1"}
    assert Client().post(SIGNUP, {**DATA, "code": code[:-1]}, **away).status_code == 200
    assert Client().post(SIGNUP, {**DATA, "code": ""}, **away).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert Client().post(SIGNUP, {**DATA, "code": code.lower().replace("-", " ")}, **away).status_code == 302
    assert User.objects.get().role == "owner"
    assert not first.is_code(code) and not first.code_file().exists()


@pytest.mark.django_db
def test_code_stays_the_same_until_used() -> None:
    assert first.announcement() == first.announcement()


def test_no_code_matches_where_there_is_none() -> None:
    assert not first.is_code("")
    first.code_file().write_text("\n")
    assert not first.is_code("")


def test_nothing_is_announced_once_somebody_exists(alice: User) -> None:
    first.code_file().write_text("AAAAAA-BBBBBB-CCCCCC-DDDDDD")
    assert first.announcement() is None
    assert not first.code_file().exists()


@pytest.mark.django_db(transaction=True)
def test_two_first_visitors_at_once_make_one_owner() -> None:
    barrier = threading.Barrier(2)
    lost: list[str] = []

    def sign_up(name: str) -> None:
        barrier.wait()
        try:
            first.enrol(User(username=name, password=make_password(None)), may_own=True)
        except first.TooLate:
            lost.append(name)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign_up, args=(name,)) for name in ("alice", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lost) == 1
    assert User.objects.get().role == "owner"


def test_loser_of_the_race_sees_that_sign_up_is_closed(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtaken(user: User, *, may_own: bool) -> Any:
        User.objects.create_user("bob", role=User.Role.OWNER)
        return enrol(user, may_own=may_own)

    enrol = first.enrol
    monkeypatch.setattr(first, "enrol", overtaken)
    client = Client()
    response = client.post(SIGNUP, DATA, follow=True, **HERE)
    assert response.templates[0].name == "account/signup_closed.html"
    assert "_auth_user_id" not in client.session
    assert [user.username for user in User.objects.all()] == ["bob"]


@pytest.mark.django_db
def test_nobody_becomes_owner_who_was_not_asked_for_the_code() -> None:
    with pytest.raises(first.TooLate):
        first.enrol(User(username="bob"), may_own=False)


@pytest.mark.parametrize("rule", ["closed", "invite"])
def test_sign_up_is_closed_afterwards(alice: User, settings: Settings, rule: str) -> None:
    settings.SIGNUP = rule
    response = Client().post(SIGNUP, {**DATA, "username": "bob"}, **HERE)
    assert response.templates[0].name == "account/signup_closed.html"
    assert User.objects.count() == 1


def test_open_sign_up_makes_members(alice: User, settings: Settings) -> None:
    settings.SIGNUP = "open"
    response = Client().post(SIGNUP, {**DATA, "username": "bob"}, REMOTE_ADDR="192.0.2.1")
    assert response.status_code == 302
    assert User.objects.get(username="bob").role == "member"


def test_open_sign_up_refuses_a_taken_name(alice: User, settings: Settings) -> None:
    settings.SIGNUP = "open"
    response = Client().post(SIGNUP, {**DATA, "username": "ALICE"})
    assert "username" in response.context["form"].errors


@pytest.mark.django_db
def test_createsuperuser_makes_the_owner_then_administrators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", DATA["password1"])
    for name in ("Alice", "bob"):
        monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", name)
        monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", f"{name}@example.org")
        call_command("createsuperuser", interactive=False, verbosity=0)
    roles = {user.username: user.role for user in User.objects.all()}
    assert roles == {"alice": "owner", "bob": "admin"}
    assert Client().login(username="alice", password=DATA["password1"])


def test_a_visitor_who_names_no_host_is_a_stranger() -> None:
    request = RequestFactory(SERVER_NAME="127.0.0.1").get("/", REMOTE_ADDR="127.0.0.1")
    assert not first.sits_here(request)
