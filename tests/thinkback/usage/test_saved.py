"""What the cache saved: in the summary and on the page, where there is any."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from tests.thinkback.usage.conftest import a_record, an_attempt
from thinkback.accounts.models import User
from thinkback.usage import prices
from thinkback.usage.money import to_pico

SAVED = {"cost_pico": 0, "cost_source": "cache"}


def total(client: Client) -> dict[str, object]:
    found = client.get("/api/usage/summary?group_by=model", headers={"sec-fetch-site": "same-origin"}).json()
    assert found["results"][0]["saved_usd"] == found["total"]["saved_usd"]
    return dict(found["total"])


def test_the_summary_adds_it_up(client: Client, bob: User) -> None:
    client.force_login(bob)
    an_attempt(bob, cost_pico=to_pico(Decimal("0.5")), cost_source="table")
    assert total(client)["saved_usd"] is None
    an_attempt(bob, saved_pico=to_pico(Decimal("0.5")), **SAVED)
    an_attempt(bob, saved_pico=to_pico(Decimal("0.25")), **SAVED)
    an_attempt(bob, saved_pico=None, **SAVED)
    found = total(client)
    assert (found["saved_usd"], found["spend_usd"], found["unpriced"]) == ("0.75", "0.5", 0)


def test_the_page_tells_it_where_there_is_any(client: Client, bob: User) -> None:
    client.force_login(bob)
    an_attempt(bob, cost_pico=to_pico(Decimal("0.5")), cost_source="table")
    assert "Saved by the cache" not in client.get("/usage").content.decode()
    an_attempt(bob, saved_pico=to_pico(Decimal("1.5")), **SAVED)
    assert "Saved by the cache: $1.50" in client.get("/usage").content.decode()


@pytest.mark.django_db
async def test_a_hit_keeps_its_price() -> None:
    record = a_record(User(pk=1), input_tokens=100, output_tokens=100, cost_usd=Decimal(0), cost_source="cache")
    record.saved_usd = Decimal("0.5")
    await prices.put(record)
    assert (record.cost_usd, record.cost_source, record.saved_usd) == (Decimal(0), "cache", Decimal("0.5"))
