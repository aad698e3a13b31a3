"""The automatic choice as a person meets it: by price, by what is needed, by how a service does just now."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import providers
from providers import Document, Image, Message, Model, Prompt, Text, Tool
from proxy.breaker import BREAKERS
from tests.proxy.host import FakeHost
from tests.thinkback.routing.conftest import Site
from thinkback.configuration import aliases
from thinkback.connections.catalogue import Entry
from thinkback.routing import routes, weighing
from thinkback.routing.aliases import Alias, Target
from thinkback.routing.choosing import Option, automatic, plain
from thinkback.routing.needs import lacking, needs_of
from thinkback.routing.scoring import Facts
from thinkback.usage import quotes
from thinkback.usage.price_question import Counts
from thinkback.usage.quotes import Item

SMALL, LARGE = "plan:chunks=2", "plan:chunks=3"
PRICES = {SMALL: Decimal("0.4"), LARGE: Decimal(15)}  # a million tokens
PICTURE = Message("user", (Text("What is this?"), Image(b"png")))


@pytest.fixture(autouse=True)
def prices(monkeypatch: pytest.MonkeyPatch) -> None:
    async def told(items: Sequence[Item], counts: Counts) -> list[Decimal | None]:
        tokens = (counts.input or 0) + (counts.output or 0)
        return [PRICES[item.model] * tokens / 1_000_000 if item.model in PRICES else None for item in items]

    monkeypatch.setattr(weighing, "quotes", told)


@pytest.fixture
def auto(site: Site) -> Site:
    """A small model at OpenAI that sees nothing, a large one at Anthropic that sees."""
    site.models["openai"] = (Entry(SMALL, images=False, context=8000),)
    site.models["anthropic"] = (Entry(LARGE, images=True, context=200_000),)
    aliases.read({"auto": {"choose": "auto"}})()
    return site


async def test_a_simple_question_goes_to_the_cheapest_a_hard_one_to_the_ablest(auto: Site) -> None:
    await auto.say("auto")
    hard = "Design an algorithm, prove it, and compare it step by step.\n```\nfor (;;) {}\n```"
    await auto.say("auto", Message("user", hard))
    assert auto.booked() == [
        ("openai", SMALL, "ok", "alias auto: the cheapest of 2 for a simple question"),
        ("anthropic", LARGE, "ok", "alias auto: the ablest of 2 for a hard question"),
    ]


async def test_a_model_that_draws_is_never_chosen(auto: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRICES, "gpt-image-2", Decimal("0.01"))
    auto.models["openai"] = (Entry("gpt-image-2", draws=True),)
    await auto.say("auto:cost")
    assert [row[:2] for row in auto.booked()] == [("anthropic", LARGE)]


async def test_the_caller_may_name_the_strategy(auto: Site) -> None:
    for prefer in ("cost", "quality"):
        await auto.say(f"auto:{prefer}")
    assert [(row[0], row[3]) for row in auto.booked()] == [
        ("openai", "alias auto: the cheapest of 2"),
        ("anthropic", "alias auto: the ablest of 2"),
    ]
    assert aliases.ALIASES.find("auto:luck") is None


async def test_what_lacks_something_is_out_of_the_question(auto: Site) -> None:
    await auto.say("auto", PICTURE)
    assert auto.booked() == [("anthropic", LARGE, "ok", "alias auto: the only one with images")]
    await auto.say("auto", Message("user", "word " * 9000))
    assert auto.booked()[-1][0] == "anthropic"


async def test_a_service_that_is_left_alone_comes_last_and_the_number_in_the_file_counts(auto: Site) -> None:
    openai = auto.connections["openai"]
    breaker = BREAKERS.known.get((auto.alice.user_id, openai.id, openai.target.base_url, b""))
    breaker.open_until = BREAKERS.clock() + 10
    await auto.say("auto:cost")
    assert auto.booked()[0][0] == "anthropic"
    BREAKERS.forget()
    items = [{"model": f"openai/{SMALL}", "quality": 9}, {"model": f"anthropic/{LARGE}", "quality": 2}]
    aliases.read({"auto": {"choose": "auto", "prefer": "quality", "targets": items}})()
    await auto.say("auto")
    assert auto.booked()[1][0] == "openai"


KINDS = [providers.get(kind) for kind in ("openai", "anthropic", "google", "cohere", "ollama")]
some = st.sampled_from([None, True, False])
models = st.builds(
    Model, st.just("m"), context=st.none() | st.integers(1, 5000), tools=some, images=some, reasoning=some
)
prompts = st.builds(
    Prompt,
    st.just(""),
    st.tuples(st.sampled_from([Message("user", "Hi"), PICTURE, Message("user", "word " * 2000),
                               Message("user", (Document(b"pdf"),))])),
    tools=st.sampled_from([(), (Tool("now"),)]),
    reasoning_effort=st.sampled_from([None, "none", "high"]),
    max_tokens=st.sampled_from([None, 100, 4000]),
)  # fmt: skip
offers = st.lists(st.tuples(st.sampled_from(KINDS), models, st.floats(0.1, 9)), min_size=1, max_size=6)


@given(offers, prompts, st.sampled_from(["order", "weights", "auto"]), st.text(max_size=5))
def test_whatever_is_chosen_has_what_is_needed(
    offered: list[tuple[Any, Model, float]], prompt: Prompt, choose: Any, key: str
) -> None:
    host = FakeHost()
    options = []
    for number, (adapter, model, weight) in enumerate(offered):
        connection = replace(host.connections["openai"], slug=f"s{number}", adapter=adapter)
        options.append(Option(Target(f"s{number}", "m", weight), connection, model))
    alias, needs = Alias("a", tuple(one.target for one in options), choose), needs_of(prompt)
    try:
        fit = routes._fit(alias, options, needs)
    except routes.Refused:
        assert all(lacking(needs, one.connection.adapter, one.model) for one in options)
        return
    facts = [Facts(cost=one.target.weight) for one in fit]
    chosen = automatic(alias, fit, facts, needs) if choose == "auto" else plain(alias, fit, key)
    assert sorted(one.target.slug for one in chosen.options) == sorted(one.target.slug for one in fit)
    for one in chosen.options:
        asked = replace(prompt, model="m")
        assert not one.connection.adapter.lacks(asked)
        assert one.model.context is None or one.model.context >= needs.tokens
        assert not (prompt.tools and one.model.tools is False)
        assert not (prompt.messages[0] is PICTURE and one.model.images is False)


async def test_the_price_table_is_asked_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(question: Any) -> Any:
        asked.append(question.models[0])
        future: Future[Any] = Future()
        future.set_result(SimpleNamespace(price=lambda counts, now: Decimal(counts.input), cost=None))
        return future

    monkeypatch.setattr(quotes.prices, "ask", ask)
    monkeypatch.setattr(quotes, "_ASKED", {})
    items = [Item("openai", "m"), Item(None, "unpriced"), Item("local", "llama")]
    for size in (1, 2):
        assert await quotes.quotes(items, Counts(input=size, output=0)) == [Decimal(size), None, Decimal(0)]
    assert asked == ["m"]
