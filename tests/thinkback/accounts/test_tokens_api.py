"""`/api/tokens`: list, make, revoke; never more than the maker has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tests.thinkback.accounts.browser import send, signed_in
from thinkback.accounts import identity, tokens
from thinkback.accounts.models import SCOPES, ApiToken, AuditEntry, User

URL = "/api/tokens"
APP = "https://app.example"


def program(user: User, **wish: Any) -> Client:
    """A program with a token of this user."""
    wish = {"scopes": tuple(SCOPES), **wish}
    _, text = tokens.make(user, tokens.Wish("maker", **wish))
    return Client(headers={"Authorization": f"Bearer {text}"})


def test_make_one(bob: User) -> None:
    response = send(signed_in(bob), URL, {"name": " laptop ", "scopes": ["usage", "proxy"], "origins": [APP]})
    assert response.status_code == 201
    made = response.json()
    assert identity.read_token(made["token"]) == ApiToken.objects.get(pk=made["id"])
    assert made["name"] == "laptop" and made["token"].endswith(made["last_four"])
    assert (made["scopes"], made["origins"], made["expires_at"]) == (["proxy", "usage"], [APP], None)
    assert response.headers["Cache-Control"] == "no-store"
    assert AuditEntry.objects.get(action="token_created").user == bob


def test_scopes_not_asked_for_leave_out_the_making_of_tokens(bob: User) -> None:
    made = send(signed_in(bob), URL, {"name": "laptop"}).json()
    assert made["scopes"] == ["proxy", "chat", "providers", "usage"]


def test_expiry(bob: User) -> None:
    made = send(signed_in(bob), URL, {"name": "laptop", "expires_at": "2999-01-31T12:00:00+02:00"}).json()
    moment = parse_datetime("2999-01-31T10:00:00Z")
    assert parse_datetime(made["expires_at"]) == moment
    assert ApiToken.objects.get().expires_at == moment


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", None),
        ("name", "x" * 101),
        ("name", "a\nb"),
        ("name", "a\u0000b"),
        ("scopes", []),
        ("scopes", ["everything"]),
        ("scopes", "proxy"),
        ("scopes", [["proxy"]]),
        ("origins", ["*"]),
        ("origins", ["null"]),
        ("origins", ["https://app.example/path"]),
        ("origins", APP),
        ("origins", [f"https://a{n}.example" for n in range(51)]),
        ("expires_at", "2001-01-01T00:00:00Z"),
        ("expires_at", "2999-01-31T12:00:00"),
        ("expires_at", "2999-13-31T12:00:00Z"),
        ("expires_at", "tomorrow"),
        ("expires_at", 4102444800),
        ("origin", [APP]),
    ],
)
def test_nonsense_is_refused_by_field(bob: User, field: str, value: object) -> None:
    response = send(signed_in(bob), URL, {"name": "laptop", field: value})
    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["type"], error["field"]) == ("invalid_request", field)
    assert not ApiToken.objects.exists()


def test_list_shows_own_tokens_newest_first_and_no_text(bob: User, charlie: User) -> None:
    tokens.make(charlie, tokens.Wish("his"))
    texts = [tokens.make(bob, tokens.Wish(name))[1] for name in ("old", "new")]
    response = signed_in(bob).get(URL)
    assert [row["name"] for row in response.json()["results"]] == ["new", "old"]
    assert not any(text[3:20] in response.content.decode() for text in texts)
    assert ApiToken.digest_of(texts[0]) not in response.content.decode()


def test_revoke(bob: User) -> None:
    token, text = tokens.make(bob, tokens.Wish("laptop"))
    response = signed_in(bob).delete(f"{URL}/{token.pk}")
    assert (response.status_code, response.content) == (204, b"")
    assert identity.read_token(text) is None
    assert signed_in(bob).get(URL).json()["results"] == []
    assert signed_in(bob).delete(f"{URL}/{token.pk}").status_code == 404
    assert AuditEntry.objects.get(action="token_revoked").user == bob


def test_others_tokens_are_not_there(bob: User, charlie: User) -> None:
    token, text = tokens.make(charlie, tokens.Wish("his"))
    assert signed_in(bob).delete(f"{URL}/{token.pk}").status_code == 404
    assert identity.read_token(text) is not None


def test_strangers_are_refused(db: None) -> None:
    for response in (Client().get(URL), send(Client(), URL, {"name": "x"}), Client().delete(f"{URL}/1")):
        assert response.status_code == 401


def test_wrong_methods(bob: User) -> None:
    assert signed_in(bob).put(URL).headers["Allow"] == "GET, POST"
    assert signed_in(bob).get(f"{URL}/1").status_code == 405


def test_token_without_the_scope_is_refused(bob: User) -> None:
    assert send(program(bob, scopes=("proxy",)), URL, {"name": "x"}).status_code == 403


def test_token_gives_no_more_scopes_than_it_has(bob: User) -> None:
    client = program(bob, scopes=("proxy", "tokens"))
    response = send(client, URL, {"name": "x", "scopes": ["proxy", "usage"]})
    assert (response.status_code, response.json()["error"]["field"]) == (400, "scopes")
    assert send(client, URL, {"name": "x"}).json()["scopes"] == ["proxy"]
    assert send(client, URL, {"name": "x", "scopes": ["tokens"]}).status_code == 201


def test_bound_token_gives_no_more_origins_than_it_has(bob: User) -> None:
    client = program(bob, origins=(APP,))
    client.defaults["HTTP_ORIGIN"] = APP
    response = send(client, URL, {"name": "x", "origins": ["https://other.example"]})
    assert (response.status_code, response.json()["error"]["field"]) == (400, "origins")
    assert send(client, URL, {"name": "x"}).json()["origins"] == [APP]


def test_token_gives_no_more_time_than_it_has(bob: User) -> None:
    end = timezone.now() + timedelta(days=1)
    client = program(bob, expires_at=end)
    for data in ({"name": "x"}, {"name": "x", "expires_at": "2999-01-01T00:00:00Z"}):
        made = send(client, URL, data).json()
        assert ApiToken.objects.get(pk=made["id"]).expires_at == end
