"""What is left of the money: where each service is asked, and what its answer means."""

from __future__ import annotations

from decimal import Decimal

import pytest

import providers
from providers import InvalidRequest, Remaining, Target, balance_of
from tests.providers.recorded import load


@pytest.mark.parametrize(
    ("kind", "name", "url", "expected"),
    [
        ("kilocode", "balance", "api.kilo.ai/api/profile/balance", Remaining(Decimal("12.5"), "USD", "balance")),
        ("vercel", "credits", "ai-gateway.vercel.sh/v1/credits", Remaining(Decimal("95.50"), "USD", "balance")),
        ("openrouter", "key", "openrouter.ai/api/v1/key", Remaining(Decimal("18.5"), "USD", "limit remaining")),
        ("openrouter", "key_unlimited", "openrouter.ai/api/v1/key", None),
        ("deepseek", "balance", "api.deepseek.com/user/balance", Remaining(Decimal("7.25"), "USD", "total balance")),
        (
            "moonshot", "balance", "api.moonshot.ai/v1/users/me/balance",
            Remaining(Decimal("49.58894"), "", "available balance"),
        ),
    ],
)  # fmt: skip
def test_each_service_is_asked_in_its_way(kind: str, name: str, url: str, expected: Remaining | None) -> None:
    adapter = providers.get(kind)
    question = balance_of(adapter)
    assert question is not None
    exchange = question.exchange()
    assert (exchange.method, exchange.body) == ("GET", b"")
    assert str(adapter.url(Target(kind, adapter.base_url), exchange.path)) == f"https://{url}"
    assert question.read(load(f"{kind}/{name}.json")) == expected


def test_who_does_not_tell_is_not_asked() -> None:
    assert balance_of(providers.get("groq")) is None
    assert balance_of(providers.get("practice")) is None


@pytest.mark.parametrize("kind", ["kilocode", "openrouter", "deepseek", "moonshot"])
@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b"\xff"])
def test_nonsense_is_an_error(kind: str, body: bytes) -> None:
    question = balance_of(providers.get(kind))
    assert question is not None
    with pytest.raises(InvalidRequest):
        question.read(body)


@pytest.mark.parametrize("said", ["true", "null", '"x"', '"NaN"', "{}", "[1]", "1e300", '"1e99"'])
def test_what_is_no_amount_is_unknown_and_never_zero(said: str) -> None:
    question = balance_of(providers.get("kilocode"))
    assert question is not None
    assert question.read(b'{"balance": %s, "more": 1}' % said.encode()) is None


def test_another_currency_keeps_its_name() -> None:
    question = balance_of(providers.get("deepseek"))
    assert question is not None
    body = b'{"balance_infos": [3, {"currency": "CNY", "total_balance": "110.00"}]}'
    assert question.read(body) == Remaining(Decimal("110.00"), "CNY", "total balance")
