"""Which web origins may call, for whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from proxy.call import Caller
from thinkback.accounts import origins, tokens
from thinkback.accounts.models import AllowedOrigin, User

pytestmark = pytest.mark.usefixtures("one_connection")

APP = "https://app.example"
OTHER = "https://other.example"


def listed(origin: str) -> bool:
    return async_to_sync(origins.listed)(origin)


def allowed(origin: str, user: User, *bound: str) -> bool:
    return async_to_sync(origins.allowed)(origin, Caller(user.pk, "token", origins=frozenset(bound)))


def test_nothing_is_allowed_unless_listed(bob: User) -> None:
    assert not listed(APP) and not allowed(APP, bob)
    assert not listed("null") and not allowed("", bob)


def test_the_sites_list_counts_for_everybody(bob: User, settings: Settings) -> None:
    settings.ALLOWED_ORIGINS = frozenset({APP})
    assert listed(APP) and allowed(APP, bob)


def test_a_users_list_counts_for_him_alone(bob: User, charlie: User) -> None:
    AllowedOrigin.objects.create(user=bob, origin=APP)
    assert listed(APP) and allowed(APP, bob)
    assert not allowed(APP, charlie)


def test_a_bound_token_works_from_its_own_origins_only(bob: User) -> None:
    AllowedOrigin.objects.create(user=bob, origin=OTHER)
    assert allowed(APP, bob, APP)
    assert not allowed(OTHER, bob, APP)


def test_changes_count_at_once(bob: User) -> None:
    assert not listed(APP) and not allowed(APP, bob)
    entry = AllowedOrigin.objects.create(user=bob, origin=APP)
    assert listed(APP) and allowed(APP, bob)
    entry.delete()
    assert not listed(APP) and not allowed(APP, bob)


def test_origins_of_working_tokens_are_listed(bob: User) -> None:
    assert not listed(APP)
    token, _ = tokens.make(bob, tokens.Wish("app", origins=(APP,)))
    assert listed(APP) and allowed(APP, bob)
    tokens.revoke(token)
    assert not listed(APP)


def test_origins_of_expired_tokens_and_inactive_users_are_not(bob: User, charlie: User) -> None:
    tokens.make(bob, tokens.Wish("app", origins=(APP,), expires_at=timezone.now() - timedelta(seconds=1)))
    AllowedOrigin.objects.create(user=charlie, origin=OTHER)
    charlie.is_active = False
    charlie.save()
    assert not listed(APP) and not listed(OTHER)


def test_lists_are_remembered(bob: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    allowed(APP, bob), listed(APP)
    with django_assert_num_queries(0):
        allowed(OTHER, bob), listed(OTHER)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://app.example", "https://app.example"),
        (" HTTPS://App.Example:443 ", "https://app.example"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("http://[::1]:5173", "http://[::1]:5173"),
    ],
)
def test_origins_are_brought_into_the_form_that_browsers_send(given: str, kept: str) -> None:
    assert origins.valid(given) == kept


@pytest.mark.parametrize(
    "given",
    ["", "null", "*", "https://*.example", "https://app.example/", "https://app.example/x", "https://app.example?x",
     "https://me@app.example", "ftp://app.example", "app.example", "https://", "https://app.example:x",
     "https://app.example:99999", "https://a.example https://b.example", "https://a.example,b", "https://ä.example",
     "https://" + "a" * 300, "javascript:alert(1)", "https://a\nb.example", None, 5, ["https://app.example"]],
)  # fmt: skip
def test_anything_else_is_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        origins.valid(given)
