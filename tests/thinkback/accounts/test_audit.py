"""The trail, and who may read it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client, RequestFactory

from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts import audit
from thinkback.accounts.models import AuditEntry, User

URL = "/api/audit"


def test_everybody_reads_his_own(bob: User, charlie: User) -> None:
    audit.record("key_used", charlie.pk, "openai")
    audit.record("key_used", bob.pk, "anthropic")
    rows = signed_in(bob).get(URL).json()["results"]
    assert {row["user"] for row in rows} == {"bob"}
    assert rows[0]["subject"] == "bob" and rows[1]["subject"] == "anthropic"  # the sign-in is the newest


def test_owner_reads_everything(alice: User, bob: User) -> None:
    audit.record("key_used", bob.pk, "openai")
    rows = signed_in(alice).get(URL).json()["results"]
    assert {"alice", "bob"} == {row["user"] for row in rows}


def test_entry_tells_who_when_and_from_where(bob: User) -> None:
    operation = uuid4()
    audit.record("key_used", bob.pk, "openai", audit.Where("192.0.2.1", "https://app.example", operation))
    row = signed_in(bob).get(URL, {"limit": 2}).json()["results"][1]
    assert row["at"] and (row["action"], row["user"], row["subject"]) == ("key_used", "bob", "openai")
    assert (row["ip"], row["origin"]) == ("192.0.2.1", "https://app.example")
    assert row["operation_id"] == str(operation)


@pytest.mark.parametrize(
    ("address", "kept"), [("::1", "::1"), ("fe80::1%eth0", "fe80::1"), ("", None), ("socket", None)]
)
def test_address_of_a_request(address: str, kept: str | None) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address, headers={"Origin": "x" * 400})
    where = audit.Where.of(request)
    assert where.ip == kept and len(where.origin) == 255


def test_entries_outlive_their_user(bob: User) -> None:
    audit.record("key_used", bob.pk, "openai")
    bob.delete()
    assert AuditEntry.objects.get(action="key_used").user is None


def test_strangers_are_refused(db: None) -> None:
    assert Client().get(URL).status_code == 401


def test_nobody_writes_it(bob: User) -> None:
    assert signed_in(bob).post(URL).status_code == 405
