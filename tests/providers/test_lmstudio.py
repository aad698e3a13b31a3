"""LM Studio: OpenAI's format, and a list of models that tells more."""

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
    Prompt,
    ProviderError,
    Reasoning,
    ServerFailed,
    Target,
    Text,
    ToolCall,
    Usage,
)
from tests.providers.recorded import load, read, read_all

STUDIO = providers.get("lmstudio")
QWEN, GEMMA = "qwen/qwen3-4b", "google/gemma-3-12b"


def test_a_chat_request() -> None:
    exchange = STUDIO.chat(Prompt(QWEN, (Message("user", "Hi"),), "Be kind.", 0.0, 9))
    assert exchange.path == "v1/chat/completions"
    assert json.loads(exchange.body) == {
        "model": QWEN,
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.0,
        "max_tokens": 9,
    }


@pytest.mark.parametrize("root", ["http://127.0.0.1:1234/v1", "http://127.0.0.1:1234"])
def test_its_two_apis_stand_beside_each_other(root: str) -> None:
    target = Target("lmstudio", root)
    assert str(STUDIO.url(target, STUDIO.models().path)) == "http://127.0.0.1:1234/api/v0/models"
    assert str(STUDIO.url(target, "v1/chat/completions")) == "http://127.0.0.1:1234/v1/chat/completions"
    assert str(STUDIO.url(target, "api/v1/models/load")) == "http://127.0.0.1:1234/api/v1/models/load"


def test_its_own_list_tells_state_context_and_abilities() -> None:
    assert STUDIO.read_models(load("lmstudio/models_v0.json")) == [
        Model(QWEN, context=4096, tools=True, images=False, loaded=True),
        Model(GEMMA, context=131072, images=True, loaded=False),
    ]


def test_an_older_one_has_openais_list() -> None:
    with pytest.raises(ServerFailed):
        STUDIO.read_models(load("lmstudio/models_unknown.json"))  # of status 200
    exchange = STUDIO.models_otherwise()
    assert exchange is not None and exchange.path == "v1/models"
    assert STUDIO.read_models(load("lmstudio/models.json")) == [Model(GEMMA), Model(QWEN)]


def test_answers() -> None:
    thought = [Reasoning("Two and two"), Reasoning(" make 4 < 5.")]
    assert read("lmstudio/chat.sse") == ([*thought, Text("It is"), Text(" 4."), Finish("stop")], None)
    assert read("lmstudio/reasoning.sse") == ([Reasoning("Easy. "), Text("你好"), Finish("stop")], None)
    call = ToolCall("365174485", "get_weather", '{"city":"Paris"}')
    assert read("lmstudio/tools.sse") == ([call, Finish("tool_calls")], None)


def test_usage() -> None:
    events, _ = read_all(STUDIO.reader(), [load("lmstudio/chat.sse")])
    usage = [event for event in events if isinstance(event, Usage)][-1]
    assert (usage.input_tokens, usage.output_tokens, usage.reasoning_tokens) == (18, 41, 29)


def test_an_error_in_mid_answer() -> None:
    events, failure = read("lmstudio/error_in_stream.sse")
    assert events == [Text("So")] and type(failure) is ServerFailed and "crashed" in failure.message


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [("error_400", 400, InvalidRequest), ("error_401", 401, AuthFailed), ("error_404", 404, ModelNotSupported)],
)
def test_errors(name: str, status: int, kind: type[ProviderError]) -> None:
    failure = STUDIO.failure(status, {}, load(f"lmstudio/{name}.json"))
    assert type(failure) is kind and failure.message.startswith("LM Studio ")


def test_it_needs_no_key_and_costs_nothing_at_home() -> None:
    assert STUDIO.needs_key is False and STUDIO.credentials(None) == {}
    assert STUDIO.price_list(QWEN) == "local"
    assert STUDIO.wire(Target("lmstudio", "https://llm.example.com/v1")).price_list(QWEN) is None
