"""Which other providers a configuration falls back on: what may be set, by JSON and by the form."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from proxy.call import Fallback
from tests.thinkback.accounts.browser import send
from thinkback.accounts.models import User
from thinkback.connections.models import Connection
from thinkback.connections.targets import connection_of

URL = "/api/providers"
FORM = {"name": "First", "api_key": "", "default_model": ""}


@pytest.fixture
def three(browser: Client) -> Client:
    """Alice, with three providers of two formats."""
    for kind, slug in (("openai", "first"), ("openai", "second"), ("anthropic", "other")):
        assert send(browser, URL, {"kind": kind, "name": slug.title(), "slug": slug}).status_code == 201
    return browser


def patch(browser: Client, fallbacks: Any, slug: str = "first") -> Any:
    return browser.patch(f"{URL}/{slug}", {"fallbacks": fallbacks}, "application/json", headers=HERE)


HERE = {"Sec-Fetch-Site": "same-origin"}


def test_they_are_kept_and_the_proxy_is_told(three: Client) -> None:
    wanted = [{"slug": "second", "model": "m-2"}, "second", {"slug": "first", "model": "smaller"}]
    answer = patch(three, wanted)
    assert answer.status_code == 200, answer.content
    told = [
        {"slug": "second", "model": "m-2"},
        {"slug": "second", "model": None},
        {"slug": "first", "model": "smaller"},
    ]
    assert answer.json()["fallbacks"] == three.get(f"{URL}/first", headers=HERE).json()["fallbacks"] == told
    connection = connection_of(Connection.objects.get(slug="first"), has_key=True)
    assert connection is not None
    assert connection.fallbacks == (Fallback("second", "m-2"), Fallback("second"), Fallback("first", "smaller"))


def test_a_new_one_may_have_them_at_once(three: Client) -> None:
    answer = send(three, URL, {"kind": "openai", "name": "New", "fallbacks": ["second"]})
    assert (answer.status_code, answer.json()["fallbacks"]) == (201, [{"slug": "second", "model": None}])


def test_two_may_stand_in_for_each_other(three: Client) -> None:
    assert patch(three, ["second"]).status_code == patch(three, ["first"], "second").status_code == 200


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("second", "Give a list"),
        ([5], "Give a list"),
        ([{"slug": "second", "key": "x"}], "Give a list"),
        ([{"model": "m"}], "Give a list"),
        (["nowhere"], "no provider called “nowhere”"),
        (["other"], "another format"),
        (["first"], "only with another model"),
        (["second", {"slug": "second", "model": ""}], "given twice"),
        ([{"slug": "second", "model": str(n)} for n in range(6)], "At most 5"),
        ([{"slug": "second", "model": "x" * 201}], "200 characters"),
        ([{"slug": "second", "model": "a\nb"}], "200 characters"),
    ],
)
def test_what_makes_no_sense_is_refused(three: Client, value: Any, words: str) -> None:
    answer = patch(three, value)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "fallbacks")
    assert words in answer.json()["error"]["message"]
    assert Connection.objects.get(slug="first").fallbacks == []


def test_nobody_elses(three: Client, bob: User) -> None:
    Connection.objects.create(user=bob, slug="bobs", kind="openai", name="Bob's")
    assert patch(three, ["bobs"]).status_code == 400


def test_practice_needs_none(three: Client) -> None:
    assert patch(three, ["second"], "practice").status_code == 400


def test_one_that_is_deleted_is_taken_out(three: Client) -> None:
    patch(three, ["second", {"slug": "first", "model": "m"}])
    assert three.delete(f"{URL}/second", headers=HERE).status_code == 204
    assert Connection.objects.get(slug="first").fallbacks == [{"slug": "first", "model": "m"}]
    send(three, URL, {"kind": "openai", "name": "Again", "slug": "second"})
    assert three.get(f"{URL}/first", headers=HERE).json()["fallbacks"] == [{"slug": "first", "model": "m"}]


def test_the_form_shows_and_saves_them(three: Client) -> None:
    page = three.get("/settings/providers/first").content.decode()
    assert '<option value="second">Second</option>' in page and 'value="other"' not in page
    chosen = {"fallback_slug": ["", "second", ""], "fallback_model": ["m", "m-2", ""]}
    assert three.post("/settings/providers/first", {**FORM, **chosen}).status_code == 302
    assert Connection.objects.get(slug="first").fallbacks == [{"slug": "second", "model": "m-2"}]
    page = three.get("/settings/providers/first").content.decode()
    assert '<option value="second" selected>Second</option>' in page and 'value="m-2"' in page


def test_the_form_says_what_is_wrong(three: Client) -> None:
    answer = three.post("/settings/providers/first", {**FORM, "fallback_slug": ["first"], "fallback_model": [""]})
    page = answer.content.decode()
    assert answer.status_code == 400 and "only with another model" in page
    assert '<details class="fold more" open>' in page and '<option value="first" selected>' in page


def test_a_new_form_offers_what_fits(three: Client) -> None:
    page = three.get("/settings/providers/new/anthropic").content.decode()
    assert '<option value="other">Other</option>' in page and 'value="second"' not in page
