"""`create_token USERNAME --name NAME`."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from thinkback.accounts import identity
from thinkback.accounts.models import SCOPES, User


def test_prints_the_token_alone(bob: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_token", "Bob", name="laptop")
    said = capsys.readouterr()
    token = identity.read_token(said.out.removesuffix("\n"))
    assert token is not None and (token.user, token.name, token.scopes) == (bob, "laptop", list(SCOPES))
    assert said.err == ""


@pytest.mark.parametrize(("username", "name"), [("nobody", "laptop"), ("bob", " ")])
def test_nonsense_is_refused(bob: User, username: str, name: str) -> None:
    with pytest.raises(CommandError):
        call_command("create_token", username, name=name)


def test_switched_off_accounts_get_none(bob: User) -> None:
    bob.is_active = False
    bob.save()
    with pytest.raises(CommandError):
        call_command("create_token", "bob", name="laptop")
