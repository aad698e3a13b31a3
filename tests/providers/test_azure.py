"""Azure OpenAI: its two kinds of addresses, deployments, the chunks of its content filters."""

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
    ModelNotSupported,
    Operation,
    Prompt,
    ProviderError,
    RateLimited,
    ServerFailed,
    Target,
    Text,
    ToolCall,
    Usage,
)
from providers._azure.deployments import read_deployments
from providers._base import Adapter
from tests.providers.recorded import load, read, read_all

ROOT = "https://alice.openai.azure.com"
OPTIONS = {"deployments": "chat=gpt-4o, thinker = o4-mini"}


def azure(api: str = "", **options: str) -> Adapter:
    """The adapter of a configuration."""
    return providers.get("azure").wire(Target("azure", ROOT, api, options={**OPTIONS, **options}))


def url(path: str, query: str = "", root: str = ROOT, **options: str) -> str:
    """Where a path leads."""
    return str(azure(**options).url(Target("azure", root), path, query)).removeprefix("https://")


@pytest.mark.parametrize(
    ("api", "path", "query"),
    [
        ("", "openai/v1/chat/completions", ""),
        ("v1", "openai/v1/chat/completions", ""),
        ("deployments", "openai/deployments/chat/chat/completions", "api-version=2024-10-21"),
    ],
)
def test_a_chat_request(api: str, path: str, query: str) -> None:
    adapter = azure(api)
    exchange = adapter.chat(Prompt("chat", (Message("user", "Hi"),), "Be kind.", 0.5, 9))
    address = adapter.url(Target("azure", ROOT), exchange.path, exchange.query)
    assert (address.path, address.query.decode()) == (f"/{path}", query)
    assert json.loads(exchange.body) == {
        "model": "chat",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
        "max_completion_tokens": 9,
    }


def test_a_deployment_of_a_model_that_reasons_gets_no_temperature() -> None:
    body = json.loads(azure().chat(Prompt("thinker", (Message("user", "Hi"),), temperature=0.5)).body)
    assert "temperature" not in body and body["model"] == "thinker"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("openai/v1/responses", "/openai/v1/responses"),
        ("v1/chat/completions", "/openai/v1/chat/completions"),
        ("chat/completions", "/openai/v1/chat/completions"),
        ("openai/v1alpha/evals", "/openai/v1alpha/evals"),
        ("openai/responses", "/openai/responses?api-version=2024-10-21"),
        ("deployments/chat/embeddings", "/openai/deployments/chat/embeddings?api-version=2024-10-21"),
    ],
)
@pytest.mark.parametrize("tail", ["", "/", "/openai", "/openai/v1/", "/openai/deployments/chat"])
def test_root_and_path_however_much_of_them_was_copied(path: str, expected: str, tail: str) -> None:
    assert url(path, root=ROOT + tail) == f"alice.openai.azure.com{expected}"


def test_a_gateway_keeps_what_is_before() -> None:
    assert url("v1/models", root="https://api.example/azure/openai/v1") == "api.example/azure/openai/v1/models"


def test_the_caller_may_say_which_api_version() -> None:
    path = "openai/deployments/chat/images/generations"
    assert url(path, "api-version=2025-04-01-preview").endswith("?api-version=2025-04-01-preview")
    assert url(path, "x=1", api_version="2024-06-01").endswith("?x=1&api-version=2024-06-01")
    assert url("openai/v1/evals", "api-version=preview").endswith("v1/evals?api-version=preview")


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("openai/v1/chat/completions", b'{"model": "chat", "stream": true}', Operation("chat", "gpt-4o", True)),
        ("openai/v1/chat/completions", b'{"model": "unnamed"}', Operation("chat", "unnamed")),
        ("openai/deployments/chat/chat/completions", b'{"stream": true}', Operation("chat", "gpt-4o", True)),
        ("openai/deployments/chat/chat/completions", b'{"model": "x"}', Operation("chat", "gpt-4o")),
        ("openai/deployments/messages/embeddings", b"{}", Operation("embeddings", "messages")),
        ("openai/responses", b'{"model": "thinker"}', Operation("responses", "o4-mini")),
        ("openai/models", b"", Operation("models")),
    ],
)
def test_a_deployment_is_booked_as_the_model_that_it_runs(path: str, body: bytes, expected: Operation) -> None:
    assert azure().operation("POST", path, body) == expected


