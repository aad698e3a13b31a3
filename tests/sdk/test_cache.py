"""The official SDKs, asking the same twice of a provider whose answers are kept."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

import anthropic
import openai
import pytest

from tests.sdk.test_openai import ASK
from tests.world import World

T = TypeVar("T")
PATIENCE = 10  # times that are asked; a change of the settings is told twice, and the cache emptied each time


@pytest.fixture(scope="module")
def kept(world: World) -> World:
    """Two providers with a cache."""
    for kind in ("openai", "anthropic"):
        world.add(kind, name="Kept", slug=f"kept-{kind}", retries=0, cache_seconds=300)
    return world


def until_known(ask: Callable[[], tuple[str, T]]) -> list[T]:
    """What was told until an answer came from memory, that one last. Each of `ask` tells hit or miss, and something."""
    told: list[T] = []
    for _ in range(PATIENCE):
        header, something = ask()
        told.append(something)
        if header == "hit":
            return told
    raise AssertionError("nothing was kept")


def test_openai_streams_the_same_again(kept: World) -> None:
    model = "plan:chunks=5,gap=30"
    with openai.OpenAI(base_url=f"{kept.url}/api/proxy/kept-openai/v1", api_key=kept.token) as client:

        def ask() -> tuple[str, list[str]]:
            with client.chat.completions.with_streaming_response.create(
                model=model, messages=ASK, stream=True
            ) as answer:
                return answer.headers["x-thinkback-cache"], list(answer.iter_lines())

        told = until_known(ask)
        words = client.chat.completions.create(model=model, messages=ASK, stream=True)
        assert "".join(e.choices[0].delta.content or "" for e in words) == "00000 00001 00002 00003 00004 "
    assert len(told) > 1 and told[-1] == told[-2]
    rows = [row for row in kept.records() if row["model"] == model]
    hit = next(row for row in rows if row["cost_source"] == "cache")
    misses = [row for row in rows if row["cost_source"] != "cache"]
    assert kept.seen().count(model) == len(misses) < len(rows)
    assert (hit["cost_usd"], hit["status"]) == ("0", "ok")
    assert (hit["input_tokens"], hit["output_tokens"]) == (misses[0]["input_tokens"], misses[0]["output_tokens"])
    assert (hit["provider_request_id"], misses[0]["provider_request_id"]) == (None, "req_fake")


def test_what_it_saved_is_what_it_would_have_cost(kept: World) -> None:
    with anthropic.Anthropic(base_url=f"{kept.url}/api/proxy/kept-anthropic", api_key=kept.token) as client:

        def ask() -> tuple[str, None]:
            answer = client.messages.with_raw_response.create(model="claude-haiku-4-5", max_tokens=9, messages=ASK)
            return answer.headers["x-thinkback-cache"], None

        until_known(ask)
    hit, miss, *_ = [row for row in kept.records() if row["slug"] == "kept-anthropic"]
    assert (hit["cost_source"], hit["saved_usd"]) == ("cache", miss["cost_usd"])
    assert miss["cost_usd"] is not None and Decimal(miss["cost_usd"]) > 0


def test_a_new_key_forgets_them(kept: World) -> None:
    model = "plan:chunks=2,gap=1"
    with openai.OpenAI(base_url=f"{kept.url}/api/proxy/kept-openai/v1", api_key=kept.token) as client:
        create = client.chat.completions.with_raw_response.create

        def ask() -> tuple[str, None]:
            return create(model=model, messages=ASK).headers["x-thinkback-cache"], None

        until_known(ask)
        kept.api("PATCH", "/api/providers/kept-openai", {"api_key": "sk-canary-another-0123456789abcdef"})
        assert ask()[0] == "miss"
        before = kept.seen().count(model)
        answer = create(model=model, messages=ASK, extra_headers={"Cache-Control": "no-store"})
        assert "x-thinkback-cache" not in answer.headers
    assert kept.seen().count(model) == before + 1
