"""For how long answers of a configuration are kept: what may be set, and when they are dropped."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from proxy.caching import ANSWERS
from proxy.caching.store import Entry
from proxy.call import new_id
from proxy.record import Record
from tests.thinkback.accounts.browser import send, signed_in
from thinkback import host  # noqa: F401  listens to what is to be forgotten
from thinkback.accounts.models import User
from thinkback.connections import changes
from thinkback.connections.models import Connection
from thinkback.connections.targets import connection_of

URL = "/api/providers"


def patch(client: Client, url: str, data: Any) -> Any:
    return client.patch(url, json.dumps(data), content_type="application/json")


def seconds_of(options: dict[str, Any], kind: str = "openai") -> float:
    """What the proxy is told of a row with these options."""
    told = connection_of(Connection(pk=1, user_id=1, kind=kind, slug="x", options=options), has_key=True)
    assert told is not None
    return told.cache_seconds


def keep(user: User) -> None:
    """Let an answer to this user be kept."""
    record = Record(new_id(), 1, datetime.now(UTC), user.pk, "proxy", "openai", "openai", "chat", "v1", "POST")
    now = ANSWERS.clock()
    ANSWERS.put((user.pk, b"x"), Entry(b"{}", (), record, now, now + 60), ANSWERS.forgotten)


@pytest.mark.parametrize(("given", "kept"), [("300", 300.0), (300, 300.0), ("", 0.0), (None, 0.0), (0, 0.0)])
def test_it_is_kept_and_the_proxy_is_told(alice: User, given: Any, kept: float) -> None:
    client = signed_in(alice)
    assert send(client, URL, {"kind": "openai", "name": "A"}).status_code == 201
    row = Connection.objects.get(user=alice, kind="openai")
    assert seconds_of(row.options) == 0.0
    assert patch(client, f"{URL}/{row.slug}", {"cache_seconds": given}).status_code == 200
    row.refresh_from_db()
    assert seconds_of(row.options) == kept


@pytest.mark.parametrize("value", ["-1", "1.5", "soon", 30 * 24 * 3600 + 1, "9" * 30, True])
def test_nonsense_is_refused_by_field(alice: User, value: Any) -> None:
    answer = send(signed_in(alice), URL, {"kind": "openai", "name": "A", "cache_seconds": value})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "cache_seconds")


def test_what_answers_by_itself_has_none(alice: User) -> None:
    assert seconds_of({"cache_seconds": "60"}, "practice") == 0.0
    kinds = signed_in(alice).get("/api/providers/kinds").json()["results"]
    having = {kind["kind"] for kind in kinds if "cache_seconds" in [field["name"] for field in kind["fields"]]}
    assert "openai" in having and "practice" not in having


def test_a_change_drops_his_answers_and_no_others(alice: User, bob: User) -> None:
    row = changes.create(alice.pk, {"kind": "openai", "api_key": "sk-1234567890abcdef"})
    for change in (
        lambda: changes.update(row, {"api_key": "sk-another-1234567890"}),
        lambda: changes.update(row, {"name": "B"}),
        lambda: changes.forget_key(row),
        lambda: changes.delete(row),
    ):
        keep(alice)
        keep(bob)
        change()
        assert list(ANSWERS.users) == [bob.pk]
        ANSWERS.forget()


def test_who_goes_takes_his_answers_along(alice: User, bob: User) -> None:
    keep(alice)
    keep(bob)
    bob.delete()
    assert list(ANSWERS.users) == [alice.pk]


def test_who_is_shut_out_loses_them(alice: User, bob: User) -> None:
    keep(bob)
    bob.is_active = False
    bob.save()
    assert not ANSWERS.users
