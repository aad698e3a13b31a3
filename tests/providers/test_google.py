"""Gemini: what is asked, what is read."""

from __future__ import annotations

import json

import pytest

import providers
from providers import (
    AuthFailed,
    Citation,
    ContentRefused,
    Finish,
    Image,
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

GOOGLE = providers.get("google")


def test_a_chat_request() -> None:
    turns = (Message("user", "Hi"), Message("assistant", "Yes?"), Message("user", " "), Message("user", "你好"))
    exchange = GOOGLE.chat(Prompt("models/gemini-2.5-pro", turns, "Be kind.", 0.0, 9))
    assert (exchange.path, exchange.query) == ("v1beta/models/gemini-2.5-pro:streamGenerateContent", "alt=sse")
    assert json.loads(exchange.body) == {
        "contents": [
            {"role": "user", "parts": [{"text": "Hi"}]},
            {"role": "model", "parts": [{"text": "Yes?"}]},
            {"role": "user", "parts": [{"text": "你好"}]},
        ],
        "systemInstruction": {"parts": [{"text": "Be kind."}]},
        "generationConfig": {"temperature": 0.0, "maxOutputTokens": 9},
    }


def test_what_is_not_set_is_not_sent() -> None:
    assert set(json.loads(GOOGLE.chat(Prompt("m", (Message("user", "Hi"),))).body)) == {"contents"}


def test_a_strange_model_name_stays_in_its_segment() -> None:
    assert "a%2F..%2Fb%3Fx" in GOOGLE.chat(Prompt("a/../b?x", ())).path


@pytest.mark.parametrize("name", ["stream.sse", "stream_array.json"])
def test_a_streamed_answer_in_either_framing(name: str) -> None:
    expected = [
        Reasoning("**Planning** the answer"),
        Text('First, "finishReason": "STOP" is text. '),
        Text("你好 🦀"),
        Finish("STOP"),
    ]
    assert read(f"google/{name}") == (expected, None)
    events, _ = read_all(GOOGLE.reader(), [load(f"google/{name}")])
    usage = [event for event in events if isinstance(event, Usage)][-1]
    assert (usage.input_tokens, usage.output_tokens, usage.reasoning_tokens) == (55021, 1708, 785)


def test_function_calls() -> None:
    events, failure = read("google/tools.sse")
    first, second, third, end = events
    assert isinstance(first, ToolCall) and isinstance(third, ToolCall) and failure is None
    assert (first.name, first.arguments) == ("get_weather", '{"city":"Paris","note":"{\\"}"}')
    assert second == ToolCall("fc2", "get_time", "{}", "U2ln")
    assert end == Finish("STOP")
    assert len({first.id, "fc2", third.id, ""}) == 4  # what comes without an id gets one of its own


def test_pictures_and_sources() -> None:
    assert read("google/image.sse") == (
        [
            Reasoning("A draft first."),
            Text("Here it is."),
            Image(b"\x89PNG", "image/png"),
            Citation("https://a.example/1", "A page"),
            Citation("https://maps.example/2"),
            Finish("STOP"),
        ],
        None,
    )


def test_a_blocked_prompt_is_a_failure() -> None:
    events, failure = read("google/error_blocked.sse")
    assert events == [] and type(failure) is ContentRefused
    assert failure.code == "PROHIBITED_CONTENT" and "PROHIBITED_CONTENT" in failure.message


def test_an_error_in_mid_answer() -> None:
    events, failure = read("google/error_in_stream.sse")
    assert len(events) == 1 and type(failure) is ProviderUnavailable


@pytest.mark.parametrize(
    ("name", "status", "kind", "wait"),
    [
        ("error_400_key", 400, AuthFailed, None),
        ("error_404", 404, ModelNotSupported, None),
        ("error_429", 429, RateLimited, 46.5),
        ("error_429_none", 429, QuotaExceeded, None),
    ],
)
def test_errors(name: str, status: int, kind: type[ProviderError], wait: float | None) -> None:
    failure = GOOGLE.failure(status, {}, load(f"google/{name}.json"))
    assert (type(failure), failure.retry_after) == (kind, wait)


def test_models() -> None:
    flash, pro, banana = GOOGLE.read_models(load("google/models.json"))
    assert (flash.id, flash.label, flash.reasoning) == ("gemini-2.5-flash", "Gemini 2.5 Flash", None)
    assert (pro.id, pro.context, pro.max_output, pro.reasoning) == ("gemini-2.5-pro", 1048576, 65536, True)
    assert (banana.id, banana.draws, banana.tools) == ("gemini-2.5-flash-image", True, False)
    assert (pro.tools, pro.images, pro.draws) == (True, True, None)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("v1beta/models/gemini-2.5-pro:generateContent", Operation("chat", "gemini-2.5-pro", False, 5)),
        ("v1/models/gemini-2.5-pro:streamGenerateContent", Operation("chat", "gemini-2.5-pro", True, 5)),
        ("v1beta/tunedModels/mine:generateContent", Operation("chat", "mine", False, 5)),
        ("v1beta/models/m:countTokens", Operation("count", "m", False, 5)),
        ("v1beta/models/m:batchEmbedContents", Operation("embeddings", "m", False, 5)),
        ("v1beta/models/imagen-4:predict", Operation("image", "imagen-4", False, 5)),
        ("v1beta/models/m:unheardOf", Operation("other", "m", False, 5)),
        ("v1beta/models", Operation("models")),
        ("v1beta/models/gemini-2.5-pro", Operation("models")),
        ("upload/v1beta/files", Operation("files")),
    ],
)
def test_operations(path: str, expected: Operation) -> None:
    assert GOOGLE.operation("POST", path, b'{"contents": [], "generationConfig": {"maxOutputTokens": 5}}') == expected


def test_its_openai_endpoint_is_understood() -> None:
    body = b'{"model": "gemini-2.5-pro", "stream": true}'
    assert GOOGLE.operation("POST", "v1beta/openai/chat/completions", body) == Operation("chat", "gemini-2.5-pro", True)


def test_the_key_is_never_in_the_address() -> None:
    assert GOOGLE.credentials("AIzaX") == {"x-goog-api-key": "AIzaX"}
