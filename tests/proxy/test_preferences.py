"""What a user prefers of a configuration: the one model that always answers, and settings that a prompt leaves open."""

from __future__ import annotations

import json

import pytest

from providers import Message, Prompt
from proxy.call import Preferences
from tests.proxy.client import CHAT, GENERATE, MESSAGES, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Upstream

ALWAYS = Preferences(only_model="plan-chunks=2")
PROMPT = Prompt("m", (Message("user", "Hi"),))


@pytest.mark.parametrize("kind, path", [("openai", CHAT), ("anthropic", MESSAGES), ("google", GENERATE)])
async def test_one_model_always_answers(host: FakeHost, upstream: Upstream, kind: str, path: str) -> None:
    host.connect(kind, preferences=ALWAYS)
    reply = await fetch(host, path.format(model="something-dear"), chat("something-dear", stream=False))
    assert reply.status == 200
    assert host.ledger.only.model == "plan-chunks=2"
    (heard,) = upstream.requests
    assert "something-dear" not in heard.path
    assert kind == "google" or b"something-dear" not in heard.body  # it has its model in the path alone


async def test_what_is_no_chat_keeps_its_model(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", preferences=ALWAYS)
    body = json.dumps({"model": "text-embedding-3-small", "input": "Hi"}).encode()
    await fetch(host, CHAT.replace("chat/completions", "embeddings"), body)
    assert host.ledger.only.model == "text-embedding-3-small"


def test_what_a_prompt_leaves_open_is_filled_in(host: FakeHost) -> None:
    connection = host.connect("openai", preferences=Preferences(0.0, 9, "always"))
    assert json.loads(connection.chat(PROMPT).body).items() >= {
        ("model", "always"), ("temperature", 0.0), ("max_completion_tokens", 9),
    }  # fmt: skip


def test_what_a_prompt_says_itself_stays(host: FakeHost) -> None:
    connection = host.connect("openai", preferences=Preferences(0.5, 9))
    said = json.loads(connection.chat(Prompt("m", PROMPT.messages, temperature=0.0, max_tokens=3)).body)
    assert (said["model"], said["temperature"], said["max_completion_tokens"]) == ("m", 0.0, 3)


def test_without_any_nothing_changes(host: FakeHost) -> None:
    connection = host.connect("openai")
    assert connection.chat(PROMPT) == connection.adapter.chat(PROMPT)


def test_what_is_lacking_goes_by_the_model_that_answers(host: FakeHost) -> None:
    asked = Prompt("gpt-5-pro", PROMPT.messages, reasoning_effort="low")
    assert host.connect("openai").lacks(asked) == ("reasoning_effort",)
    assert host.connect("openai", preferences=Preferences(only_model="gpt-5-mini")).lacks(asked) == ()
