"""Whose token or session it is: remembered for seconds, forgotten at once when something changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as site
from django.contrib.auth import SESSION_KEY
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from proxy.call import Caller
from tests.conftest import PASSWORD
from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts import identity, revocation, tokens
from thinkback.accounts.models import ApiToken, Revocation, User
from thinkback.accounts.uses import USES

pytestmark = pytest.mark.usefixtures("one_connection")


def by_token(text: str) -> Caller | None:
    return async_to_sync(identity.identify_token)(text)


def by_session(key: str) -> Caller | None:
    return async_to_sync(identity.identify_session)(key)


def token_of(user: User, **wish: object) -> tuple[ApiToken, str]:
    return tokens.make(user, tokens.Wish("laptop", **wish))  # type: ignore[arg-type]


def test_token_tells_its_user_scopes_and_origins(bob: User) -> None:
    token, text = token_of(bob, scopes=("proxy",), origins=("https://app.example",))
    assert by_token(text) == Caller(
        user_id=bob.pk,
        via="token",
        token_id=token.pk,
        scopes=frozenset({"proxy"}),
        origins=frozenset({"https://app.example"}),
        limits=site.LIMITS,
    )


def test_owner_and_administrators_are_staff(alice: User) -> None:
    caller = by_token(token_of(alice)[1])
    assert caller is not None and caller.is_staff


@pytest.mark.parametrize("text", ["", "tb_", "tb_nonsense", "sk-something", "tb_\udcff", "tb_" + "x" * 100_000])
def test_strangers_are_nobody(db: None, text: str) -> None:
    assert by_token(text) is None


@pytest.mark.parametrize("key", ["", "nonsense", "\udcff", "x" * 100_000])
def test_strange_sessions_are_nobody(db: None, key: str) -> None:
    assert by_session(key) is None


def test_second_question_asks_no_database(bob: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    text = token_of(bob)[1]
    first = by_token(text)
    with django_assert_num_queries(0):
        assert by_token(text) is first


def test_misses_are_never_kept(bob: User) -> None:
    token, text = token_of(bob)
    ApiToken.objects.filter(pk=token.pk).update(digest="0" * 64)
    assert by_token(text) is None
    ApiToken.objects.filter(pk=token.pk).update(digest=ApiToken.digest_of(text))
    assert by_token(text) is not None


def test_expired_token_is_dead(bob: User) -> None:
    _, text = token_of(bob, expires_at=timezone.now() - timedelta(seconds=1))
    assert by_token(text) is None


def test_token_about_to_expire_is_not_remembered(bob: User) -> None:
    token, text = token_of(bob, expires_at=timezone.now() + timedelta(seconds=3))
    assert by_token(text) is not None
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    assert by_token(text) is None


def test_revoked_token_is_dead_at_once(bob: User) -> None:
    token, text = token_of(bob)
    assert by_token(text) is not None
    tokens.revoke(token)
    assert by_token(text) is None


def test_token_revoked_by_another_process_is_dead_after_one_look(bob: User) -> None:
    token, text = token_of(bob)
    poller = revocation.Poller()
    async_to_sync(poller._look)()
    assert by_token(text) is not None
    ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now())  # tells nobody in this process
    Revocation.objects.create(subject=f"token:{token.pk}")
    assert by_token(text) is not None
    for subject in async_to_sync(poller._look)():
        revocation.tell(subject)
    assert by_token(text) is None


def test_deactivation_ends_tokens_and_sessions_at_once(bob: User) -> None:
    text = token_of(bob)[1]
    key = signed_in(bob).session.session_key or ""
    assert by_token(text) is not None and by_session(key) is not None
    bob.is_active = False
    bob.save()
    assert by_token(text) is None and by_session(key) is None


def test_deleted_user_is_nobody(bob: User) -> None:
    text = token_of(bob)[1]
    assert by_token(text) is not None
    bob.delete()
    assert by_token(text) is None


def test_revoking_one_token_leaves_the_other(bob: User) -> None:
    (first, first_text), (_, second_text) = token_of(bob), token_of(bob)
    assert by_token(first_text) is not None and by_token(second_text) is not None
    tokens.revoke(first)
    assert by_token(second_text) is not None


def test_session_tells_its_user(bob: User) -> None:
    key = signed_in(bob).session.session_key or ""
    assert by_session(key) == Caller(user_id=bob.pk, via="session", limits=site.LIMITS)


def test_sign_out_ends_the_session_at_once(bob: User) -> None:
    client = signed_in(bob)
    key = client.session.session_key or ""
    assert by_session(key) is not None
    client.post("/accounts/logout/")
    assert by_session(key) is None


def test_password_change_ends_sessions_at_once(bob: User) -> None:
    key = signed_in(bob).session.session_key or ""
    assert by_session(key) is not None
    bob.set_password(PASSWORD + "!")
    bob.save()
    assert by_session(key) is None


def test_session_needs_more_than_a_user_id(bob: User) -> None:
    store = import_module(site.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(bob.pk)
    store.save()
    assert by_session(store.session_key) is None


def test_use_is_written_down_later_and_at_most_once_a_minute(bob: User) -> None:
    USES.write()
    token, text = token_of(bob)

    def last_used() -> datetime | None:
        USES.write()
        token.refresh_from_db()
        return token.last_used_at

    assert last_used() is None
    by_token(text)
    first = last_used()
    assert first is not None
    by_token(text)
    assert last_used() == first
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=first - timedelta(minutes=2))
    by_token(text)
    assert (last_used() or first) > first - timedelta(minutes=2)


def test_token_is_stored_hashed_only(bob: User) -> None:
    token, text = token_of(bob)
    assert text.startswith("tb_") and len(text) == 46
    values = [str(value) for value in ApiToken.objects.filter(pk=token.pk).values_list()[0]]
    assert not any(text[3:20] in value for value in values)
    assert text not in repr(token) + str(token)
