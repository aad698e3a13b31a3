"""An alias stands for models of any format: asked in order or by share, skipped where they lack what is needed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest

from providers import Message, Prompt, Tool, ToolCall, ToolResult
from proxy.errors import Refused
from tests.thinkback.routing.conftest import Site
from tests.upstream import Upstream
from thinkback.configuration import aliases
from thinkback.connections.catalogue import Entry
from thinkback.routing import routes

FAILS, WORKS = "plan:status=503", "plan:chunks=2"


async def test_the_first_that_answers_is_asked_in_its_own_format(site: Site, upstream: Upstream) -> None:
    aliases.read({"strong": [f"openai/{FAILS}", f"anthropic/{WORKS}", "google/never"]})()
    said = await site.say("strong", system="Be short.")
    assert said and upstream.last.json()["system"], "worded for Anthropic"
    assert [request.path for request in upstream.requests] == ["/v1/chat/completions", "/v1/messages"]
    first = "alias strong: the first of its list"
    assert site.booked() == [
        ("openai", FAILS, "error", first),
        ("anthropic", WORKS, "ok", f"{first}; fallback: openai answered 503"),
    ]


async def test_shares_hold_and_a_conversation_keeps_its_model(site: Site) -> None:
    items = [{"model": f"openai/{WORKS}", "weight": 3}, {"model": f"anthropic/{WORKS}", "weight": 1}]
    aliases.read({"half": {"targets": items}})()
    chats = [UUID(int=number) for number in range(12)]
    for chat in (*chats, *chats):
        await site.say("half", chat=chat)
    rows = site.booked()
    assert [row[0] for row in rows[:12]] == [row[0] for row in rows[12:]]
    assert Counter(row[0] for row in rows).keys() == {"openai", "anthropic"}
    assert {row[3] for row in rows} == {"alias half: its share is 75%", "alias half: its share is 25%"}


async def test_what_lacks_something_is_passed_over(site: Site) -> None:
    site.models["openai"] = (Entry(WORKS, context=100),)
    aliases.read({"fast": [f"openai/{WORKS}", f"anthropic/{WORKS}"]})()
    await site.say("fast", Message("user", "long " * 100))
    assert site.booked() == [("anthropic", WORKS, "ok", "alias fast: the only one with such a context")]


async def test_where_all_lack_something_it_is_named_and_nothing_is_sent(site: Site, upstream: Upstream) -> None:
    site.models["openai"] = (Entry(WORKS, context=100),)
    aliases.read({"fast": f"openai/{WORKS}"})()
    with pytest.raises(Refused, match="None of the models that “fast” stands for .* a context of 125 tokens"):
        await site.say("fast", Message("user", "long " * 100))
    assert (site.ledger.only.status, site.ledger.only.model, upstream.stats.requests) == ("refused", "fast", 0)


async def test_what_cannot_be_asked_is_left_out(site: Site) -> None:
    site.connections["openai"] = replace(site.connections["openai"], enabled=False)
    site.connections["google"] = replace(site.connections["google"], has_key=False)
    aliases.read({"any": ["nobody/m", "openai/m", "google/m", f"anthropic/{WORKS}"], "none": ["nobody/m"]})()
    await site.say("any")
    assert site.booked() == [("anthropic", WORKS, "ok", "alias any: the only one")]
    with pytest.raises(Refused, match="You have none of the models that “none” stands for"):
        await site.say("none")
    with pytest.raises(Refused, match="You have no model called “gone”"):
        await site.say("gone")


async def test_a_round_of_tools_goes_on_with_the_model_that_called_them(site: Site) -> None:
    items = [{"model": f"{slug}/{WORKS}"} for slug in ("openai", "anthropic")]
    aliases.read({"any": {"targets": items, "choose": "weights", "sticky": "none"}})()
    call = Message("assistant", (ToolCall("c1", "now", "{}"),))
    result = Message("user", (ToolResult("c1", "now", "noon"),))
    for number in range(24):  # of as many draws all alike: once in eight million runs
        chat = UUID(int=number)
        for talk in ((), (call, result), (call, result, call, result)):
            await site.say("any", Message("user", "Hi"), *talk, chat=chat, tools=(Tool("now"),))
    slugs = [row[0] for row in site.booked()]
    assert {tuple(slugs[place : place + 3]) for place in range(0, 72, 3)} == {("openai",) * 3, ("anthropic",) * 3}
    reasons = [row[3] for row in site.booked()[1:3]]
    assert reasons == ["alias any: goes on with what the tools said"] * 2


async def test_also_where_a_fallback_had_called_them(site: Site) -> None:
    aliases.read({"any": [f"openai/{FAILS}", f"anthropic/{WORKS}"]})()
    call = Message("assistant", (ToolCall("c1", "now", "{}"),))
    result = Message("user", (ToolResult("c1", "now", "noon"),))
    chat = UUID(int=1)
    for talk in ((), (call, result), (Message("assistant", "It is noon."), Message("user", "Thanks"))):
        await site.say("any", Message("user", "Hi"), *talk, chat=chat, tools=(Tool("now"),))
    slugs = [row[0] for row in site.booked()]
    assert slugs == ["openai", "anthropic", "anthropic", "openai", "anthropic"], "after that, in order again"


async def test_a_key_of_the_callers_own_goes_nowhere_by_an_alias(site: Site, upstream: Upstream) -> None:
    aliases.read({"any": [f"openai/{WORKS}"]})()
    asked = routes.Asked(site.alice, "any", Prompt("any", (Message("user", "Hi"),)), "unified", own_key=True)
    with pytest.raises(Refused, match="name its model, not an alias"):
        await routes.call_for(asked, site)
    assert (site.ledger.only.status, upstream.stats.requests) == ("refused", 0)


async def test_a_model_may_be_named_as_well(site: Site) -> None:
    call = await routes.call_for(
        routes.Asked(site.alice, f"openai/{WORKS}", Prompt("", (Message("user", "Hi"),)), "unified"), site
    )
    assert (call.slug, call.route) == ("openai", None)
