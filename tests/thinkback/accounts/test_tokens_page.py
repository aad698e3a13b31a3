"""`/settings/tokens`: the same for people."""

from __future__ import annotations

from django.test import Client

from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts import identity, tokens
from thinkback.accounts.models import ApiToken, User

URL = "/settings/tokens"
FORM = {"name": "laptop", "scopes": ["proxy"], "origins": "https://app.example\nhttp://localhost:5173", "expires": "30"}


def test_empty_page_says_what_to_do(bob: User) -> None:
    assert b"No tokens yet" in signed_in(bob).get(URL).content


def test_token_is_shown_once(bob: User) -> None:
    client = signed_in(bob)
    response = client.post(URL, FORM)
    text = response.context["text"]
    assert response.status_code == 200 and text in response.content.decode()
    token = identity.read_token(text)
    assert token is not None and token.user == bob
    assert (token.scopes, token.origins) == (["proxy"], ["https://app.example", "http://localhost:5173"])
    assert token.expires_at is not None
    assert text[3:] not in client.get(URL).content.decode()
    assert "no-store" in response.headers["Cache-Control"]


def test_without_an_end(bob: User) -> None:
    signed_in(bob).post(URL, {**FORM, "expires": ""})
    assert ApiToken.objects.get().expires_at is None


def test_nonsense_is_refused_with_what_was_typed(bob: User) -> None:
    for change in ({"name": " "}, {"scopes": []}, {"scopes": ["all"]}, {"origins": "null"}, {"expires": "1000000"}):
        response = signed_in(bob).post(URL, {**FORM, **change})
        assert list(response.context["form"].errors) == list(change)
        assert b"https://app.example" in response.content or "origins" in change
    assert not ApiToken.objects.exists()


def test_names_are_shown_as_text(bob: User) -> None:
    response = signed_in(bob).post(URL, {**FORM, "name": "<script>alert(1)</script>"})
    assert b"<script>alert" not in response.content


def test_revoke(bob: User) -> None:
    token, text = tokens.make(bob, tokens.Wish("laptop"))
    client = signed_in(bob)
    page = client.get(URL).content.decode()
    assert f'commandfor="revoke-{token.pk}"' in page and f'id="revoke-{token.pk}"' in page
    assert client.get(f"{URL}/{token.pk}/revoke").status_code == 405
    assert client.post(f"{URL}/{token.pk}/revoke").status_code == 302
    assert identity.read_token(text) is None


def test_others_tokens_are_neither_seen_nor_revoked(bob: User, charlie: User) -> None:
    token, text = tokens.make(charlie, tokens.Wish("his secret plan"))
    client = signed_in(bob)
    assert b"his secret plan" not in client.get(URL).content
    assert client.post(f"{URL}/{token.pk}/revoke").status_code == 404
    assert client.post(f"{URL}/{token.pk}/keep").status_code == 404
    assert identity.read_token(text) is not None


def test_strangers_sign_in_first(db: None) -> None:
    for response in (Client().get(URL), Client().post(URL, FORM), Client().post(f"{URL}/1/revoke")):
        assert response.status_code == 302 and response.headers["Location"].startswith("/accounts/login/")


def test_posts_need_csrf(bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    assert client.post(URL, FORM).status_code == 403


def test_a_token_with_limits_of_its_own(bob: User) -> None:
    client = signed_in(bob)
    sent = {"name": "laptop", "scopes": ["proxy"], "expires": "", "requests_per_minute": "20", "streams": ""}
    page = client.post("/settings/tokens", sent).content.decode()
    assert ApiToken.objects.get(user=bob).limits == {"requests_per_minute": 20}
    assert "at most 20 requests a minute" in page
    page = client.post("/settings/tokens", {**sent, "name": "phone", "streams": "0"}).content.decode()
    assert ApiToken.objects.filter(user=bob).count() == 1 and '<details class="fold" open>' in page
