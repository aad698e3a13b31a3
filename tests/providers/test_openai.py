"""OpenAI's chat completions: what is asked, what is read."""

from __future__ import annotations

import json
from typing import Any

import pytest

import providers
from providers import (
    AuthFailed,
    Finish,
    InvalidRequest,
    Message,
    ModelNotSupported,
    Operation,
    Prompt,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    Reasoning,
    ServerFailed,
    Target,
    Text,
    ToolCall,
)
from tests.providers.recorded import load, read, read_all

OPENAI = providers.get("openai")


def prompt(model: str, **more: Any) -> Prompt:
    """A short prompt."""
    return Prompt(model, (Message("user", "Hi"),), **more)


def body_of(prompt: Prompt) -> dict[str, Any]:
    """The body of a chat request."""
    body: dict[str, Any] = json.loads(OPENAI.chat(prompt).body)
    return body


def test_a_chat_request() -> None:
    exchange = OPENAI.chat(prompt("gpt-4o", system="Be kind.", temperature=0.0, max_tokens=9))
    assert (exchange.method, exchange.path) == ("POST", "v1/chat/completions")
    assert json.loads(exchange.body) == {
        "model": "gpt-4o",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.0,
        "max_completion_tokens": 9,
    }


@pytest.mark.parametrize("model", ["o1", "o3-mini", "o4-mini", "gpt-5", "gpt-5-mini", "gpt-5.1", "ft:gpt-5-mini:me"])
def test_reasoning_models_get_no_temperature(model: str) -> None:
    body = body_of(prompt(model, temperature=0.5, max_tokens=9))
    assert "temperature" not in body and body["max_completion_tokens"] == 9


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4.1", "gpt-5-chat-latest", "gpt-4o-mini", "omni"])
def test_other_models_keep_it(model: str) -> None:
    assert body_of(prompt(model, temperature=0.5))["temperature"] == 0.5


def test_what_is_not_set_is_not_sent() -> None:
    assert set(body_of(prompt("gpt-4o"))) == {"model", "messages", "stream", "stream_options"}


def test_organisation_and_project_travel_as_headers() -> None:
    target = Target("openai", "", headers={"X-Team": "a"}, options={"organization": "org-1", "project": "proj_1"})
    assert OPENAI.headers(target) == {"openai-organization": "org-1", "openai-project": "proj_1", "X-Team": "a"}
    assert OPENAI.headers(Target("openai", "")) == {}
    assert {"organization", "project"} <= {field.name for field in OPENAI.fields()}


def test_a_streamed_answer() -> None:
    events, failure = read("openai/chat.sse")
    assert failure is None
    assert "".join(event.text for event in events if isinstance(event, Text)) == (
        'Hello, 你好 🦀é\u2028line "usage": {"prompt_tokens": 1}.\n\ndata: [DONE]'
    )
    assert events[-1] == Finish("stop")


def test_a_whole_answer_is_read_as_well() -> None:
    assert read("openai/chat.json") == ([Text("Hello."), Finish("stop")], None)


def test_tool_calls_come_whole() -> None:
    calls = [ToolCall("call_a1", "get_weather", '{"city": "Paris"}'), ToolCall("call_b2", "get_time", "{}")]
    assert read("openai/tools.sse") == ([*calls, Finish("tool_calls")], None)


def test_an_error_in_mid_answer_comes_after_what_was_said() -> None:
    events, failure = read("openai/error_in_stream.sse")
    assert events == [Text("Let me")]
    assert type(failure) is ServerFailed


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("error_401", 401, AuthFailed),
        ("error_404", 404, ModelNotSupported),
        ("error_429_quota", 429, QuotaExceeded),
        ("error_429_rate", 429, RateLimited),
        ("error_400", 400, InvalidRequest),
    ],
)
def test_errors(name: str, status: int, kind: type[ProviderError]) -> None:
    failure = OPENAI.failure(status, {}, load(f"openai/{name}.json"))
    assert type(failure) is kind
    assert "Ab3d" not in failure.message and "org-AbC" not in failure.message
    assert failure.message.startswith("OpenAI ")


