"""Who saw a request hears once what became of it, whoever says no; and what a middleware gives is looked at first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from proxy.breaker import FEWEST
from proxy.call import Fallback, Limits
from proxy.middleware import MIDDLEWARE, Middleware, Passage, Received, Refusal, Rule, StreamEvent
from tests.proxy.client import MESSAGES, chat, fetch, under_way
from tests.proxy.host import FakeHost
from tests.upstream import Upstream


class Hears(Middleware):
    """Writes down how each call ended."""

    def __init__(self, options: Any) -> None:
        self.heard: list[str] = []

    async def before_request(self, passage: Passage) -> None:
        self.heard.append(f"{passage.slug} asked")

    async def after_response(self, passage: Passage, received: Received) -> bytes | None:
        self.heard.append("answered")
        return None

    async def on_error(self, passage: Passage, error: Exception) -> None:
        self.heard.append(f"{type(error).__name__}: {error}"[:40])


class No(Middleware):
    """Refuses everything."""

    async def before_request(self, passage: Passage) -> None:
        raise Refusal("Not on a Sunday.", 403)


class Odd(Middleware):
    """Gives what no hook may give."""

    def __init__(self, options: Any) -> None:
        self.gives = options["gives"]

    def on_event(self, passage: Passage, event: StreamEvent) -> Any:
        return self.gives()

    async def after_response(self, passage: Passage, received: Received) -> Any:
        return None if received.body is None else self.gives()


@pytest.fixture
def hears() -> Hears:
    hears = Hears({})
    MIDDLEWARE.set([Rule("hears", hears)])
    return hears


async def test_one_that_comes_after_refuses(host: FakeHost, hears: Hears) -> None:
    MIDDLEWARE.set([Rule("hears", hears), Rule("no", No({}), order=1)])
    assert (await fetch(host, body=chat())).status == 403
    assert hears.heard == ["openai asked", "Refused: Not on a Sunday."]


async def test_a_service_that_is_left_alone(host: FakeHost, hears: Hears) -> None:
    for _ in range(FEWEST):
        await fetch(host, body=chat("plan:status=500"))
    hears.heard.clear()
    assert (await fetch(host, body=chat())).status == 503
    assert [word.partition(":")[0] for word in hears.heard] == ["openai asked", "Resting"]


async def test_a_header_that_cannot_be_sent(host: FakeHost, hears: Hears) -> None:
    host.connect("openai", headers={"x-odd": "line\nbreak"})
    assert (await fetch(host, body=chat())).status == 400
    assert len(hears.heard) == 2 and hears.heard[1].startswith("Refused:")


async def test_a_call_that_cannot_be_booked(host: FakeHost, hears: Hears) -> None:
    host.ledger.broken = True
    assert (await fetch(host, body=chat())).status == 503
    assert hears.heard == ["openai asked", "Refused: Usage cannot be booked just now,"[:40]]


async def test_a_limit_that_waited_for_the_cache(host: FakeHost, hears: Hears) -> None:
    host.connect("openai", cache_seconds=60.0, limits=Limits(streams=1))
    async with under_way(host, body=chat("plan:chunks=9,gap=60000")):
        hears.heard.clear()
        assert (await fetch(host, body=chat())).status == 429
        assert len(hears.heard) == 2 and hears.heard[1].startswith("NotHere: More than 1 streams")


async def test_each_provider_of_a_chain_once(host: FakeHost, hears: Hears) -> None:
    host.connect("openai", "openai-2")
    host.connections["openai"] = replace(host.connections["openai"], fallbacks=(Fallback("openai-2", "m"),))
    assert (await fetch(host, body=chat("plan:status=503"))).status == 200
    assert [word.partition(":")[0] for word in hears.heard] == [
        "openai asked",
        "openai-2 asked",
        "ServerFailed",
        "answered",
    ]


@pytest.mark.parametrize("gives", [lambda: 5, lambda: [StreamEvent("text")], lambda: [None], lambda: "text"])  # type: ignore[arg-type]
@pytest.mark.parametrize("stream", [True, False])
async def test_what_it_must_not_give(host: FakeHost, upstream: Upstream, gives: Any, stream: bool) -> None:
    MIDDLEWARE.set([Rule("odd", Odd({"gives": gives}))])
    reply = await fetch(host, MESSAGES, chat(stream=stream))
    assert "odd" in reply.body.decode()
    assert (reply.status, reply.ended) == (200 if stream else 500, True)
    assert host.ledger.closes == 1 and host.ledger.only.finished_at is not None


async def test_a_hook_may_be_a_generator(host: FakeHost) -> None:
    plain = await fetch(host, body=chat())

    def gives() -> Iterator[StreamEvent]:
        raise RuntimeError("only when it is asked for its first one")
        yield

    MIDDLEWARE.set([Rule("odd", Odd({"gives": gives}), on_failure="skip")])
    assert (await fetch(host, body=chat())).body == plain.body
