"""A token that another token made lives no longer than its maker."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from thinkback.accounts import audit, identity, tokens
from thinkback.accounts.models import ApiToken, AuditEntry, User

URL = "/api/tokens"


def make(text: str, name: str, *scopes: str) -> Any:
    """Ask for a token, by a token."""
    headers = {"Authorization": f"Bearer {text}"}
    return Client().post(URL, {"name": name, "scopes": scopes or ["tokens"]}, "application/json", headers=headers)


def alive(text: str) -> bool:
    return identity.read_token(text) is not None


def test_revoking_one_ends_all_that_came_of_it(bob: User) -> None:
    first, text = tokens.make(bob, tokens.Wish("first", scopes=("proxy", "tokens")))
    _, other = tokens.make(bob, tokens.Wish("other"))
    child = make(text, "child").json()["token"]
    grandchild = make(child, "grandchild").json()["token"]
    assert alive(child) and alive(grandchild)
    tokens.revoke(first)
    assert not any(map(alive, (text, child, grandchild))) and alive(other)
    assert make(child, "more").status_code == 401
    ended = AuditEntry.objects.filter(action="token_revoked").values_list("subject", flat=True)
    assert sorted(subject.split()[0] for subject in ended) == ["child", "first", "grandchild"]


def test_revoking_the_child_leaves_its_maker(bob: User) -> None:
    _, text = tokens.make(bob, tokens.Wish("first", scopes=("tokens",)))
    child = make(text, "child").json()
    tokens.revoke(ApiToken.objects.get(pk=child["id"]))
    assert alive(text) and not alive(child["token"])


def test_only_a_token_for_tokens_makes_any(bob: User) -> None:
    _, text = tokens.make(bob, tokens.Wish("plain"))
    assert make(text, "child", "proxy").status_code == 403


def test_none_is_made_by_one_that_is_being_revoked(bob: User) -> None:
    maker, _ = tokens.make(bob, tokens.Wish("first", scopes=("tokens",)))
    tokens.revoke(ApiToken.objects.get(pk=maker.pk))
    with pytest.raises(ValidationError):
        tokens.make(bob, tokens.Wish("late"), audit.Where(), maker)
    assert ApiToken.objects.count() == 1
