"""Ollama: what is asked, what is read, by its own API and by OpenAI's."""

from __future__ import annotations

import json

import pytest

import providers
from providers import (
    AuthFailed,
    Finish,
    InvalidRequest,
    Message,
    Model,
    ModelNotSupported,
    Operation,
    Prompt,
    ProviderError,
    Reasoning,
    Sampler,
    ServerFailed,
    Target,
    Text,
    ToolCall,
    Usage,
)
from tests.providers.recorded import load, read, read_all

OLLAMA = providers.get("ollama")
HOME = "http://127.0.0.1:11434"


def usage_of(name: str) -> Usage:
    """The last usage that a recording tells."""
    events, _ = read_all(OLLAMA.reader(), [load(name)])
    return [event for event in events if isinstance(event, Usage)][-1]


def test_a_chat_request() -> None:
    turns = (Message("user", "Hi"), Message("assistant", "Yes?"), Message("user", "你好"))
    exchange = OLLAMA.chat(Prompt("qwen3:8b", turns, "Be kind.", 0.0, 9))
    assert (exchange.method, exchange.path) == ("POST", "api/chat")
    assert json.loads(exchange.body) == {
        "model": "qwen3:8b",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Yes?"},
            {"role": "user", "content": "你好"},
        ],
        "stream": True,
        "options": {"temperature": 0.0, "num_predict": 9},
    }


def test_what_is_not_set_is_not_sent() -> None:
    assert set(json.loads(OLLAMA.chat(Prompt("m", (Message("user", "Hi"),))).body)) == {"model", "messages", "stream"}


@pytest.mark.parametrize(("word", "sent"), [("true", True), ("false", False), ("low", "low")])
def test_its_settings_are_in_every_request(word: str, sent: object) -> None:
    wired = OLLAMA.wire(Target("ollama", HOME, options={"num_ctx": "16384", "think": word}))
    body = json.loads(wired.chat(Prompt("m", (Message("user", "Hi"),), max_tokens=5)).body)
    assert (body["options"], body["think"]) == ({"num_ctx": 16384, "num_predict": 5}, sent)
    assert wired.wire(Target("ollama", HOME)).chat(Prompt("m", ())).body == OLLAMA.chat(Prompt("m", ())).body


def test_a_streamed_answer() -> None:
    said = [Text("Hello, 你好 "), Text('🦀é\u2028line "done":true {"error": "no"}'), Text(".\n"), Finish("stop")]
    assert read("ollama/chat.ndjson") == (said, None)


def test_thinking_is_reasoning() -> None:
    said = [Reasoning("Let me "), Reasoning("think."), Text("It is 4."), Finish("length")]
    assert read("ollama/thinking.ndjson") == (said, None)
    assert read("ollama/generate.ndjson") == ([Reasoning("Hm."), Text("Blue"), Finish("stop")], None)


def test_a_whole_answer_is_read_as_well() -> None:
    assert read("ollama/chat.json") == ([Text("Hello."), Finish("stop")], None)


def test_tool_calls_come_whole() -> None:
    made = "call_20261120T091401482917365Z_2"  # for one without an id
    calls = [ToolCall("call_8xq1", "get_weather", '{"city":"Paris","note":"{\\"}"}'), ToolCall(made, "get_time", "{}")]
    assert read("ollama/tools.ndjson") == ([*calls, Finish("stop")], None)


def test_usage_and_what_it_leaves_out() -> None:
    usage = usage_of("ollama/chat.ndjson")
    assert (usage.input_tokens, usage.output_tokens, usage.reasoning_tokens) == (26, 282, None)
    assert usage.raw["eval_duration"] == 4535599000
    remembered = usage_of("ollama/tools.ndjson")  # the prompt was in the server's cache
    assert (remembered.input_tokens, remembered.output_tokens) == (None, 31)
    assert usage_of("ollama/openai.sse").input_tokens == 11


def test_an_error_in_mid_answer() -> None:
    events, failure = read("ollama/error_in_stream.ndjson")
    assert events == [Text("So")] and type(failure) is ServerFailed and "unexpected EOF" in failure.message


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("error_400", 400, InvalidRequest),
        ("error_401", 401, AuthFailed),
        ("error_404", 404, ModelNotSupported),
        ("error_500", 500, ServerFailed),
    ],
)
def test_errors(name: str, status: int, kind: type[ProviderError]) -> None:
    failure = OLLAMA.failure(status, {}, load(f"ollama/{name}.json"))
    assert type(failure) is kind and failure.message.startswith("Ollama ")


