"""Costs against known invoices; whatever cannot be known is unknown, never 0."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from proxy.record import Record
from thinkback.usage import price_child, price_desk, prices
from thinkback.usage.price_desk import Desk
from thinkback.usage.price_question import Counts, Question
from thinkback.usage.prices import Priced, price

MANY = {"input_tokens": 1_000_000, "output_tokens": 100_000}
ROOT = Path(__file__).parents[3]
# of the past, because tables gain new prices for the future
THEN = datetime(2026, 6, 1, 12, tzinfo=UTC)


def a_call(model: str | None, price_id: str | None, **values: Any) -> Record:
    usual = {"input_tokens": 1000, "output_tokens": 100}
    record = Record(uuid4(), 1, THEN, 1, "proxy", "some", "some", "chat", "v1/chat", "POST")
    for name, value in ({"model": model, "price_id": price_id} | usual | values).items():
        setattr(record, name, value)
    return record


@pytest.mark.parametrize(
    ("model", "price_id", "tokens", "dollars"),
    [
        # an invoice figure: 3 fresh, 12 304 written to the cache, 550 out
        (
            "claude-3-7-sonnet-20250219",
            "anthropic",
            {"input_tokens": 12307, "cache_write_tokens": 12304, "output_tokens": 550},
            "0.054399",
        ),
        # the same, written for an hour: twice the price of input instead of 1.25 times
        (
            "claude-sonnet-4-5",
            "anthropic",
            {
                "input_tokens": 12307,
                "cache_write_tokens": 12304,
                "cache_write_1h_tokens": 12304,
                "output_tokens": 550,
            },
            "0.082083",
        ),
        # cached tokens are inside the input: 200 fresh at 2.50, 2 000 read at 1.25 a million
        (
            "gpt-4o",
            "openai",
            {"input_tokens": 2200, "cache_read_tokens": 2000, "output_tokens": 0},
            "0.003",
        ),
        ("gemini-2.5-pro", "google", {"input_tokens": 200_000, "output_tokens": 1000}, "0.260"),
        # above 200 000 the higher price holds for the whole call
        ("gemini-2.5-pro", "google", {"input_tokens": 200_001, "output_tokens": 1000}, "0.5150025"),
        # embeddings have no output, and no price for it
        ("text-embedding-3-small", "openai", {"input_tokens": 1_000_000, "output_tokens": None}, "0.02"),
        ("gpt-4o", "openai", {"input_tokens": 0, "output_tokens": 0}, "0"),
        # what Cohere bills: the cache is told of, and has no price of its own
        (
            "command-a-03-2025",
            "cohere",
            {"input_tokens": 1000, "cache_read_tokens": 400, "output_tokens": 100},
            "0.0035",
        ),
    ],
)
def test_known_prices(model: str, price_id: str, tokens: dict[str, int | None], dollars: str) -> None:
    assert price(a_call(model, price_id, **tokens)).cost_usd == Decimal(dollars)


@pytest.mark.parametrize(
    "record",
    [
        a_call("my-finetune-of-llama", "openai"),
        a_call("gpt-4o", "nobody"),
        a_call("gpt-4o", None),
        a_call(None, "openai"),
        a_call("", "openai"),
        a_call("gpt-4o", "openai", input_tokens=None, output_tokens=None),
        a_call("gpt-4o", "openai", output_tokens=None),
        a_call("gpt-4o", "openai", input_tokens=None),
        a_call("gpt-4o", "openai", cache_read_tokens=5000),  # more cached than there was input
        a_call("gpt-4o", "openai", input_tokens=-5),
        a_call("gpt-4o", "openai", service_tier="scale"),  # prices of a contract
        a_call("claude-sonnet-4-5", "anthropic", service_tier="priority"),
        a_call("gemini-2.5-pro", "google", service_tier="something-new"),
        a_call("claude-sonnet-4-5", "anthropic", raw_usage={"speed": "fast"}),
        a_call("x" * 100_000, "openai"),
        a_call("gpt-4o", "openai", method="GET", operation="responses"),  # a stored answer, fetched again
        a_call("gpt-4o", "openai", operation="count"),
        a_call("(" * 50, "anthropic"),
    ],
    ids=lambda record: f"{record.model!s:.20}-{record.price_id}-{record.service_tier}",
)
def test_what_cannot_be_known_is_unknown(record: Record) -> None:
    assert price(record) == Priced(None, None, None)


def test_the_provider_is_believed_first() -> None:
    assert price(a_call("gpt-4o", "openai", cost_usd=Decimal("0.0123"))) == Priced(Decimal("0.0123"), "provider")
    assert price(a_call("gpt-4o", "openai", cost_usd=Decimal(0))) == Priced(Decimal(0), "provider")


@pytest.mark.parametrize("nonsense", ["1e9", "-1", "NaN", "Infinity"])
def test_nonsense_from_a_provider_is_not_believed(nonsense: str) -> None:
    priced = price(a_call("gpt-4o", "openai", cost_usd=Decimal(nonsense)))
    assert (priced.cost_usd, priced.source) == (Decimal("0.0035"), "table")
    assert price(a_call("mine", None, cost_usd=Decimal(nonsense))) == Priced()


def test_practice_costs_nothing() -> None:
    assert price(a_call("parrot", "local")) == Priced(Decimal(0), "local")


def test_the_model_that_answered_counts_and_else_the_one_asked_for() -> None:
    dear = price(a_call("gpt-4o-mini", "openai", response_model="gpt-4o")).cost_usd
    assert dear == price(a_call("gpt-4o", "openai")).cost_usd
    same = price(a_call("gpt-4o", "openai", response_model="deployment-7")).cost_usd
    assert same == price(a_call("gpt-4o", "openai")).cost_usd


@pytest.mark.parametrize(
    ("model", "price_id", "values", "factor"),
    [
        ("gpt-5.1", "openai", {"service_tier": "default"}, "1"),
        ("gpt-5.1", "openai", {"service_tier": "flex"}, "0.5"),
        ("gpt-5.1", "openai", {"service_tier": "priority"}, "2"),
        ("gpt-4o", "openai", {"service_tier": "batch"}, "0.5"),
        ("claude-sonnet-4-5", "anthropic", {"service_tier": "standard"}, "1"),
        ("claude-sonnet-4-5", "anthropic", {"service_tier": "batch"}, "0.5"),
        ("claude-opus-4-6", "anthropic", {"raw_usage": {"inference_geo": "us"}}, "1.1"),
        ("claude-opus-4-6", "anthropic", {"raw_usage": {"inference_geo": "global"}}, "1"),
    ],
)
def test_the_tier_that_answered_changes_the_price(
    model: str, price_id: str, values: dict[str, Any], factor: str
) -> None:
    now = datetime(2026, 11, 15, tzinfo=UTC)
    plain = price(a_call(model, price_id, started_at=now)).cost_usd
    special = price(a_call(model, price_id, started_at=now, **values)).cost_usd
    assert plain is not None
    assert special == plain * Decimal(factor)


def test_a_tier_whose_price_of_then_is_not_known_is_unknown() -> None:
    assert price(a_call("gpt-5.1", "openai", service_tier="priority")).cost_usd is None


@pytest.mark.parametrize(
    ("model", "price_id", "raw", "dollars"),
    [
        ("gpt-4o", "openai", {"prompt_tokens_details": {"audio_tokens": 0}}, "0.0035"),
        ("gpt-4o", "openai", {"prompt_tokens_details": {"audio_tokens": 800}}, None),  # the table has no price for it
        ("gpt-4o", "openai", {"prompt_tokens_details": "nonsense", "completion_tokens_details": None}, "0.0035"),
        ("gemini-2.5-flash", "google", {"promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 1000}]}, "0.00125"),
        ("gemini-2.5-flash", "google", {"promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1000}]}, "0.00055"),
        ("gemini-2.5-flash", "google", {"promptTokensDetails": [7, {"modality": None}]}, "0.00055"),
        ("claude-sonnet-4-5", "anthropic", {"server_tool_use": {"web_search_requests": 2}}, "0.0245"),
    ],
)
def test_sounds_and_searches_have_prices_of_their_own(
    model: str, price_id: str, raw: dict[str, Any], dollars: str | None
) -> None:
    expected = None if dollars is None else Decimal(dollars)
    assert price(a_call(model, price_id, raw_usage=raw)).cost_usd == expected


def test_prices_have_a_history() -> None:
    old = a_call("o3", "openai", started_at=datetime(2025, 6, 1, tzinfo=UTC))
    new = a_call("o3", "openai", started_at=datetime(2025, 7, 1, tzinfo=UTC))
    assert (price(old).cost_usd, price(new).cost_usd) == (Decimal("0.014"), Decimal("0.0028"))
    assert (price(old).version or "").endswith(" 2025-06-01")


def test_a_price_already_there_is_kept() -> None:
    record = a_call("gpt-4o", "openai", cost_usd=Decimal(0), cost_source="cache", saved_usd=Decimal("0.0035"))
    assert prices.put_at_once(record)
    assert (record.cost_usd, record.cost_source) == (Decimal(0), "cache")


def test_a_second_call_of_a_model_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    first = price(a_call("gpt-4o", "openai"))
    monkeypatch.setattr(prices, "DESK", None)
    assert price(a_call("gpt-4o", "openai")) == first
    record = a_call("gpt-4o", "openai", input_tokens=2000)
    assert prices.put_at_once(record)
    assert record.cost_usd == Decimal("0.006")
    another_day = a_call("gpt-4o", "openai", started_at=THEN + timedelta(days=1))
    assert not prices.put_at_once(another_day)


def test_prices_of_the_night_are_told_apart_without_asking_each_time() -> None:
    day = datetime(2025, 3, 1, tzinfo=UTC)
    moments = [day + timedelta(minutes=minutes) for minutes in range(0, 1440, 15)]
    desk = Desk()
    exact = [
        desk.ask(Question("deepseek", ("deepseek-chat",), moment, Counts(1_000_000, 100_000))) for moment in moments
    ]
    desk.close()
    costs = [price(a_call("deepseek-chat", "deepseek", started_at=moment, **MANY)).cost_usd for moment in moments]
    assert costs == [answer and answer.cost for answer in exact]
    assert len(set(costs)) == 2
    assert prices.put_at_once(a_call("deepseek-chat", "deepseek", started_at=moments[-1] + timedelta(minutes=5)))


def test_a_table_that_ended_is_started_again() -> None:
    desk = Desk()
    question = Question("openai", ("gpt-4o",), THEN, Counts(1000, 100))
    assert desk.ask(question) == desk.ask(question)
    assert desk._child is not None
    desk._child.kill()
    answer = desk.ask(question)
    assert answer is not None and answer.cost == Decimal("0.0035")
    desk.close()


def test_the_table_is_loaded_while_a_call_goes_on_and_leaves_when_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    monkeypatch.setattr(prices, "DESK", desk)
    monkeypatch.setattr(prices, "_EXPECTED", set())
    one, other = (a_call(f"unheard-of-{number}", "openai") for number in range(2))
    for record in (one, other):
        prices.expect(record)
    prices._THREAD.submit(lambda: None).result()
    child = desk._child
    assert child is not None
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(price_child.IDLE + 1)
    asyncio.run(prices.put(one))
    assert desk._child is child and child.poll() is None
    asyncio.run(prices.put(other))
    assert child.wait(30) == 0
    prices.expect(one)  # the table has answered to this model
    assert not prices._EXPECTED
    desk.close()


@pytest.mark.parametrize(
    "values", [{"price_id": None}, {"price_id": "local"}, {"operation": "models"}, {"method": "GET"}]
)
def test_nothing_is_loaded_for_what_costs_nothing(monkeypatch: pytest.MonkeyPatch, values: dict[str, Any]) -> None:
    monkeypatch.setattr(prices, "DESK", None)
    record = a_call("unheard-of", **{"price_id": "openai", **values})
    prices.expect(record)
    assert record.id not in prices._EXPECTED


def test_calls_that_all_fail_do_not_load_it_again_and_again() -> None:
    desk = Desk()
    desk.stay(True)
    first = desk._child
    desk.close()
    desk.stay(True)
    assert first is not None and desk._child is None
    desk.close()


@pytest.mark.parametrize("command", [("/nonexistent",), ("/bin/true",), ("/bin/echo", "nonsense"), ("/bin/sleep", "9")])
async def test_a_table_that_cannot_be_asked_makes_the_price_unknown(
    monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(prices, "DESK", Desk(command))
    monkeypatch.setattr(price_desk, "PATIENCE", 0.2)
    record = a_call("gpt-4o", "openai", started_at=THEN + timedelta(days=2))
    await prices.put(record)
    assert (record.cost_usd, record.cost_source, record.price_version) == (None, None, None)
    prices.DESK.close()


def test_the_server_never_loads_the_table() -> None:
    code = "import sys, django; django.setup(); import thinkback.asgi; sys.exit('genai_prices' in sys.modules)"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False).returncode == 0
