"""Finds out what is known of each model just now: cost, time, failures, load, ability."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from providers import Prompt
from proxy.breaker import BREAKERS
from thinkback.routing.ability import ability
from thinkback.routing.choosing import Option
from thinkback.routing.experience import EXPERIENCE
from thinkback.routing.needs import Needs
from thinkback.routing.scoring import Facts
from thinkback.usage.price_question import Counts
from thinkback.usage.quotes import Item, quotes

ANSWER = 500  # tokens of an answer, where the caller does not limit it
MILLION = 1_000_000


async def weigh(options: Sequence[Option], needs: Needs, user_id: int) -> list[Facts]:
    """The facts of each option. Asks the price table, within a second."""
    items = [Item(option.connection.adapter.price_list(option.target.model), option.target.model) for option in options]
    costs = await quotes(items, Counts(input=needs.input_tokens, output=_answer(needs.prompt)))
    dear = await quotes(items, Counts(input=0, output=MILLION))
    return [_facts(option, needs, user_id, prices) for option, *prices in zip(options, costs, dear, strict=True)]


def _facts(option: Option, needs: Needs, user_id: int, prices: Sequence[Decimal | None]) -> Facts:
    cost, dear = (None if price is None else float(price) for price in prices)
    target, model = option.target, option.model
    lately = EXPERIENCE.of(user_id, target.slug, target.model)
    known = {"tools": model.tools, "images": model.images, "image_urls": model.images}
    return Facts(
        cost,
        lately.latency_ms,
        ability(target.model, dear) if target.quality is None else target.quality / 10,
        lately.failing,
        EXPERIENCE.open[user_id, target.slug],
        BREAKERS.rests(user_id, option.connection),
        sum(known.get(name, True) is None for name in needs.abilities),
    )


def _answer(prompt: Prompt) -> int:
    return min(prompt.max_tokens or ANSWER, ANSWER)
