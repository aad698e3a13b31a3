"""Cohere: what is asked, what is read."""

from __future__ import annotations

import json

import pytest

import providers
from providers import (
    AuthFailed,
    ContentRefused,
    Finish,
    InvalidRequest,
    Message,
    Model,
    ModelNotSupported,
    Operation,
    Prompt,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    Reasoning,
    Sampler,
    ServerFailed,
    Target,
    Text,
    TimedOut,
    ToolCall,
    Usage,
)
from tests.providers.recorded import load, read, read_all

COHERE = providers.get("cohere")


def test_a_chat_request() -> None:
    turns = (Message("user", "Hi"), Message("assistant", "Yes?"), Message("user", " "), Message("user", "你好"))
    exchange = COHERE.chat(Prompt("command-a-03-2025", turns, "Be kind.", 0.0, 9))
    assert (exchange.method, exchange.path) == ("POST", "v2/chat")
    assert json.loads(exchange.body) == {
        "model": "command-a-03-2025",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Yes?"},
            {"role": "user", "content": "你好"},
        ],
        "stream": True,
        "temperature": 0.0,
        "max_tokens": 9,
    }


def test_what_is_not_set_is_not_sent() -> None:
    assert set(json.loads(COHERE.chat(Prompt("m", (Message("user", "Hi"),))).body)) == {"model", "messages", "stream"}


def test_a_streamed_answer_with_thinking_and_citations() -> None:
    thought = [Reasoning("The user "), Reasoning("greets.")]
    assert read("cohere/chat.sse") == ([*thought, Text("Hello"), Text(" 你好"), Finish("COMPLETE")], None)


def test_tools_with_the_plan_for_them() -> None:
    plan = [Reasoning("I will "), Reasoning("look twice.")]
    calls = [ToolCall("look_1", "look", '{"at": "x"}'), ToolCall("look_2", "look", "{}")]
    assert read("cohere/tools.sse") == ([*plan, *calls, Finish("TOOL_CALL")], None)


def test_a_whole_answer() -> None:
    events, failure = read_all(COHERE.reader(), [load("cohere/chat.json")])
    assert failure is None
    assert [event for event in events if not isinstance(event, Usage)] == [
        Reasoning("Easy."), Text("Hello"), Finish("COMPLETE"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["chat.sse", "chat.json"])
def test_what_was_billed_is_what_counts(name: str) -> None:
    sampler = Sampler(COHERE, "text/event-stream" if name.endswith("sse") else "application/json")
    sampler.feed(load(f"cohere/{name}"))
    reading = sampler.reading()
    assert reading.complete and reading.usage is not None
    assert (reading.usage.input_tokens, reading.usage.output_tokens, reading.usage.cache_read_tokens) == (5, 31, 0)
    assert reading.usage.raw["tokens"] == {"input_tokens": 71, "output_tokens": 34}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"usage": {"tokens": {"input_tokens": 7, "output_tokens": 2}, "cached_tokens": 4}}, (7, 2, 4)),
        ({"usage": {"billed_units": {"input_tokens": 3.0}, "cached_tokens": 64}}, (3, None, None)),
        ({"meta": {"billed_units": {"input_tokens": 12}}, "embeddings": {}}, (12, None, None)),
        ({"object": "chat.completion", "usage": {"prompt_tokens": 8, "completion_tokens": 1}}, (8, 1, None)),
    ],
)
def test_other_reports(document: dict[str, object], expected: tuple[int | None, ...]) -> None:
    usage = COHERE.usage(document)
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == expected


def test_what_has_no_tokens_has_no_usage() -> None:
    assert COHERE.usage({"meta": {"api_version": {"version": "2"}}, "results": []}) is None


def test_an_error_in_mid_answer() -> None:
    events, failure = read("cohere/error_in_stream.sse")
    assert events == [Text("So")] and type(failure) is ServerFailed
    assert "internal server error" in failure.message


@pytest.mark.parametrize(("reason", "kind"), [("TIMEOUT", TimedOut), ("ERROR_TOXIC", ContentRefused)])
def test_reasons_that_are_failures(reason: str, kind: type[ProviderError]) -> None:
    for document in ({"type": "message-end", "delta": {"finish_reason": reason}}, {"finish_reason": reason}):
        assert type(COHERE.event_failure(document)) is kind
    assert COHERE.event_failure({"type": "message-end", "delta": {"finish_reason": "MAX_TOKENS"}}) is None


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("error_400", 400, InvalidRequest),
        ("error_401", 401, AuthFailed),
        ("error_402", 402, QuotaExceeded),
        ("error_404", 404, ModelNotSupported),
        ("error_429", 429, RateLimited),
        ("error_429_month", 429, QuotaExceeded),
        ("error_498", 498, AuthFailed),
    ],
)
def test_errors(name: str, status: int, kind: type[ProviderError]) -> None:
    assert type(COHERE.failure(status, {}, load(f"cohere/{name}.json"))) is kind


def test_models() -> None:
    assert COHERE.read_models(load("cohere/models.json")) == [
        Model("command-a-03-2025", context=288000, tools=True, images=False, reasoning=False),
        Model("command-a-reasoning-08-2025", context=288768, tools=True, images=False, reasoning=True),
        Model("command-a-vision-07-2025", context=128000, tools=False, images=True, reasoning=False),
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("v2/chat", Operation("chat", "m", True, 5)),
        ("v1/chat", Operation("chat", "m", True, 5)),
        ("compatibility/v1/chat/completions", Operation("chat", "m", True, 5)),
        ("v2/embed", Operation("embeddings", "m", True, 5)),
        ("compatibility/v1/embeddings", Operation("embeddings", "m", True, 5)),
        ("v2/rerank", Operation("rerank", "m", True, 5)),
        ("v1/tokenize", Operation("count", "m", True, 5)),
        ("v1/models", Operation("models", "m", True, 5)),
    ],
)
def test_operations(path: str, expected: Operation) -> None:
    assert COHERE.operation("POST", path, b'{"model": "m", "stream": true, "max_tokens": 5}') == expected


@pytest.mark.parametrize("root", ["", "/v2", "/v1", "/compatibility/v1"])
def test_the_root_may_be_given_with_a_version(root: str) -> None:
    target = Target("cohere", f"https://api.cohere.com{root}")
    for path in ("v2/chat", "compatibility/v1/chat/completions"):
        assert str(COHERE.url(target, path)) == f"https://api.cohere.com/{path}"


def test_the_first_event_says_nothing_yet() -> None:
    assert COHERE.preliminary({"type": "message-start", "delta": {"message": {"role": "assistant"}}})
    assert not COHERE.preliminary({"type": "content-delta", "delta": {"message": {"content": {"text": "x"}}}})
