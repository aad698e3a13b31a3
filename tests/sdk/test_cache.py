"""The official SDKs, asking the same twice of a provider whose answers are kept."""

from __future__ import annotations

from decimal import Decimal

import anthropic
import openai
import pytest

from tests.sdk.test_openai import ASK
from tests.world import World


@pytest.fixture(scope="module")
def kept(world: World) -> World:
    """Two providers with a cache."""
    for kind in ("openai", "anthropic"):
        world.add(kind, name="Kept", slug=f"kept-{kind}", retries=0, cache_seconds=300)
    return world


def test_openai_streams_the_same_again(kept: World) -> None:
    model = "plan:chunks=5,gap=30"
    with openai.OpenAI(base_url=f"{kept.url}/api/proxy/kept-openai/v1", api_key=kept.token) as client:
        told = []
        for _ in range(2):
            with client.chat.completions.with_streaming_response.create(
                model=model, messages=ASK, stream=True
            ) as answer:
                told.append((answer.headers["x-thinkback-cache"], list(answer.iter_lines())))
        words = client.chat.completions.create(model=model, messages=ASK, stream=True)
        assert "".join(e.choices[0].delta.content or "" for e in words) == "00000 00001 00002 00003 00004 "
    assert [header for header, _ in told] == ["miss", "hit"]
    assert told[0][1] == told[1][1]
    assert kept.seen().count(model) == 1
    hit, again, miss = [row for row in kept.records() if row["model"] == model]
    assert (hit["cost_usd"], hit["cost_source"], hit["status"]) == ("0", "cache", "ok")
    assert (again["input_tokens"], again["output_tokens"]) == (miss["input_tokens"], miss["output_tokens"])
    assert (hit["provider_request_id"], miss["provider_request_id"]) == (None, "req_fake")


def test_what_it_saved_is_what_it_would_have_cost(kept: World) -> None:
    with anthropic.Anthropic(base_url=f"{kept.url}/api/proxy/kept-anthropic", api_key=kept.token) as client:
        for _ in range(2):
            client.messages.create(model="claude-haiku-4-5", max_tokens=9, messages=ASK)
    hit, miss = [row for row in kept.records() if row["slug"] == "kept-anthropic"]
    assert (hit["cost_source"], hit["saved_usd"]) == ("cache", miss["cost_usd"])
    assert miss["cost_usd"] is not None and Decimal(miss["cost_usd"]) > 0


def test_a_new_key_forgets_them(kept: World) -> None:
    model = "plan:chunks=2,gap=1"
    with openai.OpenAI(base_url=f"{kept.url}/api/proxy/kept-openai/v1", api_key=kept.token) as client:
        for _ in range(2):
            client.chat.completions.create(model=model, messages=ASK)
        kept.api("PATCH", "/api/providers/kept-openai", {"api_key": "sk-canary-another-0123456789abcdef"})
        client.chat.completions.create(model=model, messages=ASK)
        client.chat.completions.create(model=model, messages=ASK, extra_headers={"Cache-Control": "no-store"})
    assert kept.seen().count(model) == 3
