"""The official mistralai SDK through the proxy: chat, streams, tools, images, models, its exception; sync and async."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from mistralai.client import Mistral
from mistralai.client.errors import SDKError
from mistralai.client.models import AssistantMessage, DeltaMessage

from tests.wire import INPUT
from tests.world import World

ASK = [{"role": "user", "content": "hello"}]
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
PICTURE = {"type": "image_url", "image_url": "data:image/png;base64,iVBORw=="}
LOOK = [{"role": "user", "content": [{"type": "text", "text": "what is it?"}, PICTURE]}]


def calls_of(message: AssistantMessage | DeltaMessage | None) -> list[tuple[str, str]]:
    """The names and arguments of the tools that a message calls."""
    calls = message.tool_calls if message is not None else None
    return [(call.function.name, str(call.function.arguments)) for call in calls or []]


@pytest.fixture
def client(world: World) -> Iterator[Mistral]:
    with Mistral(api_key=world.token, server_url=f"{world.url}/api/proxy/mistral") as client:
        yield client


def test_chat(client: Mistral) -> None:
    answer = client.chat.complete(model="plan:chunks=2", messages=ASK)
    assert answer.choices[0].message is not None and answer.choices[0].message.content == "00000 00001 "
    assert answer.usage.prompt_tokens == INPUT


def test_stream(client: Mistral, world: World) -> None:
    with client.chat.stream(model="plan:chunks=3,usage=joined", messages=ASK) as stream:
        said = [choice.delta.content or "" for event in stream for choice in event.data.choices]
    assert "".join(map(str, said)) == "00000 00001 00002 "
    row = world.records()[0]
    assert (row["provider"], row["status"], row["input_tokens"], row["output_tokens"]) == ("mistral", "ok", INPUT, 3)


def test_tools(client: Mistral, world: World) -> None:
    answer = client.chat.complete(model="plan:tools=2", messages=ASK, tools=[TOOL], tool_choice="any")
    assert calls_of(answer.choices[0].message) == [("look", '{"at":"x"}')] * 2
    body = world.last()["body"]
    assert (body["tool_choice"], [tool["function"]["name"] for tool in body["tools"]]) == ("any", ["look"])
    with client.chat.stream(model="plan:tools=1,usage=joined", messages=ASK, tools=[TOOL]) as stream:
        deltas = [choice.delta for event in stream for choice in event.data.choices]
    assert [call for delta in deltas for call in calls_of(delta)] == [("look", '{"at":"x"}')]


def test_what_a_tool_answered_goes_back(client: Mistral, world: World) -> None:
    asked = client.chat.complete(model="plan:tools=1", messages=ASK, tools=[TOOL]).choices[0].message
    assert asked is not None
    told = {"role": "tool", "name": "look", "tool_call_id": "call_0", "content": "nothing there"}
    client.chat.complete(model="plan:chunks=1", messages=[*ASK, asked, told], tools=[TOOL])
    *_, calling, result = world.last()["body"]["messages"]
    assert calling["tool_calls"][0]["function"]["name"] == "look"
    assert (result["tool_call_id"], result["content"]) == ("call_0", "nothing there")


def test_an_image_arrives_whole(client: Mistral, world: World) -> None:
    assert client.chat.complete(model="plan:chunks=1", messages=LOOK).choices
    assert world.last()["body"]["messages"][0]["content"][1] == PICTURE


async def test_async(world: World) -> None:
    async with Mistral(api_key=world.token, server_url=f"{world.url}/api/proxy/mistral") as client:
        answer = await client.chat.complete_async(model="plan:tools=1", messages=LOOK, tools=[TOOL])
        assert calls_of(answer.choices[0].message) == [("look", '{"at":"x"}')]
        assert world.last()["body"]["messages"][0]["content"][1] == PICTURE
        async with await client.chat.stream_async(
            model="plan:tools=2,usage=joined", messages=ASK, tools=[TOOL]
        ) as stream:
            names = [name async for event in stream for name, _ in calls_of(event.data.choices[0].delta)]
        assert names == ["look"] * 2
        with pytest.raises(SDKError):
            await client.chat.complete_async(model="plan:status=429", messages=ASK)


def test_models(client: Mistral) -> None:
    assert [model.id for model in client.models.list().data or []] == ["said-model"]


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
@pytest.mark.parametrize("stream", [False, True])
def test_failures_are_its_own_class(client: Mistral, status: int, stream: bool) -> None:
    ask = client.chat.stream if stream else client.chat.complete
    with pytest.raises(SDKError) as failed:
        ask(model=f"plan:status={status}", messages=ASK)
    assert failed.value.status_code == status
    assert "canary" not in failed.value.body


def test_wrong_token(world: World) -> None:
    with Mistral(api_key="tb_wrong", server_url=f"{world.url}/api/proxy/mistral") as client:
        with pytest.raises(SDKError) as failed:
            client.models.list()
    assert failed.value.status_code == 401
