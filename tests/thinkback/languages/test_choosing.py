"""A page is in the user's language, else in this browser's, else in the one that the browser asks for."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError
from django.test import Client

from thinkback.accounts.models import User
from thinkback.languages.choosing import chosen

SIGN_IN = "/accounts/login/"


@pytest.mark.parametrize(
    ("setting", "cookie", "accepted", "language"),
    [
        ("", "", "", "en"),
        ("", "", "de-AT,en;q=0.5", "de"),
        ("", "", "zh-CN,en;q=0.5", "zh-hans"),
        ("", "", "zh", "zh-hans"),
        ("", "", "fr,de;q=0.3", "de"),
        ("", "", "fr", "en"),
        ("", "", "*", "en"),
        ("", "", "de" * 1000, "en"),
        ("", "en", "de", "en"),
        ("", "klingon", "de", "de"),
        ("zh-hans", "de", "en", "zh-hans"),
        ("xx", "de", "en", "de"),
    ],
)
def test_the_first_wish_that_can_be_met(setting: str, cookie: str, accepted: str, language: str) -> None:
    assert chosen(setting, cookie, accepted) == language


def test_a_stranger_gets_what_the_browser_asks_for(client: Client, alice: User) -> None:
    answer = client.get(SIGN_IN, headers={"Accept-Language": "de"})
    assert answer.headers["Content-Language"] == "de"
    assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))
    assert b'<html lang="de" dir="ltr">' in answer.content


def test_a_stranger_chooses_and_comes_back_to_the_page(client: Client, alice: User) -> None:
    answer = client.post("/language", {"language": "zh-hans", "next": SIGN_IN})
    assert (answer.status_code, answer.headers["Location"]) == (302, SIGN_IN)
    assert b'lang="zh-hans"' in client.get(SIGN_IN, headers={"Accept-Language": "de"}).content


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", ""])
def test_the_way_back_leads_nowhere_else(client: Client, db: None, back: str) -> None:
    assert client.post("/language", {"language": "de", "next": back}).headers["Location"] == "/"


def test_what_is_not_spoken_is_not_remembered(client: Client, db: None) -> None:
    assert not client.post("/language", {"language": "xx"}).cookies


def test_a_user_chooses_in_the_settings_on_every_device(client: Client, alice: User) -> None:
    client.force_login(alice)
    client.post("/settings/account", {"language": "de", "timezone": "Europe/Berlin"})
    elsewhere = Client()
    elsewhere.force_login(alice)
    answer = elsewhere.get("/settings/account", headers={"Accept-Language": "zh-CN"})
    assert answer.headers["Content-Language"] == "de"
    client.post("/settings/account", {"language": "", "timezone": "Europe/Berlin"})
    assert client.get("/settings/account", headers={"Accept-Language": "zh"}).headers["Content-Language"] == "zh-hans"


def test_one_users_language_is_not_anothers(client: Client, alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(language="de")
    client.force_login(bob)
    assert client.get("/settings/account").headers["Content-Language"] == "en"


def test_programs_are_answered_in_english(client: Client, alice: User) -> None:
    headers = {"Authorization": "Bearer tb_wrong", "Accept-Language": "de"}
    assert client.get("/api/tokens", headers=headers).headers["Content-Language"] == "en"


def test_a_broken_database_keeps_no_error_page_from_its_language(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.cookies["sessionid"] = "x" * 32

    def broken(*args: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(SessionStore, "load", broken)
    answer = client.get("/nothing/here", headers={"Accept-Language": "de"})
    assert (answer.status_code, answer.headers["Content-Language"]) == (404, "de")