def test_another_deployment_is_asked_by_path_or_body() -> None:
    path = "openai/deployments/chat/chat/completions"
    assert azure().with_model(path, b'{"n":1}', "b/c") == (
        "openai/deployments/b%2Fc/chat/completions", b'{"n":1,"model":"b/c"}',
    )  # fmt: skip
    assert azure().with_model("openai/v1/responses", b'{"model":"a"}', "b") == ("openai/v1/responses", b'{"model":"b"}')


def test_the_key_has_a_header_of_its_own() -> None:
    assert azure().credentials("k1") == {"api-key": "k1"}


def test_a_streamed_answer_between_filter_results() -> None:
    assert read("azure/chat.sse") == ([Text("Hello, "), Text("你好"), Finish("stop")], None)
    events, _ = read_all(azure().reader(), [load("azure/chat.sse")])
    usage = [event for event in events if isinstance(event, Usage)][-1]
    assert (usage.input_tokens, usage.cache_read_tokens, usage.output_tokens) == (1200, 1024, 5)


def test_annotations_come_without_a_delta_and_after_the_end() -> None:
    assert read("azure/annotations.sse") == ([Text("Color "), Text("me."), Finish("stop")], None)


def test_an_answer_that_the_filter_stopped() -> None:
    assert read("azure/filtered.sse") == ([Text("Once "), Finish("content_filter")], None)


def test_tool_calls() -> None:
    assert read("azure/tools.sse") == (
        [ToolCall("call_a1", "get_weather", '{"city":"Paris"}'), Finish("tool_calls")],
        None,
    )


def test_a_chunk_that_says_nothing_yet() -> None:
    first, second = (json.loads(line[6:]) for line in load("azure/annotations.sse").split(b"\r\n\r\n")[:2])
    note = json.loads(load("azure/annotations.sse").split(b"\r\n\r\n")[3][6:])
    assert all(map(azure().preliminary, (first, second, note)))


def test_an_error_in_mid_answer() -> None:
    events, failure = read("azure/error_in_stream.sse")
    assert events == [Text("So")] and type(failure) is ServerFailed


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("error_400_filter", 400, ContentRefused),
        ("error_401", 401, AuthFailed),
        ("error_404_deployment", 404, ModelNotSupported),
        ("error_404_resource", 404, InvalidRequest),
        ("error_429", 429, RateLimited),
    ],
)
def test_errors(name: str, status: int, kind: type[ProviderError]) -> None:
    failure = azure().failure(status, {"retry-after-ms": "21000"}, load(f"azure/{name}.json"))
    assert (type(failure), failure.retry_after) == (kind, 21)


def test_a_prompt_that_the_filter_declined_is_called_that() -> None:
    failure = azure().failure(400, {}, load("azure/error_400_filter.json"))
    assert failure.code == "content_filter" and "declined this prompt by its content rules" in failure.message


def test_the_deployments_are_what_can_be_chosen() -> None:
    models = azure().read_models(load("azure/models.json"))
    assert [(model.id, model.label) for model in models] == [
        ("chat", "chat (gpt-4o)"), ("thinker", "thinker (o4-mini)"),
    ]  # fmt: skip


def test_without_any_named_the_list_is_as_the_service_gives_it() -> None:
    models = azure(deployments="").read_models(load("azure/models.json"))
    assert [model.id for model in models] == ["gpt-4o-2024-08-06", "gpt-4o-mini-2024-07-18"]


def test_where_the_models_are_listed() -> None:
    assert azure("v1").models().path == "openai/v1/models"
    assert azure("deployments").models().path == "openai/models"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ({}, "")),
        (" a=b ;c = d,", ({"a": "b", "c": "d"}, "")),
        ("a=b, nonsense, =c", ({"a": "b"}, "nonsense")),
        ("a=b=c", ({}, "a=b=c")),
        ("a b=c", ({}, "a b=c")),
    ],
)
def test_deployments_as_people_write_them(text: str, expected: tuple[dict[str, str], str]) -> None:
    assert read_deployments(text) == expected


def test_settings_that_cannot_be_are_told_by_field() -> None:
    def faults(**options: str) -> set[str]:
        return set(providers.get("azure").faults(Target("azure", ROOT, options=options)))

    assert faults() == faults(deployments="a=b", api_version="2025-04-01-preview") == set()
    assert faults(deployments="gpt-4o", api_version="newest") == {"deployments", "api_version"}
