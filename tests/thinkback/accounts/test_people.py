"""`/settings/people`: owner and administrators limit what others may ask for."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync

from proxy.call import Limits
from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts import identity, tokens
from thinkback.accounts.models import AuditEntry, User

pytestmark = pytest.mark.usefixtures("one_connection")
PEOPLE = "/settings/people"


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    """What everybody may do here."""
    settings.LIMITS = Limits(requests_per_minute=100, tokens_per_minute=5000, streams=10)


@pytest.fixture
def admin(charlie: User) -> User:
    """Charlie, an administrator."""
    charlie.role = User.Role.ADMIN
    charlie.save()
    return charlie


def limits_of(text: str) -> Limits:
    caller = async_to_sync(identity.identify_token)(text)
    assert caller is not None
    return caller.limits


def test_the_owner_lowers_anothers_limits_and_it_counts_at_once(alice: User, bob: User) -> None:
    text = tokens.make(bob, tokens.Wish("laptop"))[1]
    assert limits_of(text) == Limits(100, 5000, 10)
    answer = signed_in(alice).post(f"{PEOPLE}/{bob.pk}", {"requests_per_minute": "9", "streams": "2"})
    assert answer.status_code == 302
    assert limits_of(text) == Limits(9, 5000, 2)
    page = signed_in(alice).get(PEOPLE).content.decode()
    assert "at most 9 requests a minute" in page
    entry = AuditEntry.objects.get(action="ceiling_changed")
    assert (entry.user, entry.subject) == (alice, "bob: requests_per_minute=9, streams=2")
    signed_in(alice).post(f"{PEOPLE}/{bob.pk}", {})
    assert limits_of(text) == Limits(100, 5000, 10)


def test_he_cannot_lift_them_himself(alice: User, bob: User) -> None:
    text = tokens.make(bob, tokens.Wish("laptop"))[1]
    signed_in(bob).post("/settings/account/limits", {"streams": "8"})
    signed_in(alice).post(f"{PEOPLE}/{bob.pk}", {"streams": "5"})
    assert limits_of(text).streams == 5
    page = signed_in(bob).post("/settings/account/limits", {"streams": "6"})
    assert page.status_code == 200 and "less than or equal to 5" in page.content.decode()
    signed_in(bob).post("/settings/account/limits", {"streams": "3"})
    assert limits_of(text).streams == 3
    signed_in(bob).post("/settings/account/limits", {})
    assert limits_of(text).streams == 5


@pytest.mark.parametrize("number", ["0", "11", "x"])
def test_nonsense_is_refused(alice: User, bob: User, number: str) -> None:
    answer = signed_in(alice).post(f"{PEOPLE}/{bob.pk}", {"streams": number})
    bob.refresh_from_db()
    assert (answer.status_code, bob.ceiling) == (400, {})


def test_members_see_nothing(bob: User, charlie: User) -> None:
    for answer in (
        signed_in(bob).get(PEOPLE),
        signed_in(bob).get(f"{PEOPLE}/{charlie.pk}"),
        signed_in(bob).post(f"{PEOPLE}/{bob.pk}", {"streams": "9"}),
    ):
        assert answer.status_code == 403
    assert PEOPLE not in signed_in(bob).get("/settings/account").content.decode()


def test_an_administrator_limits_members_alone(alice: User, bob: User, admin: User) -> None:
    client = signed_in(admin)
    page = client.get(PEOPLE).content.decode()
    assert f"{PEOPLE}/{bob.pk}" in page and f'"{PEOPLE}/{alice.pk}"' not in page
    assert client.post(f"{PEOPLE}/{bob.pk}", {"streams": "1"}).status_code == 302
    assert client.post(f"{PEOPLE}/{alice.pk}", {"streams": "1"}).status_code == 403
    assert client.post(f"{PEOPLE}/{admin.pk}", {}).status_code == 403
    assert client.get(f"{PEOPLE}/999999").status_code == 404
