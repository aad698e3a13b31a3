"""The official openai SDK through the proxy: chat, streams, tools, models, and its own exception classes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import openai
import pytest

from tests.wire import INPUT
from tests.world import World

ASK = [{"role": "user", "content": "hello"}]
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
FAILURES = {
    401: openai.AuthenticationError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    429: openai.RateLimitError,
    500: openai.InternalServerError,
}


@pytest.fixture(params=["openai/v1", "custom/mine/v1"])
def client(request: pytest.FixtureRequest, world: World) -> Iterator[openai.OpenAI]:
    base = f"{world.url}/api/proxy/{request.param}"
    with openai.OpenAI(base_url=base, api_key=world.token, max_retries=0) as client:
        yield client


def test_chat(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="plan:chunks=2", messages=ASK)
    assert answer.choices[0].message.content == "00000 00001 "
    assert answer.usage is not None and answer.usage.prompt_tokens == INPUT


def test_stream(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(model="plan:chunks=4", messages=ASK, stream=True)
    events = list(stream)
    assert "".join(e.choices[0].delta.content or "" for e in events) == "00000 00001 00002 00003 "
    assert all(e.choices for e in events), "the usage event that nobody asked for reached the caller"


def test_comments_between_all_events(client: openai.OpenAI) -> None:
    ask = {"model": "plan:chunks=4,comments=1", "messages": ASK, "stream": True}
    ask["stream_options"] = {"include_usage": True}
    said = [choice.delta.content or "" for event in client.chat.completions.create(**ask) for choice in event.choices]
    assert "".join(said) == "00000 00001 00002 00003 "
    events = list(client.responses.create(model="plan:chunks=2,comments=1", input="hello", stream=True))
    assert [event.type for event in events][-1] == "response.completed"
    raw = client.chat.completions.with_streaming_response.create(**ask)
    with raw as answer:
        assert list(answer.iter_lines()).count(": ping") == 4  # they are passed on, none is added


def test_stream_with_usage_asked_for(client: openai.OpenAI) -> None:
    options = {"include_usage": True}
    stream = client.chat.completions.create(model="plan:chunks=4", messages=ASK, stream=True, stream_options=options)
    last = list(stream)[-1]
    assert last.usage is not None and last.usage.completion_tokens == 4


def test_tools(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="plan:tools=2", messages=ASK, tools=[TOOL]) as stream:
        message = stream.get_final_completion().choices[0].message
    assert [(c.function.name, c.function.arguments) for c in message.tool_calls or []] == [("look", '{"at":"x"}')] * 2


def test_responses(client: openai.OpenAI) -> None:
    events = list(client.responses.create(model="plan:chunks=3", input="hello", stream=True))
    assert events[-1].type == "response.completed"


def test_embeddings(client: openai.OpenAI) -> None:
    assert client.embeddings.create(model="m", input="hello", encoding_format="float").data[0].embedding == [0.5, 0.25]


def test_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["said-model"]


@pytest.mark.parametrize("status", FAILURES)
@pytest.mark.parametrize("stream", [False, True])
def test_failures_are_its_own_classes(client: openai.OpenAI, status: int, stream: bool) -> None:
    with pytest.raises(FAILURES[status]) as failed:
        client.chat.completions.create(model=f"plan:status={status}", messages=ASK, stream=stream)
    assert failed.value.response.headers["x-thinkback-error"]
    assert "canary" not in str(failed.value.body)


def test_wrong_token(world: World) -> None:
    base = f"{world.url}/api/proxy/openai/v1"
    with openai.OpenAI(base_url=base, api_key="tb_wrong", max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError):
            client.models.list()


def test_refused_origin(world: World) -> None:
    base, headers = f"{world.url}/api/proxy/openai/v1", {"Origin": "https://evil.example"}
    with openai.OpenAI(base_url=base, api_key=world.token, default_headers=headers, max_retries=0) as client:
        with pytest.raises(openai.PermissionDeniedError):
            client.chat.completions.create(model="plan:", messages=ASK)


def test_error_inside_a_stream(client: openai.OpenAI) -> None:
    with pytest.raises(openai.APIError):
        list(client.chat.completions.create(model="plan:cut=2,how=error", messages=ASK, stream=True))


def test_stream_cut_short_is_not_a_success(client: openai.OpenAI, world: World) -> None:
    with pytest.raises(openai.APIError):
        list(client.chat.completions.create(model="plan:cut=3,how=reset", messages=ASK, stream=True))
    row = world.records()[0]
    assert (row["model"], row["status"], row["error_type"]) == ("plan:cut=3,how=reset", "error", "network_error")


def test_whoever_leaves_pays_for_what_was_said(client: openai.OpenAI, world: World) -> None:
    model, before = "plan:chunks=400,gap=50,size=40", len(world.records())
    with client.chat.completions.create(model=model, messages=ASK, stream=True) as stream:
        for _ in range(4):  # a role, and three pieces of text
            next(stream)
    end = time.monotonic() + 20
    while (row := world.records()[0])["status"] != "cancelled" or row["model"] != model:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert len(world.records()) == before + 1
    assert row["tokens_source"] == "estimate" and row["input_tokens"] > 0 and row["output_tokens"] >= 20


def test_retries_are_made_here_and_not_multiplied(world: World) -> None:
    with openai.OpenAI(base_url=f"{world.url}/api/proxy/stubborn/v1", api_key=world.token) as client:
        answer = client.chat.completions.create(model="plan:fails=2,chunks=2", messages=ASK)
        assert answer.choices[0].message.content == "00000 00001 "
        with pytest.raises(openai.InternalServerError):
            client.chat.completions.create(model="plan:status=503,chunks=2", messages=ASK)
    assert world.seen().count("plan:fails=2,chunks=2") == world.seen().count("plan:status=503,chunks=2") == 3
    rows = [row for row in world.records() if row["slug"] == "stubborn"]
    assert [(row["attempt"], row["status"]) for row in reversed(rows)] == [
        (1, "error"),
        (2, "error"),
        (3, "ok"),
        (1, "error"),
        (2, "error"),
        (3, "error"),
    ]
    assert len({row["operation_id"] for row in rows}) == 2


async def test_async_chat_and_stream(world: World) -> None:
    base = f"{world.url}/api/proxy/openai/v1"
    async with openai.AsyncOpenAI(base_url=base, api_key=world.token, max_retries=0) as client:
        answer = await client.chat.completions.create(model="plan:chunks=2", messages=ASK)
        assert answer.choices[0].message.content == "00000 00001 "
        stream = await client.chat.completions.create(model="plan:chunks=2", messages=ASK, stream=True)
        assert "".join([e.choices[0].delta.content or "" async for e in stream]) == "00000 00001 "
        assert [model.id async for model in client.models.list()] == ["said-model"]
        with pytest.raises(openai.RateLimitError):
            await client.chat.completions.create(model="plan:status=429", messages=ASK)