def test_models_that_cannot_chat_are_left_out() -> None:
    names = [model.id for model in OPENAI.read_models(load("openai/models.json"))]
    assert names == [
        "ft:gpt-4o-mini:acme::1", "gpt-4o-mini", "gpt-5", "gpt-5-pro-2025-10-06", "gpt-5.1-codex-mini", "o1-pro",
        "o3-deep-research", "o4-mini", "dall-e-3", "gpt-image-1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "v1/chat/completions", "chat"),
        ("POST", "chat/completions", "chat"),
        ("POST", "v1/responses", "responses"),
        ("GET", "v1/responses/resp_1", "responses"),
        ("POST", "v1/completions", "text_completion"),
        ("POST", "v1/embeddings", "embeddings"),
        ("GET", "v1/models", "models"),
        ("GET", "v1/models/gpt-5", "models"),
        ("POST", "v1/images/generations", "image"),
        ("POST", "v1/audio/speech", "speech"),
        ("POST", "v1/audio/transcriptions", "transcription"),
        ("POST", "v1/batches", "batches"),
        ("DELETE", "v1/files/file-1", "files"),
        ("POST", "v1/fine_tuning/jobs", "fine_tuning"),
        ("POST", "v1/somethingnew", "other"),
        ("GET", "", "other"),
    ],
)
def test_operations(method: str, path: str, name: str) -> None:
    assert OPENAI.operation(method, path, b"").name == name


def test_an_operation_names_model_stream_and_limit() -> None:
    body = b'{"messages": [{"content": "\xff"}], "model": "m", "stream": true, "max_completion_tokens": 5}'
    assert OPENAI.operation("POST", "v1/chat/completions", body) == Operation("chat", "m", True, 5)
    form = b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--x--'
    assert OPENAI.operation("POST", "v1/audio/transcriptions", form).model == "whisper-1"


def chunk(**delta: Any) -> bytes:
    """One chunk with this delta."""
    return b"data: " + json.dumps({"choices": [{"index": 0, "delta": delta}]}).encode() + b"\n\n"


def F(index: int | None, id: str = "", name: str = "", args: Any = None) -> dict[str, Any]:
    """One fragment of a tool call."""
    function = {"name": name} if name else {}
    function |= {} if args is None else {"arguments": args}
    return ({} if index is None else {"index": index}) | ({"id": id} if id else {}) | {"function": function}


@pytest.mark.parametrize(
    "fragments",
    [
        [F(0, "a", "f", '{"x'), F(0, args='":1}'), F(1, "b", "g"), F(1, args="{}")],
        [F(0, "a", "f", '{"x":1}'), F(0, "b", "g", "{}")],  # Ollama: always index 0
        [F(None, "a", "f", '{"x":1}'), F(None, "b", "g", "{}")],  # Gemini's OpenAI endpoint: no index
        [F(0, "a", "f", ""), F(7, args='{"x":1}'), F(1, "b", "g")],  # arguments under an index of their own
        [F(0, "a", "f"), F(1, "b", "g"), F(0, args='{"x'), F(1, args="{}"), F(0, args='":1}')],  # interleaved
        [F(0, "a", "f", '{"x'), F(0, "a", "f", '":1}'), F(1, "b", "g")],  # id and name in each
        [F(0, "a", "f", {"x": 1}), F(1, "b", "g", {})],  # arguments as an object
    ],
)
def test_fragments_of_tool_calls_in_every_shape_seen(fragments: list[dict[str, Any]]) -> None:
    body = b"".join(chunk(tool_calls=[fragment]) for fragment in fragments) + b"data: [DONE]\n\n"
    events, failure = read_all(OPENAI.reader(), [body])
    assert failure is None
    assert events == [ToolCall("a", "f", '{"x":1}'), ToolCall("b", "g", "{}")]


def test_a_tool_call_cut_short_is_not_given_out() -> None:
    events, failure = read_all(OPENAI.reader(), [chunk(tool_calls=[F(0, "a", "f", '{"x')])])
    assert events == [] and failure is not None


def test_any_field_of_a_chunk_may_be_missing() -> None:
    odd: list[Any] = [{}, {"choices": []}, {"choices": None}, {"choices": [{}]}, {"choices": [None]},
                      {"choices": [{"delta": None}]}, {"choices": [{"delta": {"tool_calls": [None, {}]}}]},
                      {"choices": [{"delta": {"content": [None, {"type": "image"}]}}], "usage": None}, {"error": None},
                      {"prompt_filter_results": [], "choices": []}]  # fmt: skip
    body = b"".join(b"data: " + json.dumps(document).encode() + b"\n\n" for document in odd)
    reader = OPENAI.reader()
    assert [event for event in reader.feed(body) if not isinstance(event, ToolCall)] == []


def test_text_that_is_not_quite_unicode_is_still_text() -> None:
    body = b'data: {"choices":[{"delta":{"content":"a\xff\\ud83d"}}]}\n\ndata: [DONE]\n\n'
    assert read_all(OPENAI.reader(), [body]) == ([Text("a\ufffd\ufffd")], None)


def test_reasoning_under_either_name() -> None:
    for field in ("reasoning", "reasoning_content"):
        assert list(OPENAI.reader().feed(chunk(**{field: "Hm"}))) == [Reasoning("Hm")]
