"""Azure AI Foundry: its addresses, and models that are not OpenAI's."""

from __future__ import annotations

import json

import pytest

import providers
from providers import Finish, JsonAnswer, Message, ModelNotSupported, Prompt, Reasoning, Target, Text, Usage
from providers._base import Adapter
from tests.providers.recorded import load, read, read_all

ROOT = "https://alice.services.ai.azure.com"


def foundry(api: str = "", **options: str) -> Adapter:
    """The adapter of a configuration."""
    return providers.get("foundry").wire(Target("foundry", ROOT, api, options=options))


@pytest.mark.parametrize(
    ("api", "expected"),
    [("", "/openai/v1/chat/completions"), ("models", "/models/chat/completions?api-version=2024-05-01-preview")],
)
@pytest.mark.parametrize("tail", ["", "/models", "/openai/v1"])
def test_a_chat_request(api: str, expected: str, tail: str) -> None:
    adapter = foundry(api)
    exchange = adapter.chat(Prompt("DeepSeek-R1", (Message("user", "Hi"),), max_tokens=9))
    assert str(adapter.url(Target("foundry", ROOT + tail), exchange.path)) == ROOT + expected
    body = json.loads(exchange.body)
    assert (body["model"], body["max_tokens"]) == ("DeepSeek-R1", 9) and "max_completion_tokens" not in body


def test_a_deployment_of_a_model_of_openai_speaks_as_that_does() -> None:
    exchange = foundry(deployments="mine=gpt-5-mini").chat(Prompt("mine", (), temperature=0.5, max_tokens=9))
    body = json.loads(exchange.body)
    assert body["max_completion_tokens"] == 9 and not {"max_tokens", "temperature"} & body.keys()


@pytest.mark.parametrize(
    ("name", "options"), [("claude-opus-4-6", {}), ("mine", {"deployments": "mine=claude-opus-4-6"})]
)
def test_claude_is_asked_in_its_own_format(name: str, options: dict[str, str]) -> None:
    prompt = Prompt(
        name, (Message("user", "Hi"),), reasoning_effort="low", response_format=JsonAnswer({"type": "null"})
    )
    adapter = foundry(**options)
    exchange = adapter.chat(prompt)
    assert str(adapter.url(Target("foundry", ROOT), exchange.path)) == f"{ROOT}/anthropic/v1/messages"
    assert exchange.headers["anthropic-version"] == "2023-06-01"
    body = json.loads(exchange.body)
    assert (body["model"], body["thinking"]["type"], body["output_config"]["effort"]) == (name, "adaptive", "low")
    assert adapter.lacks(prompt) == ()
    assert adapter.operation("POST", exchange.path, exchange.body).model == "claude-opus-4-6"


def test_what_claude_answers() -> None:
    assert read("foundry/claude.sse") == (
        [Reasoning("Easy. "), Reasoning("", "EqQBCgIYAhIM"), Text("42"), Finish("end_turn")],
        None,
    )
    events, _ = read_all(foundry().reader(), [load("foundry/claude.sse")])
    usage = [event for event in events if isinstance(event, Usage)][-1]
    assert (usage.input_tokens, usage.output_tokens) == (14, 8)
    assert foundry().shape_at("anthropic/v1/messages") == "anthropic"


def test_an_answer() -> None:
    assert read("foundry/chat.sse") == ([Reasoning("Let me think."), Text("42"), Finish("stop")], None)
    events, _ = read_all(foundry().reader(), [load("foundry/chat.sse")])
    usage = [event for event in events if isinstance(event, Usage)][-1]
    assert (usage.input_tokens, usage.output_tokens) == (14, 8)


def test_a_model_that_is_not_there() -> None:
    assert type(foundry().failure(404, {}, load("foundry/error_404.json"))) is ModelNotSupported


def test_it_takes_a_key_or_an_application() -> None:
    assert foundry().credentials("k1") == {"api-key": "k1", "x-api-key": "k1"}
    assert foundry(sign_in="entra").credentials("t1") == {"authorization": "Bearer t1"}
