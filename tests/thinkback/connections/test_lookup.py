"""What the proxy and the chat find under a name, and when they stop finding it."""

from __future__ import annotations

from typing import Any

from asgiref.sync import async_to_sync

from proxy.call import Caller
from proxy.call import Connection as Found
from tests.thinkback.connections.conftest import KEY
from thinkback.accounts.models import User
from thinkback.connections import changes, lookup
from thinkback.connections.models import Connection

OPENAI = {"kind": "openai", "name": "Work", "api_key": KEY}


def find(user: User, slug: str) -> Found | None:
    """What a session of this user finds."""
    return async_to_sync(lookup.find)(Caller(user.pk, "session"), slug)


def test_it_is_what_the_proxy_needs(alice: User) -> None:
    changes.create(alice.pk, {**OPENAI, "headers": {"X-Team": "a"}})
    found = find(alice, "openai")
    assert found is not None
    assert (found.user_id, found.slug, found.name) == (alice.pk, "openai", "Work")
    assert found.enabled and found.has_key
    assert found.target.base_url.startswith("https://api.openai.com") and found.target.headers == {"X-Team": "a"}
    assert found.adapter.kind == "openai"


def test_the_key_is_not_in_it(alice: User) -> None:
    changes.create(alice.pk, OPENAI)
    assert KEY not in repr(find(alice, "openai"))


def test_a_second_look_asks_no_database(alice: User, django_assert_num_queries: Any) -> None:
    changes.create(alice.pk, OPENAI)
    first = find(alice, "openai")
    with django_assert_num_queries(0):
        assert find(alice, "openai") is first


def test_a_change_is_seen_at_once(alice: User) -> None:
    row = changes.create(alice.pk, OPENAI)
    find(alice, "openai")
    changes.update(row, {"enabled": False})
    found = find(alice, "openai")
    assert found is not None and not found.enabled


def test_a_removed_key_is_seen_at_once(alice: User) -> None:
    row = changes.create(alice.pk, OPENAI)
    find(alice, "openai")
    changes.forget_key(row)
    found = find(alice, "openai")
    assert found is not None and not found.has_key


def test_a_deleted_one_is_gone_at_once(alice: User) -> None:
    row = changes.create(alice.pk, OPENAI)
    find(alice, "openai")
    changes.delete(row)
    assert find(alice, "openai") is None


def test_what_was_missing_is_found_as_soon_as_it_is_there(alice: User) -> None:
    assert find(alice, "openai") is None
    changes.create(alice.pk, OPENAI)
    assert find(alice, "openai") is not None


def test_bob_does_not_find_what_is_alices(alice: User, bob: User) -> None:
    changes.create(alice.pk, OPENAI)
    find(alice, "openai")
    assert find(bob, "openai") is None


def test_everybody_finds_practice(alice: User, bob: User) -> None:
    for user in (alice, bob):
        found = find(user, "practice")
        assert found is not None and found.user_id == user.pk and found.adapter.transport() is not None


def test_a_kind_that_is_gone_is_not_found(alice: User) -> None:
    changes.create(alice.pk, OPENAI)
    Connection.objects.filter(slug="openai").update(kind="gone")
    assert find(alice, "openai") is None


def test_the_picker_shows_what_is_on_with_practice_last(alice: User) -> None:
    changes.create(alice.pk, OPENAI)
    changes.create(alice.pk, {"kind": "anthropic", "enabled": False})
    keyless = changes.create(alice.pk, {"kind": "google"})
    choices = async_to_sync(lookup.all_of)(alice.pk)
    assert [(one.slug, one.ready) for one in choices] == [("openai", True), (keyless.slug, False), ("practice", True)]


def test_the_picker_leaves_hidden_models_out(alice: User) -> None:
    row = changes.create(alice.pk, {**OPENAI, "models": ["a", "b", "c"], "hidden_models": ["b"]})
    (choice, practice) = async_to_sync(lookup.all_of)(alice.pk)
    assert [model.id for model in choice.models] == ["a", "c"]
    assert [model.id for model in practice.models] == ["practice"]
    changes.update(row, {"default_model": "never-fetched"})
    (choice, _) = async_to_sync(lookup.all_of)(alice.pk)
    assert choice.models[0].id == "never-fetched" and choice.models[0].default
