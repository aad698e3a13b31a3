"""Keys in the database: write-only, replaced whole, told of by their last four characters."""

from __future__ import annotations

import pytest
from django.db import connection

from thinkback.accounts.models import User
from thinkback.vault import keys
from thinkback.vault.keys import Binding, Unsealable
from thinkback.vault.models import SealedKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def binding(alice: User) -> Binding:
    return Binding(alice.pk, "openai", ("api.openai.com",), "connection:1")


def test_a_key_is_sealed_and_opened(binding: Binding) -> None:
    told = keys.seal(binding, "sk-canary-0123456789")
    assert (told.last_four, told.readable, told.last_used_at) == ("6789", True, None)
    assert keys.open_sealed(binding) == "sk-canary-0123456789"


def test_a_short_key_shows_nothing_of_itself(binding: Binding) -> None:
    assert keys.seal(binding, "secret").last_four == ""


def test_a_new_key_replaces_the_old_one(binding: Binding) -> None:
    keys.seal(binding, "sk-first-0123456789")
    keys.seal(binding, "sk-second-0123456789")
    assert keys.open_sealed(binding) == "sk-second-0123456789"
    assert SealedKey.objects.count() == 1


def test_a_forgotten_key_is_gone(binding: Binding) -> None:
    keys.seal(binding, "sk-canary-0123456789")
    keys.forget(binding.ref)
    assert keys.status(binding.ref) is None
    with pytest.raises(Unsealable):
        keys.open_sealed(binding)


def test_bob_cannot_open_what_alice_sealed(binding: Binding, bob: User) -> None:
    keys.seal(binding, "sk-canary-0123456789")
    with pytest.raises(Unsealable):
        keys.open_sealed(Binding(bob.pk, binding.kind, binding.hosts, binding.ref))


def test_a_lost_master_key_is_told(binding: Binding, settings: pytest.FixtureRequest) -> None:
    keys.seal(binding, "sk-canary-0123456789")
    settings.MASTER_KEYS = [("new", b"n" * 32)]  # type: ignore[attr-defined]
    told = keys.status(binding.ref)
    assert told is not None and not told.readable


def test_use_is_remembered_at_most_once_a_minute(binding: Binding) -> None:
    keys.seal(binding, "sk-canary-0123456789")
    keys.mark_used(binding.ref)
    first = keys.status(binding.ref)
    keys.mark_used(binding.ref)
    second = keys.status(binding.ref)
    assert first is not None and second is not None
    assert first.last_used_at is not None and first.last_used_at == second.last_used_at


def test_no_row_holds_the_key(binding: Binding) -> None:
    keys.seal(binding, "sk-canary-0123456789")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM vault_sealedkey")
        stored = [bytes(value) if isinstance(value, memoryview) else value for row in cursor for value in row]
    assert "canary" not in repr(stored)
