"""List prices of models: told by the API and on the provider's page, unknown where the table has none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from providers import Model
from thinkback.accounts.models import User
from thinkback.connections import changes, list_prices, outcomes
from thinkback.connections.models import Connection
from thinkback.usage.price_question import Rates
from thinkback.usage.quotes import Item

KEY = "sk-canary-0123456789abcdef"
URL, PAGE = "/api/providers/openai", "/settings/providers/openai"
TABLE = {
    Item("openai", "known"): Rates(-1, *map(Decimal, ("0", "0.00000025", "0.000000025", "0", "0", "0.000002"))),
    Item("openai", "given"): Rates(-1, *([Decimal(0)] * 6)),
}
TOLD = {"input": "0.00000025", "cached": "0.000000025", "output": "0.000002"}


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    """A price table with two models of OpenAI's."""

    async def rates(items: list[Item]) -> list[Rates | None]:
        return [TABLE.get(item) for item in items]

    monkeypatch.setattr(list_prices, "rates", rates)


@pytest.fixture
def row(alice: User) -> Connection:
    """Alice's OpenAI, which lists three models."""
    row = changes.create(alice.pk, {"kind": "openai", "name": "OpenAI", "api_key": KEY})
    outcomes.fetched(row.pk, [Model("known"), Model("given"), Model("strange")])
    return row


def test_the_api_tells_them(row: Connection, browser: Client) -> None:
    prices = {one["id"]: one["price"] for one in browser.get(f"{URL}/models").json()["results"]}
    assert prices == {"known": TOLD, "given": {"input": "0", "cached": "0", "output": "0"}, "strange": None}
    assert browser.get(f"{URL}/models/known").json()["price"] == TOLD
    said: Any = browser.patch(f"{URL}/models/known", {"context": 5}, content_type="application/json").json()
    assert (said["price"], said["context"]) == (TOLD, 5)
    assert browser.get(f"{URL}/models/strange").json()["price"] is None


def test_the_page_tells_them_for_a_million_tokens(row: Connection, browser: Client) -> None:
    page = browser.get(PAGE).text
    assert page.count("$0.25 in · $2.00 out") == 1 and page.count(">Free<") == 1
    assert page.count("model-price") == 2, "what is unknown is no price of 0"