def test_models_are_listed_and_then_asked_about() -> None:
    listed = OLLAMA.read_models(load("ollama/tags.json"))
    assert listed == [Model("gemma3:4b"), Model("gpt-oss:120b-cloud"), Model("qwen3:8b")]
    exchange = OLLAMA.describe(listed[2])
    assert exchange is not None and (exchange.path, json.loads(exchange.body)) == ("api/show", {"model": "qwen3:8b"})
    assert OLLAMA.operation(exchange.method, exchange.path, exchange.body) == Operation("models", "qwen3:8b")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("show", Model("m", context=40960, tools=True, images=False, reasoning=True)),
        ("show_vision", Model("m", context=8192, tools=False, images=True, reasoning=False)),
        ("show_old", Model("m", context=40960)),
        ("show_embedding", None),
    ],
)
def test_what_a_model_can_do(name: str, expected: Model | None) -> None:
    assert OLLAMA.read_description(Model("m"), load(f"ollama/{name}.json")) == expected


def test_the_context_is_the_one_in_force() -> None:
    def context(num_ctx: str) -> int | None:
        wired = OLLAMA.wire(Target("ollama", HOME, options={"num_ctx": num_ctx}))
        described = wired.read_description(Model("m"), load("ollama/show_vision.json"))
        return None if described is None else described.context

    assert [context(number) for number in ("", "32768", "999999")] == [8192, 32768, 131072]
    assert OLLAMA.read_description(Model("m"), b"<html>") == Model("m")


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("api/chat", b'{"model": "m", "options": {"num_predict": 5}}', Operation("chat", "m", True, 5)),
        ("api/chat", b'{"model": "m", "stream": false}', Operation("chat", "m")),
        ("api/generate", b'{"model": "m"}', Operation("text_completion", "m", True)),
        ("api/embed", b'{"model": "m", "input": "a"}', Operation("embeddings", "m")),
        ("api/pull", b'{"model": "m"}', Operation("other", "m", True)),
        ("api/tags", b"", Operation("models")),
        ("api/version", b"", Operation("other")),
        ("v1/chat/completions", b'{"model": "m", "stream": true}', Operation("chat", "m", True)),
        ("v1/embeddings", b'{"model": "m"}', Operation("embeddings", "m")),
    ],
)
def test_operations(path: str, body: bytes, expected: Operation) -> None:
    assert OLLAMA.operation("POST", path, body) == expected


@pytest.mark.parametrize("root", [HOME, f"{HOME}/", f"{HOME}/v1", f"{HOME}/api"])
def test_a_root_may_be_that_of_either_api(root: str) -> None:
    target = Target("ollama", root)
    assert str(OLLAMA.url(target, "api/chat")) == f"{HOME}/api/chat"
    if not root.endswith("api"):
        assert str(OLLAMA.url(target, "v1/chat/completions")) == f"{HOME}/v1/chat/completions"


def test_a_transfer_of_a_model_ends_with_success() -> None:
    sampler = Sampler(OLLAMA, "application/x-ndjson")
    sampler.feed(b'{"status":"pulling manifest"}\n')
    assert not sampler.reading().complete
    sampler.feed(b'{"status":"success"}\n')
    assert sampler.reading().complete


@pytest.mark.parametrize(
    ("base_url", "model", "local"),
    [
        (HOME, "qwen3:8b", True),
        ("http://192.168.1.9:11434", "qwen3:8b", True),
        ("http://nas:11434", "qwen3:8b", True),
        ("https://box.local", None, True),
        (HOME, "gpt-oss:120b-cloud", False),
        (HOME, "kimi-k2.5:cloud", False),
        ("https://ollama.com", "gpt-oss:120b", False),
        ("https://203.0.114.9", "qwen3:8b", False),
    ],
)
def test_what_runs_at_home_costs_nothing(base_url: str, model: str | None, local: bool) -> None:
    wired = OLLAMA.wire(Target("ollama", base_url))
    assert wired.price_list(model) == ("local" if local else None)


def test_a_key_is_optional_and_goes_as_a_bearer() -> None:
    assert OLLAMA.needs_key is False
    assert OLLAMA.credentials("abc") == {"authorization": "Bearer abc"}
