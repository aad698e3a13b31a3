"""Limits below the site's: a user's own, and those of a token."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from proxy.call import Caller, Limits
from tests.thinkback.accounts.browser import send, signed_in
from thinkback.accounts import identity, tokens
from thinkback.accounts.models import SCOPES, ApiToken, AuditEntry, User

pytestmark = pytest.mark.usefixtures("one_connection")
ACCOUNT = "/settings/account"
TOKENS = "/api/tokens"


def caller_of(user: User, **limits: int) -> Caller:
    """The caller behind a new token, as the proxy is told."""
    text = tokens.make(user, tokens.Wish("laptop", limits=limits))[1]
    caller = async_to_sync(identity.identify_token)(text)
    assert caller is not None
    return caller


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    """What everybody may do here."""
    settings.LIMITS = Limits(requests_per_minute=100, tokens_per_minute=5000, streams=10)


def test_without_limits_of_his_own_the_sites_count(bob: User) -> None:
    caller = caller_of(bob)
    assert (caller.limits, caller.token_limits) == (Limits(100, 5000, 10), None)


def test_a_user_lowers_his_own(bob: User) -> None:
    client = signed_in(bob)
    assert client.post(f"{ACCOUNT}/limits", {"requests_per_minute": "7", "streams": ""}).status_code == 302
    assert caller_of(bob).limits == Limits(7, 5000, 10)
    assert 'value="7"' in client.get(ACCOUNT).content.decode()
    assert AuditEntry.objects.get(action="limits_changed").subject == "requests_per_minute=7"
    client.post(f"{ACCOUNT}/limits", {})
    assert caller_of(bob).limits == Limits(100, 5000, 10)


def test_a_change_counts_for_a_known_token_at_once(bob: User) -> None:
    text = tokens.make(bob, tokens.Wish("laptop"))[1]
    async_to_sync(identity.identify_token)(text)
    signed_in(bob).post(f"{ACCOUNT}/limits", {"streams": "1"})
    caller = async_to_sync(identity.identify_token)(text)
    assert caller is not None and caller.limits.streams == 1


@pytest.mark.parametrize("number", ["0", "-1", "101", "1.5", "many"])
def test_nonsense_is_refused(bob: User, number: str) -> None:
    page = signed_in(bob).post(f"{ACCOUNT}/limits", {"requests_per_minute": number})
    assert list(page.context["limits_form"].errors) == ["requests_per_minute"]
    bob.refresh_from_db()
    assert bob.limits == {}


def test_the_sites_limits_stay_on_top(bob: User, settings: Any) -> None:
    bob.limits = {"requests_per_minute": 50}
    bob.save()
    settings.LIMITS = Limits(requests_per_minute=20)
    assert caller_of(bob, requests_per_minute=30).limits.requests_per_minute == 20


def test_a_token_has_limits_beside_its_users(bob: User) -> None:
    made = send(signed_in(bob), TOKENS, {"name": "laptop", "limits": {"streams": 2}}).json()
    assert made["limits"] == {"streams": 2}
    caller = async_to_sync(identity.identify_token)(made["token"])
    assert caller is not None
    assert (caller.limits, caller.token_limits) == (Limits(100, 5000, 10), Limits(100, 5000, 2))
    assert "at most 2 streams at a time" in signed_in(bob).get("/settings/tokens").content.decode()


@pytest.mark.parametrize(
    "limits",
    [
        None,
        [],
        "7",
        {"streams": 0},
        {"streams": 11},
        {"streams": True},
        {"streams": 1.0},
        {"streams": None},
        {"rpm": 1},
    ],
)
def test_a_tokens_limits_are_checked(bob: User, limits: Any) -> None:
    response = send(signed_in(bob), TOKENS, {"name": "laptop", "limits": limits})
    assert (response.status_code, response.json()["error"]["field"]) == (400, "limits")
    assert not ApiToken.objects.exists()


def test_a_token_makes_none_with_more_than_its_own(bob: User) -> None:
    wish = tokens.Wish("maker", scopes=tuple(SCOPES), limits={"streams": 2, "requests_per_minute": 9})
    program = Client(headers={"Authorization": f"Bearer {tokens.make(bob, wish)[1]}"})
    made = send(program, TOKENS, {"name": "child", "limits": {"streams": 5, "tokens_per_minute": 8}}).json()
    assert made["limits"] == {"streams": 2, "requests_per_minute": 9, "tokens_per_minute": 8}
