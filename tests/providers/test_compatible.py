"""The services that speak OpenAI's format, each with its own turns of phrase."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

import providers
from providers import (
    AuthFailed,
    Finish,
    InvalidRequest,
    Message,
    Model,
    ModelNotSupported,
    Prompt,
    ProviderError,
    ProviderUnavailable,
    QuotaExceeded,
    RateLimited,
    Reasoning,
    Target,
    Text,
    ToolCall,
    Usage,
)
from tests.providers.recorded import adapter_of, load, read_all


def words(name: str) -> tuple[str, str, list[object]]:
    """Reasoning, text, and the events that are neither, of an answer that went well."""
    events, failure = read_all(adapter_of(name).reader(), [load(name)])
    assert failure is None
    thought = "".join(event.text for event in events if isinstance(event, Reasoning))
    text = "".join(event.text for event in events if isinstance(event, Text))
    return thought, text, [event for event in events if not isinstance(event, Reasoning | Text | Usage)]


def usage_of(name: str) -> Usage:
    """The usage that counts."""
    events, _ = read_all(adapter_of(name).reader(), [load(name)])
    return [event for event in events if isinstance(event, Usage)][-1]


@pytest.mark.parametrize(
    ("name", "thought", "text"),
    [
        ("openrouter/chat.sse", "Hm. ", "Fine."),
        ("deepseek/chat.sse", "Let me think.", "42"),
        ("moonshot/chat.sse", "", "Hello!"),
        ("qwen/chat.sse", "Hmm", "你好"),
        ("mistral/chat.sse", "Let us see. ", "It is 4."),
        ("groq/chat.sse", "Easy. ", "Yes"),
        ("xai/chat.sse", "Thinking. ", "7"),
        ("vercel/chat.sse", "Short. ", "Olá!"),
        ("github/chat.sse", "", "Hi there"),
        ("custom/google_endpoint.sse", "", "Hello"),
        ("custom/chunks.ndjson", "", 'a{"}b'),
    ],
)
def test_answers(name: str, thought: str, text: str) -> None:
    assert words(name) == (thought, text, [Finish("stop")])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openrouter/chat.sse", Usage(194, 12, 100, 0, None, 5, Decimal("0.00095"))),
        ("deepseek/chat.sse", Usage(100, 5, 64, None, None, 4, None, "default")),
        ("moonshot/chat.sse", Usage(19, 13, 16)),
        ("qwen/chat.sse", Usage(22, 17, 0, None, None, None, None, "default")),
        ("mistral/chat.sse", Usage(12, 22, 8, None, None, None, None, "default")),
        ("groq/chat.sse", Usage(73, 8, None, None, None, 3)),
        ("xai/chat.sse", Usage(12, 322, 4, None, None, 320, Decimal("0.000483"), "default")),
        ("vercel/chat.sse", Usage(56, 30, 40, 0, None, 6, Decimal("0.000498"))),
        ("github/chat.sse", Usage(21, 3, 0, None, None, 0, None, "default")),
        ("custom/google_endpoint.sse", Usage(35, 74, None, None, None, None, None, "default")),
    ],
)
def test_usage(name: str, expected: Usage) -> None:
    usage = usage_of(name)
    for field in ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens",
                  "cost_usd", "service_tier"):  # fmt: skip
        assert getattr(usage, field) == getattr(expected, field), field


def test_a_cost_counts_only_where_it_is_known_to_be_in_dollars() -> None:
    document = {"usage": {"prompt_tokens": 1, "completion_tokens": 1, "cost": 3}}
    costs = {kind: providers.get(kind).usage(document) for kind in ("openrouter", "mistral", "custom")}
    assert {kind: usage.cost_usd for kind, usage in costs.items() if usage is not None} == {
        "openrouter": Decimal(3), "mistral": None, "custom": None,
    }  # fmt: skip


def test_ollama_says_index_0_for_every_tool() -> None:
    calls = [ToolCall("call_1", "f", '{"a":1}'), ToolCall("call_2", "g", "{}")]
    assert words("custom/ollama.sse") == ("", "", [*calls, Finish("tool_calls")])


@pytest.mark.parametrize("kind", ["openrouter", "moonshot", "mistral", "groq"])
def test_those_that_report_usage_unasked_are_not_asked(kind: str) -> None:
    body = json.loads(providers.get(kind).chat(Prompt("m", (Message("user", "Hi"),), max_tokens=5)).body)
    assert "stream_options" not in body and body["max_tokens"] == 5


@pytest.mark.parametrize("kind", ["deepseek", "qwen", "xai", "vercel", "github", "custom"])
def test_the_others_are(kind: str) -> None:
    body = json.loads(providers.get(kind).chat(Prompt("m", (Message("user", "Hi"),))).body)
    assert body["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("openrouter/error_in_stream.sse", ProviderUnavailable), ("groq/error_in_stream.sse", InvalidRequest)],
)
def test_errors_in_mid_answer(name: str, kind: type[ProviderError]) -> None:
    events, failure = read_all(adapter_of(name).reader(), [load(name)])
    assert Text("So") in events
    assert type(failure) is kind


def test_what_was_billed_before_an_error_is_known() -> None:
    assert usage_of("openrouter/error_in_stream.sse").cost_usd == Decimal("0.00001")


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("openrouter/error_402", 402, QuotaExceeded),
        ("deepseek/error_402", 402, QuotaExceeded),
        ("moonshot/error_429", 429, QuotaExceeded),
        ("mistral/error_422", 422, InvalidRequest),
        ("groq/error_413", 413, InvalidRequest),
        ("groq/error_498", 498, ProviderUnavailable),
        ("xai/error_400", 400, AuthFailed),
        ("vercel/error_402", 402, QuotaExceeded),
        ("vercel/error_404", 404, ModelNotSupported),
        ("github/error_400", 400, ModelNotSupported),
        ("github/error_401", 401, AuthFailed),
        ("github/error_403", 403, ModelNotSupported),
        ("github/error_413", 413, InvalidRequest),
        ("github/error_429", 429, RateLimited),
        ("custom/error_404", 404, ModelNotSupported),
        ("custom/error_400", 400, InvalidRequest),
    ],
)
def test_errors(name: str, status: int, kind: type[ProviderError]) -> None:
    failure = adapter_of(name).failure(status, {}, load(f"{name}.json"))
    assert type(failure) is kind


def test_a_message_inside_a_message_is_found() -> None:
    failure = providers.get("mistral").failure(422, {}, load("mistral/error_422.json"))
    assert failure.message == "Mistral did not accept the request. It says: Extra inputs are not permitted"


def test_openrouter_tells_what_its_models_can_do() -> None:
    (model,) = providers.get("openrouter").read_models(load("openrouter/models.json"))[:1]
    assert model.label == "Anthropic: Claude Sonnet 4.5"
    assert (model.context, model.max_output) == (1_000_000, 64_000)
    assert (model.tools, model.images, model.reasoning) == (True, True, True)


def test_mistral_says_itself_which_can_chat() -> None:
    (model,) = providers.get("mistral").read_models(load("mistral/models.json"))
    assert (model.id, model.context, model.tools, model.images) == ("mistral-large-latest", 131072, True, False)


def test_vercel_calls_tools_and_counts_the_cache_once() -> None:
    assert words("vercel/tools.sse")[2] == [ToolCall("toolu_1", "weather", '{"city":"Porto"}'), Finish("tool_calls")]
    raw = {"prompt_tokens": 100, "completion_tokens": 5, "cache_creation_input_tokens": 60}
    usage = providers.get("vercel").usage({"usage": raw})
    assert usage is not None and (usage.input_tokens, usage.cache_write_tokens) == (100, 60)


def test_vercel_tells_what_its_models_can_do() -> None:
    sonnet, small = providers.get("vercel").read_models(load("vercel/models.json"))
    assert sonnet == Model("anthropic/claude-sonnet-4.5", "Claude Sonnet 4.5", 200_000, 64_000, True, True, True)
    assert small == Model("mistral/ministral-3b", "Ministral 3B", 128_000, 4_000, True, False, False)


def test_github_lists_its_models_beside_the_root() -> None:
    github = providers.get("github")
    assert github.read_models(load("github/models.json")) == [
        Model("deepseek/deepseek-r1", "DeepSeek-R1", 128_000, 4_096, True, False, True),
        Model("openai/gpt-4.1", "OpenAI GPT-4.1", 1_048_576, 32_768, True, True, False),
    ]
    target = Target("github", github.base_url)
    paths = {
        github.models().path: "catalog/models",
        "v1/chat/completions": "inference/chat/completions",
        "chat/completions": "inference/chat/completions",
        "inference/embeddings": "inference/embeddings",
        "orgs/acme/inference/chat/completions": "orgs/acme/inference/chat/completions",
    }
    for path, expected in paths.items():
        assert str(github.url(target, path)) == f"https://models.github.ai/{expected}"


def test_github_states_the_pause_in_its_message_alone() -> None:
    github, body = providers.get("github"), load("github/error_429.json")
    assert github.failure(429, {}, body).retry_after == 46
    assert github.failure(429, {"retry-after": "9"}, body).retry_after == 9


@pytest.mark.parametrize(("key", "kind"), [("vck_1234", "vercel"), ("github_pat_11", "github"), ("ghp_1", "github")])
def test_keys_are_recognised(key: str, kind: str) -> None:
    adapter = providers.recognise(key)
    assert adapter is not None and adapter.kind == kind


def test_a_custom_service_speaks_the_chosen_format() -> None:
    custom = providers.get("custom")
    formats = ("", "openai", "anthropic")
    shapes = {name: custom.wire(Target("custom", "http://h.example", name)).shape for name in formats}
    assert shapes == {"": "openai", "openai": "openai", "anthropic": "anthropic"}
    for name in ("openai", "anthropic"):
        wired = custom.wire(Target("custom", "http://h.example", name))
        assert (wired.kind, wired.needs_key) == ("custom", False)
        assert wired.failure(401, {}, b"").message.startswith("The service refused this key.")


def test_a_custom_service_needs_an_address() -> None:
    (base_url,) = [field for field in providers.get("custom").fields() if field.name == "base_url"]
    assert base_url.required and not base_url.default
