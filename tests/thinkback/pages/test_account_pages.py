"""Signing in, up and out, as they are drawn."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, override_settings

from thinkback.accounts.models import User


def test_signing_in_names_its_fields_for_password_managers(client: Client, alice: User) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "<h1>Sign in</h1>" in page


def test_a_wrong_password_is_said_at_the_head(client: Client, alice: User) -> None:
    page = client.post("/accounts/login/", {"login": "alice", "password": "wrong"}).content.decode()
    assert 'role="alert"' in page
    assert 'value="alice"' in page  # what was typed stays
    assert 'value="wrong"' not in page


@pytest.mark.parametrize("code", [False, True])
def test_the_first_visitor_is_told_what_an_owner_is(code: bool) -> None:
    page = render_to_string("account/signup.html", {"first_visitor": True, "needs_code": code})
    assert "<h1>Create the owner’s account</h1>" in page
    assert ("the code stands in its log" in page) == code


def test_others_are_told_that_theirs_stays_theirs() -> None:
    page = render_to_string("account/signup.html", {"first_visitor": False})
    assert "<h1>Create an account</h1>" in page
    assert "owner" not in page


def test_the_promised_length_is_the_configured_one(client: Client, db: None) -> None:
    lengths = [v.get("OPTIONS", {}).get("min_length", 0) for v in settings.AUTH_PASSWORD_VALIDATORS]
    page = client.get("/accounts/signup/").content.decode()
    assert f"At least {max(lengths)} characters" in page


@pytest.mark.parametrize(("mail", "says"), [(False, "./run changepassword"), (True, "Send the link")])
def test_a_forgotten_password_has_a_way_out_with_and_without_mail(mail: bool, says: str) -> None:
    with override_settings(HAS_EMAIL=mail):
        assert says in render_to_string("account/password_reset.html", {})


@pytest.mark.parametrize("name", ["signup_closed", "account_inactive", "password_reset_done", "logout"])
def test_it_says_what_happened(name: str) -> None:
    assert render_to_string(f"account/{name}.html", {}).count("<h1>") == 1


def test_changing_the_password_is_for_who_is_signed_in(client: Client, bob: User) -> None:
    assert client.get("/accounts/password/change/").status_code == 302
    client.force_login(bob)
    assert b"Change the password</h1>" in client.get("/accounts/password/change/").content


@pytest.mark.parametrize(
    ("name", "inside"), [("account/verification_sent.html", "card"), ("account/email.html", "settings-nav")]
)
def test_pages_that_allauth_draws_itself_stand_in_our_frame(client: Client, bob: User, name: str, inside: str) -> None:
    page = render_to_string(name, {"user": bob})
    assert f'class="{inside}"' in page
    assert "css/variables" in page


def test_while_nobody_has_an_account_signing_in_is_not_offered(client: Client, db: None) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "<h1>Welcome to ThinkBack</h1>" in page
    assert 'href="/accounts/signup/"' in page
    assert 'name="password"' not in page
