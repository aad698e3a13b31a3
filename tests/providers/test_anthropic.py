"""Anthropic's Messages: what is asked, what is read."""

from __future__ import annotations

import json

import pytest

import providers
from providers import (
    AuthFailed,
    Citation,
    Finish,
    Message,
    ModelNotSupported,
    Operation,
    Prompt,
    ProviderError,
    ProviderUnavailable,
    QuotaExceeded,
    RateLimited,
    Reasoning,
    Text,
    ToolCall,
    Usage,
)
from tests.providers.recorded import load, read, read_all

ANTHROPIC = providers.get("anthropic")


def test_a_chat_request() -> None:
    turns = (Message("user", "Hi"), Message("assistant", " "), Message("user", "There?"))
    exchange = ANTHROPIC.chat(Prompt("claude-sonnet-4-5", turns, "Be kind.", 1.5, 9))
    assert (exchange.path, exchange.headers["anthropic-version"]) == ("v1/messages", "2023-06-01")
    assert json.loads(exchange.body) == {
        "model": "claude-sonnet-4-5",
        "system": "Be kind.",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "text", "text": "There?"}]}],
        "max_tokens": 9,
        "temperature": 1.0,
        "stream": True,
    }


@pytest.mark.parametrize(
    ("model", "maximum"),
    [("claude-3-haiku-20240307", 4096), ("claude-3-5-sonnet-latest", 8192), ("claude-3-7-sonnet-latest", 32_000),
     ("claude-sonnet-4-5", 32_000), ("claude-opus-4-1", 32_000), ("kimi-k2", 8192)],
)  # fmt: skip
def test_a_maximum_is_always_there(model: str, maximum: int) -> None:
    body = json.loads(ANTHROPIC.chat(Prompt(model, (Message("user", "Hi"),))).body)
    assert body["max_tokens"] == maximum
    assert "temperature" not in body and "system" not in body


def test_the_key_has_its_own_header() -> None:
    assert ANTHROPIC.credentials("sk-ant-api03-x") == {"x-api-key": "sk-ant-api03-x"}
    assert ANTHROPIC.credentials("sk-ant-oat01-x") == {"authorization": "Bearer sk-ant-oat01-x"}


def test_a_streamed_answer() -> None:
    expected = [
        Reasoning("The user greets me. "),
        Reasoning("", "EqQB"),
        Text("Grüße 👋"),
        Text(", world.\n\nevent: message_stop"),
        Finish("end_turn"),
    ]
    assert read("anthropic/messages.sse") == (expected, None)


def test_usage_is_that_of_both_events() -> None:
    events, _ = read_all(ANTHROPIC.reader(), [load("anthropic/messages.sse")])
    usage = [event for event in events if isinstance(event, Usage)][-1]
    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == (4225, 40, 3000)
    assert (usage.cache_write_tokens, usage.cache_write_1h_tokens) == (1200, 1000)
    assert usage.service_tier == "standard"


def test_a_later_input_count_wins() -> None:
    events, _ = read_all(ANTHROPIC.reader(), [load("anthropic/tools.sse")])
    usage = [event for event in events if isinstance(event, Usage)][-1]
    assert (usage.input_tokens, usage.output_tokens) == (125, 89)


def test_tool_calls_come_whole() -> None:
    calls = [ToolCall("toolu_01", "get_weather", '{"city": "Paris"}'), ToolCall("toolu_02", "get_time", "{}")]
    assert read("anthropic/tools.sse") == ([Text("I look it up."), *calls, Finish("tool_use")], None)


def test_thinking_ends_in_its_signature_and_calls_may_overlap() -> None:
    events, failure = read("anthropic/thinking_tools.sse")
    assert failure is None
    sealed, *rest = events
    assert isinstance(sealed, Reasoning) and sealed.hidden.startswith("EmwKAhgB") and not sealed.text
    assert rest == [
        Reasoning("Two cities, "),
        Reasoning("so two calls.\n"),
        Reasoning("", "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds8Kp=="),
        Reasoning("", "EtgDCkYIBxgCKkC="),
        Text("I look "),
        Text("both up."),
        ToolCall("toolu_01T1x1fJ34qAmk2tNTrN7Up6", "get_weather", '{"city": "Paris"}'),
        ToolCall("toolu_01B2", "get_weather", '{"city": "東京", "days": 2}'),
        Finish("tool_use"),
    ]


def test_a_search_of_the_service_is_cited_and_no_call_of_ours() -> None:
    assert read("anthropic/web_search.sse") == (
        [
            Text("I'll search. "),
            Citation("https://en.wikipedia.example/wiki/Claude_Shannon", "Claude Shannon - Wikipedia"),
            Text("Claude Shannon was born on April 30, 1916"),
            Finish("pause_turn"),
        ],
        None,
    )


def test_a_whole_answer_is_read_as_well() -> None:
    assert read("anthropic/messages.json") == (
        [Text("Hello."), ToolCall("toolu_9", "f", '{"a":1}'), Finish("tool_use")],
        None,
    )


def test_an_error_in_mid_answer_comes_after_what_was_said() -> None:
    events, failure = read("anthropic/error_in_stream.sse")
    assert events == [Text("Hel")]
    assert type(failure) is ProviderUnavailable


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("error_400_credit", 400, QuotaExceeded),
        ("error_401", 401, AuthFailed),
        ("error_404", 404, ModelNotSupported),
        ("error_429", 429, RateLimited),
        ("error_529", 529, ProviderUnavailable),
    ],
)
def test_errors(name: str, status: int, kind: type[ProviderError]) -> None:
    assert type(ANTHROPIC.failure(status, {}, load(f"anthropic/{name}.json"))) is kind


def test_models() -> None:
    haiku, sonnet = ANTHROPIC.read_models(load("anthropic/models.json"))
    assert (haiku.label, haiku.context, haiku.max_output, haiku.images) == ("Claude Haiku 4.5", 200_000, 64_000, True)
    assert (sonnet.id, sonnet.context) == ("claude-sonnet-4-5-20250929", None)
    assert (sonnet.tools, sonnet.images, sonnet.reasoning) == (True, True, True)  # as every Claude of its version


@pytest.mark.parametrize(
    ("name", "abilities"),
    [("claude-3-5-haiku-latest", (True, True, False)), ("claude-2.1", (None, None, None)), ("kimi-k2", (None,) * 3)],
)
def test_abilities_that_are_not_listed_are_those_of_the_version(name: str, abilities: tuple[bool | None, ...]) -> None:
    (model,) = ANTHROPIC.read_models(json.dumps({"data": [{"id": name}]}).encode())
    assert (model.tools, model.images, model.reasoning) == abilities


def test_operations() -> None:
    body = b'{"model": "claude-x", "stream": true, "max_tokens": 7}'
    assert ANTHROPIC.operation("POST", "v1/messages", body) == Operation("chat", "claude-x", True, 7)
    assert ANTHROPIC.operation("POST", "v1/messages/count_tokens", b"{}").name == "count"
    assert ANTHROPIC.operation("POST", "v1/messages/batches", b"{}").name == "batches"
