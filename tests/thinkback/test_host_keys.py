"""The key for one attempt: opened anew each time, and only for where it was sealed for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asgiref.sync import sync_to_async

from providers import AuthFailed
from proxy.call import Call, Caller, Connection
from thinkback import host
from thinkback.accounts import revocation
from thinkback.accounts.models import User
from thinkback.connections.models import Connection as Row
from thinkback.connections.targets import binding_of, connection_of
from thinkback.vault import keys

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "sk-canary-0123456789"


@pytest.fixture
def connection(alice: User) -> Connection:
    """One of Alice's, with a key."""
    row = Row.objects.create(user=alice, slug="mine", name="Mine", kind="openai", base_url="https://api.example")
    keys.seal(binding_of(row), KEY)
    found = connection_of(row, has_key=True)
    assert found is not None
    return found


async def find(connection: Connection) -> str | None:
    caller = Caller(connection.user_id, "session")
    return await host.Site().find_key(connection, Call(caller, connection.slug, "proxy", "POST", "v1/x"))


async def test_it_opens_as_often_as_it_is_asked_for(connection: Connection) -> None:
    assert [await find(connection) for _ in range(3)] == [KEY] * 3
    assert KEY not in repr(host.SEALED.get(connection.id))


async def test_it_does_not_open_for_another_host(connection: Connection) -> None:
    assert await find(connection) == KEY
    elsewhere = replace(connection, target=replace(connection.target, base_url="https://evil.example"))
    with pytest.raises(AuthFailed):
        await find(elsewhere)
    assert await find(connection) == KEY


async def test_a_forgotten_key_is_read_again(connection: Connection, alice: User) -> None:
    assert await find(connection) == KEY
    await sync_to_async(keys.forget)(f"connection:{connection.id}")
    assert await find(connection) == KEY  # for some seconds
    await sync_to_async(revocation.announce)(f"connection:{alice.pk}")
    assert await find(connection) is None
