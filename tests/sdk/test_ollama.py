"""The official ollama SDK through the proxy: chat, streams, tools, images, models, its exception; sync and async."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import ollama
import pytest

from tests.wire import INPUT
from tests.world import World

ASK = [{"role": "user", "content": "hello"}]
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}


def settings(world: World, token: str = "", **headers: str) -> dict[str, object]:
    """What a client is made with."""
    authorization = {"Authorization": f"Bearer {token or world.token}"}
    return {"host": f"{world.url}/api/proxy/ollama", "headers": {**authorization, **headers}}


@pytest.fixture
def client(world: World) -> Iterator[ollama.Client]:
    with ollama.Client(**settings(world)) as client:
        yield client


def test_chat(client: ollama.Client, world: World) -> None:
    answer = client.chat("plan:chunks=2", ASK)
    assert answer.message.content == "00000 00001 " and answer.done_reason == "stop"
    assert (answer.prompt_eval_count, answer.eval_count) == (INPUT, 2)
    row = world.records()[0]
    assert (row["provider"], row["operation"], row["model"]) == ("ollama", "chat", "plan:chunks=2")
    assert (row["input_tokens"], row["output_tokens"], row["tokens_source"]) == (INPUT, 2, "provider")
    assert (Decimal(row["cost_usd"]), row["cost_source"]) == (0, "local")


def test_stream(client: ollama.Client, world: World) -> None:
    lines = list(client.chat("plan:chunks=4", ASK, stream=True))
    assert "".join(line.message.content or "" for line in lines) == "00000 00001 00002 00003 "
    assert lines[-1].done and lines[-1].eval_count == 4
    row = world.records()[0]
    assert (row["streamed"], row["status"], row["output_tokens"]) == (True, "ok", 4)


def test_tools_and_thinking(client: ollama.Client) -> None:
    lines = list(client.chat("plan:tools=2", ASK, stream=True, tools=[TOOL], think=True))
    calls = [call.function for line in lines for call in line.message.tool_calls or []]
    assert [(call.name, call.arguments) for call in calls] == [("look", {"at": "x"})] * 2
    assert lines[0].message.thinking == "Hm. "


def test_images_go_as_base64(client: ollama.Client) -> None:
    message = {"role": "user", "content": "what is it?", "images": [b"\x89PNG\r\n\x1a\n picture"]}
    answer = client.chat("plan:echo=1", [message])
    assert answer.message.content == "iVBORw0KGgogcGljdHVyZQ=="


def test_generate_and_embed(client: ollama.Client) -> None:
    assert client.generate("plan:chunks=2", "hello").response == "00000 00001 "
    assert "".join(part.response for part in client.generate("plan:chunks=2", "hello", stream=True)) == "00000 00001 "
    assert client.embed("m", "hello").embeddings == [[0.5, 0.25]]


def test_models(client: ollama.Client) -> None:
    assert [model.model for model in client.list().models] == ["said-model"]
    assert client.show("said-model").capabilities == ["completion", "tools"]


def test_each_model_is_asked_what_it_can_do(world: World) -> None:
    (model,) = world.api("GET", "/api/providers/ollama/models?refresh=1")["results"]
    assert (model["id"], model["context"]) == ("said-model", 8192)
    assert (model["tools"], model["images"], model["reasoning"]) == (True, False, False)


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
@pytest.mark.parametrize("stream", [False, True])
def test_failures_are_its_own_class(client: ollama.Client, status: int, stream: bool) -> None:
    with pytest.raises(ollama.ResponseError) as failed:
        list(client.chat(f"plan:status={status}", ASK, stream=stream))
    assert failed.value.status_code == status
    assert isinstance(failed.value.error, str) and "canary" not in failed.value.error


def test_wrong_token(world: World) -> None:
    with ollama.Client(**settings(world, "tb_wrong")) as client, pytest.raises(ollama.ResponseError) as failed:
        client.list()
    assert failed.value.status_code == 401


def test_refused_origin(world: World) -> None:
    with ollama.Client(**settings(world, Origin="https://evil.example")) as client:
        with pytest.raises(ollama.ResponseError) as failed:
            client.chat("plan:", ASK)
    assert failed.value.status_code == 403


def test_error_inside_a_stream(client: ollama.Client, world: World) -> None:
    with pytest.raises(ollama.ResponseError, match="Overloaded"):
        list(client.chat("plan:cut=2,how=error", ASK, stream=True))
    assert world.records()[0]["status"] == "error"


@pytest.mark.parametrize("how", ["reset", "eof", "half"])
def test_a_stream_cut_short_is_not_a_success(client: ollama.Client, world: World, how: str) -> None:
    with pytest.raises(Exception, match=r"incomplete|closed|peer"):
        list(client.chat(f"plan:cut=2,how={how}", ASK, stream=True))
    assert world.records()[0]["status"] == "error"


async def test_async_chat_and_stream(world: World) -> None:
    async with ollama.AsyncClient(**settings(world)) as client:
        answer = await client.chat("plan:chunks=2", ASK)
        assert answer.message.content == "00000 00001 "
        stream = await client.chat("plan:chunks=3", ASK, stream=True)
        assert "".join([line.message.content or "" async for line in stream]) == "00000 00001 00002 "
        assert [model.model for model in (await client.list()).models] == ["said-model"]
        with pytest.raises(ollama.ResponseError):
            await client.chat("plan:status=429", ASK)


async def test_async_tools_and_images(world: World) -> None:
    look = {"role": "user", "content": "what is it?", "images": [b"\x89PNG"]}
    async with ollama.AsyncClient(**settings(world)) as client:
        answer = await client.chat("plan:echo=1", [look])
        assert answer.message.content == "iVBORw=="
        stream = await client.chat("plan:tools=2", ASK, stream=True, tools=[TOOL], think="high")
        lines = [line async for line in stream]
    calls = [call.function for line in lines for call in line.message.tool_calls or []]
    assert [(call.name, call.arguments) for call in calls] == [("look", {"at": "x"})] * 2
    assert world.last()["body"]["think"] == "high"


def test_what_a_tool_answered_goes_back(client: ollama.Client, world: World) -> None:
    (line, *_) = client.chat("plan:tools=1", ASK, stream=True, tools=[TOOL])
    client.chat("plan:chunks=1", [*ASK, line.message, {"role": "tool", "tool_name": "look", "content": "nothing"}])
    *_, calling, result = world.last()["body"]["messages"]
    assert calling["tool_calls"][0]["function"] == {"name": "look", "arguments": {"at": "x"}}
    assert (result["tool_name"], result["content"]) == ("look", "nothing")
