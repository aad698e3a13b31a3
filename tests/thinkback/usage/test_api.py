"""`/api/usage/…`: its contract, and who sees what."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient, Client

from tests.thinkback.usage.conftest import an_attempt
from thinkback.accounts.models import User
from thinkback.usage import csv_export
from thinkback.usage.presentation import FIELDS

SAME = {"sec-fetch-site": "same-origin"}
ADDRESSES = ("/api/usage/summary", "/api/usage/records", "/api/usage/records.csv")


def ask(client: Client, user: User | None, address: str, /, **given: str) -> Any:
    if user is not None:
        client.force_login(user)
    return client.get(address, given, headers=SAME)


async def download(user: User, **given: str) -> list[dict[str, str]]:
    client = AsyncClient()
    await client.aforce_login(user)
    response = await client.get("/api/usage/records.csv", given, headers=SAME)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    text = b"".join([chunk async for chunk in response.streaming_content]).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_learns_nothing(client: Client, alice: User, address: str) -> None:
    an_attempt(alice)
    response = ask(client, None, address)
    assert response.status_code == 401
    assert response.json()["error"]["type"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_sites_page_learns_nothing(client: Client, alice: User, address: str) -> None:
    client.force_login(alice)
    assert client.get(address, headers={"origin": "https://evil.example"}).status_code == 403


def test_bob_does_not_see_what_is_alices(client: Client, alice: User, bob: User) -> None:
    an_attempt(alice, cost_usd=Decimal(1))
    assert ask(client, bob, "/api/usage/records").json() == {"results": [], "next": None}
    assert ask(client, bob, "/api/usage/summary").json()["total"]["requests"] == 0
    for whose in ("all", "alice"):
        for address in ADDRESSES:
            response = ask(client, bob, address, user=whose)
            assert response.status_code == 403
            assert response.json()["error"]["field"] == "user"


def test_the_owner_may_ask_for_everybody(client: Client, alice: User, bob: User) -> None:
    an_attempt(bob, cost_usd=Decimal(2))
    assert ask(client, alice, "/api/usage/summary").json()["total"]["requests"] == 0
    found = ask(client, alice, "/api/usage/summary", user="all", group_by="user").json()
    assert [(line["label"], line["spend_usd"]) for line in found["results"]] == [("bob", "2")]
    assert len(ask(client, alice, "/api/usage/records", user="bob").json()["results"]) == 1
    assert ask(client, alice, "/api/usage/records", user="nobody").json()["error"]["field"] == "user"


def test_a_record_has_every_field_and_exact_money(client: Client, bob: User) -> None:
    an_attempt(bob, cost_usd=Decimal("1234567.123456789012"), raw_usage={"prompt_tokens": 3}, token_id=7)
    (record,) = ask(client, bob, "/api/usage/records").json()["results"]
    assert list(record) == FIELDS
    assert record["cost_usd"] == "1234567.123456789012"
    assert record["raw_usage"] == {"prompt_tokens": 3}
    assert (record["user"], record["token"]) == ("bob", 7)
    assert (record["saved_usd"], record["input_tokens"], record["finished_at"]) == (None, None, None)


def test_what_a_refused_call_was_about_may_be_unknown(client: Client, bob: User) -> None:
    an_attempt(bob, attempt=0, status="refused", provider="", slug="", operation="", model=None)
    (record,) = ask(client, bob, "/api/usage/records").json()["results"]
    assert (record["provider"], record["slug"], record["operation"]) == (None, None, None)
    (group,) = ask(client, bob, "/api/usage/summary", group_by="provider").json()["results"]
    assert (group["key"], group["label"], group["attempts"]) == (None, None, 1)


def test_records_come_in_pages_newest_first(client: Client, bob: User) -> None:
    now = datetime.now(UTC)
    for age in range(5):
        an_attempt(bob, started_at=now - timedelta(minutes=age), model=f"m{age}")
    first = ask(client, bob, "/api/usage/records", limit="3").json()
    an_attempt(bob, started_at=now + timedelta(seconds=1), model="new")
    second = ask(client, bob, "/api/usage/records", limit="3", cursor=first["next"]).json()
    assert [record["model"] for record in first["results"] + second["results"]] == ["m0", "m1", "m2", "m3", "m4"]
    assert second["next"] is None


def test_the_summary_tells_the_range_that_it_covers(client: Client, bob: User) -> None:
    asked = {"from": "2026-11-01", "to": "2026-11-03", "tz": "Asia/Kolkata", "group_by": "day"}
    found = ask(client, bob, "/api/usage/summary", **asked).json()
    assert found["from"] == "2026-11-01T00:00:00+05:30"
    assert found["to"] == "2026-11-03T00:00:00+05:30"
    assert [line["key"] for line in found["results"]] == ["2026-11-01", "2026-11-02"]
    assert found["total"] == {
        "spend_usd": "0",
        "saved_usd": None,
        "unpriced": 0,
        "requests": 0,
        "attempts": 0,
        "errors": 0,
        "success_rate": None,
        "input_tokens": 0,
        "cache_read_tokens": 0,
        "cache_write_tokens": 0,
        "output_tokens": 0,
        "reasoning_tokens": 0,
        "latency_ms": {"p50": None, "p95": None},
        "ttft_ms": {"p50": None, "p95": None},
    }


@pytest.mark.parametrize("group_by", ["day", "hour", "provider", "model", "user", "token", "origin", "status"])
def test_every_grouping(client: Client, bob: User, group_by: str) -> None:
    an_attempt(bob, cost_usd=Decimal("0.5"), token_id=3, origin="https://app.example")
    an_attempt(bob, cost_usd=Decimal("0.25"))
    found = ask(client, bob, "/api/usage/summary", group_by=group_by, range="today").json()
    assert sum(Decimal(line["spend_usd"]) for line in found["results"]) == Decimal("0.75")


@pytest.mark.parametrize(("name", "value"), [("model", "a"), ("status", "error"), ("source", "chat"), ("token", "7")])
def test_filters(client: Client, bob: User, name: str, value: str) -> None:
    an_attempt(bob, model="a", status="error", source="chat", token_id=7, slug="wanted")
    an_attempt(bob, model="b", slug="other")
    found = ask(client, bob, "/api/usage/records", **{name: value}).json()["results"]
    assert [record["slug"] for record in found] == ["wanted"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from": "nonsense"}, "from"),
        ({"tz": "Nowhere/Land"}, "tz"),
        ({"group_by": "colour"}, "group_by"),
        ({"from": "2020-01-01", "group_by": "hour"}, "from"),
        ({"status": "excellent"}, "status"),
        ({"token": "x"}, "token"),
        ({"model": "a\0"}, "model"),
    ],
)
def test_a_wrong_question_names_its_field(client: Client, bob: User, given: dict[str, str], field: str) -> None:
    response = ask(client, bob, "/api/usage/summary", **given)
    assert response.status_code == 400
    assert response.json()["error"]["field"] == field


@pytest.mark.django_db(transaction=True)
async def test_the_export_has_every_row_once(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_export, "PAGE", 3)
    moment = datetime.now(UTC) - timedelta(minutes=1)
    ids = {str((await _make(bob, started_at=moment)).pk) for _ in range(8)}  # all of one moment
    rows = await download(bob)
    assert [row["id"] for row in rows] == sorted(ids, reverse=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
async def test_no_spreadsheet_runs_a_name(bob: User, evil: str) -> None:
    await _make(bob, model=evil, cost_usd=Decimal("0.000000000001"))
    (row,) = await download(bob)
    assert row["model"] == f"'{evil}"
    assert row["cost_usd"] == "0.000000000001"
    assert row["input_tokens"] == ""


async def _make(user: User, **values: Any) -> Any:
    return await sync_to_async(an_attempt)(user, **values)
