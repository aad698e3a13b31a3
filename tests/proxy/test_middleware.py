"""Middleware: in order, for whom its rule names, with its failures kept apart; without it every byte stays as it is."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from proxy.middleware import MIDDLEWARE, Middleware, Passage, Received, Refusal, Rule, StreamEvent
from tests.proxy.client import CHAT, MESSAGES, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Upstream

SEEN: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    SEEN.clear()


class Note(Middleware):
    """Writes down what it is shown, and signs the request."""

    def __init__(self, options: Any) -> None:
        self.name = options["name"]

    async def before_request(self, passage: Passage) -> None:
        document = json.loads(passage.body)
        document["signed"] = document.get("signed", "") + self.name
        passage.body = json.dumps(document).encode()
        passage.headers["openai-beta"] = self.name
        passage.headers["x-smuggled"] = "1"
        SEEN.append(("before", self.name))

    async def after_response(self, passage: Passage, received: Received) -> bytes | None:
        SEEN.append(("after", self.name, received.body is None, received.record.status))
        return None

    async def on_error(self, passage: Passage, error: Exception) -> None:
        SEEN.append(("error", self.name, type(error).__name__))


class Shout(Middleware):
    """Every word of an answer in capitals."""

    def on_event(self, passage: Passage, event: StreamEvent) -> list[StreamEvent] | None:
        choices = event.data.get("choices") or [{}]
        delta = choices[0].get("delta", {})
        if not delta.get("content"):
            return None
        delta["content"] = "LOUD "
        return [event]

    def on_stream_end(self, passage: Passage) -> list[StreamEvent]:
        return [StreamEvent({"choices": [{"index": 0, "delta": {"content": "END"}}]})]

    async def after_response(self, passage: Passage, received: Received) -> bytes | None:
        return None if received.body is None else b'{"all": "LOUD"}'


class Bad(Middleware):
    """Fails where it is told to."""

    def __init__(self, options: Any) -> None:
        self.where = options["where"]

    async def before_request(self, passage: Passage) -> None:
        if self.where == "before":
            raise KeyError("a secret prompt")

    def on_event(self, passage: Passage, event: StreamEvent) -> None:
        if self.where == "event":
            raise KeyError("a secret answer")

    async def after_response(self, passage: Passage, received: Received) -> None:
        if self.where == "after":
            raise KeyError("a secret answer")


class No(Middleware):
    """Refuses."""

    async def before_request(self, passage: Passage) -> None:
        raise Refusal("Not on a Sunday.", 403)


def use(*rules: Rule) -> None:
    MIDDLEWARE.set(list(rules))


def note(name: str, **more: Any) -> Rule:
    return Rule(name, Note({"name": name}), **more)


async def test_it_goes_in_order_and_comes_back_in_reverse(host: FakeHost, upstream: Upstream) -> None:
    use(note("b", order=2), note("a", order=1))
    reply = await fetch(host, body=chat())
    assert upstream.last.json()["signed"] == "ab" and upstream.last.headers["openai-beta"] == "b"
    assert "x-smuggled" not in upstream.last.headers
    assert SEEN == [("before", "a"), ("before", "b"), ("after", "b", True, "ok"), ("after", "a", True, "ok")]
    assert reply.headers["x-thinkback-middleware"] == "a, b"


@pytest.mark.parametrize("stream", [True, False])
async def test_what_only_looks_changes_no_byte(host: FakeHost, stream: bool) -> None:
    plain = await fetch(host, body=chat("plan:chunks=4", stream=stream))
    use(note("a"))
    seen = await fetch(host, body=chat("plan:chunks=4", stream=stream))
    assert seen.body == plain.body and "x-thinkback-middleware" not in plain.headers
    assert seen.headers.get("content-length") == plain.headers.get("content-length")


async def test_a_stream_is_framed_anew_where_it_is_changed(host: FakeHost) -> None:
    use(Rule("shout", Shout({})))
    reply = await fetch(host, body=chat("plan:chunks=3"))
    events = [line[6:] for line in reply.body.decode().splitlines() if line.startswith("data: ")]
    said = [json.loads(event)["choices"][0]["delta"].get("content") for event in events[:-1] if "choices" in event]
    assert [word for word in said if word] == ["LOUD ", "LOUD ", "LOUD ", "END"]
    assert events[-1] == "[DONE]"
    assert (host.ledger.only.status, host.ledger.only.output_tokens) == ("ok", 3)


async def test_a_whole_answer_may_be_replaced(host: FakeHost) -> None:
    use(Rule("shout", Shout({})))
    reply = await fetch(host, body=chat(stream=False))
    assert reply.json() == {"all": "LOUD"} and reply.headers["content-length"] == str(len(reply.body))
    assert host.ledger.only.status == "ok"


@pytest.mark.parametrize(
    ("more", "applies"),
    [
        ({"providers": ("openai",)}, True),
        ({"providers": ("anthropic",)}, False),
        ({"models": ("plan:*",)}, True),
        ({"models": ("gpt-*",)}, False),
    ],
)
async def test_a_rule_names_providers_and_models(host: FakeHost, more: Any, applies: bool) -> None:
    use(note("a", **more))
    assert ("x-thinkback-middleware" in (await fetch(host, body=chat("plan:"))).headers) is applies


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
async def test_it_may_refuse(host: FakeHost, upstream: Upstream, path: str) -> None:
    use(Rule("no", No({})))
    reply = await fetch(host, path, chat())
    assert (reply.status, reply.headers["x-thinkback-error"]) == (403, "invalid_request")
    assert "Not on a Sunday." in reply.body.decode() and upstream.stats.requests == 0
    assert (host.ledger.only.status, host.ledger.only.attempt) == ("refused", 0)


@pytest.mark.parametrize(("where", "stream"), [("before", True), ("event", True), ("after", False)])
async def test_a_failure_refuses_the_call(
    host: FakeHost, caplog: pytest.LogCaptureFixture, where: str, stream: bool
) -> None:
    use(Rule("bad", Bad({"where": where})))
    reply = await fetch(host, body=chat(stream=stream))
    assert b"\xe2\x80\x9cbad" in reply.body or b"u201cbad" in reply.body
    assert reply.status == (200 if where == "event" else 500)
    assert b"[DONE]" not in reply.body and "secret" not in caplog.text + reply.body.decode()
    assert "bad failed: KeyError at" in caplog.text
    assert (host.ledger.only.status == "refused") is (where == "before")
    assert host.ledger.only.finished_at is not None and host.ledger.closes == 1


@pytest.mark.parametrize(("where", "stream"), [("before", True), ("event", True), ("after", False), ("after", True)])
async def test_or_goes_on_without_it(host: FakeHost, where: str, stream: bool) -> None:
    plain = await fetch(host, body=chat(stream=stream))
    use(Rule("bad", Bad({"where": where}), on_failure="skip"))
    reply = await fetch(host, body=chat(stream=stream))
    assert (reply.status, reply.body) == (200, plain.body)


@pytest.mark.parametrize("model", ["plan:status=500", "plan:cut=0,how=reset"])
async def test_an_error_is_told(host: FakeHost, model: str) -> None:
    use(note("a"))
    assert (await fetch(host, body=chat(model))).status >= 400
    assert SEEN[1][:2] == ("error", "a") and len(SEEN) == 2


async def test_the_log_names_it(host: FakeHost, caplog: pytest.LogCaptureFixture) -> None:
    use(note("a"))
    with caplog.at_level(logging.INFO, "proxy.middleware.chain"):
        await fetch(host, body=chat())
    assert f"Middleware of call {host.ledger.only.operation_id}: a" in caplog.text
