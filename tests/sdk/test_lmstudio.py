"""LM Studio through the proxy, by the official openai SDK: chat, streams, tools, images, models; sync and async."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import openai
import pytest

from tests.wire import INPUT
from tests.world import World

ASK: Any = [{"role": "user", "content": "hello"}]
TOOL: Any = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}
LOOK: Any = [{"role": "user", "content": [{"type": "text", "text": "what is it?"}, PICTURE]}]


@pytest.fixture
def client(world: World) -> Iterator[openai.OpenAI]:
    base = f"{world.url}/api/proxy/lmstudio/v1"
    with openai.OpenAI(base_url=base, api_key=world.token, max_retries=0) as client:
        yield client


def test_chat_costs_nothing(client: openai.OpenAI, world: World) -> None:
    answer = client.chat.completions.create(model="plan:chunks=2", messages=ASK)
    assert answer.choices[0].message.content == "00000 00001 "
    row = world.records()[0]
    assert (row["provider"], row["operation"], row["status"]) == ("lmstudio", "chat", "ok")
    assert (row["input_tokens"], row["output_tokens"]) == (INPUT, 2)
    assert (Decimal(row["cost_usd"]), row["cost_source"]) == (0, "local")


def test_stream(client: openai.OpenAI, world: World) -> None:
    stream = client.chat.completions.create(model="plan:chunks=3", messages=ASK, stream=True)
    assert "".join(event.choices[0].delta.content or "" for event in stream) == "00000 00001 00002 "
    row = world.records()[0]
    assert (row["streamed"], row["status"], row["output_tokens"]) == (True, "ok", 3)


def test_tools_and_images(client: openai.OpenAI, world: World) -> None:
    answer = client.chat.completions.create(model="plan:tools=2", messages=LOOK, tools=[TOOL])
    calls = answer.choices[0].message.tool_calls or []
    assert [(call.function.name, call.function.arguments) for call in calls if call.type == "function"] == [
        ("look", '{"at":"x"}')
    ] * 2
    body = world.last()["body"]
    assert (body["messages"][0]["content"][1], body["tools"]) == (PICTURE, [TOOL])
    told = {"role": "tool", "tool_call_id": "call_0", "content": "nothing there"}
    messages: Any = [*ASK, answer.choices[0].message.model_dump(exclude_none=True), told]
    with client.chat.completions.stream(model="plan:tools=1", messages=messages, tools=[TOOL]) as stream:
        last = stream.get_final_completion()
    assert world.last()["body"]["messages"][-1] == told
    (call,) = last.choices[0].message.tool_calls or []
    assert (call.function.name, call.function.arguments) == ("look", '{"at":"x"}')


def test_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["said-model"]


async def test_async(world: World) -> None:
    base = f"{world.url}/api/proxy/lmstudio/v1"
    async with openai.AsyncOpenAI(base_url=base, api_key=world.token, max_retries=0) as client:
        answer = await client.chat.completions.create(model="plan:tools=1", messages=LOOK, tools=[TOOL])
        assert answer.choices[0].finish_reason == "tool_calls"
        stream = await client.chat.completions.create(model="plan:chunks=2", messages=LOOK, stream=True)
        assert "".join([event.choices[0].delta.content or "" async for event in stream]) == "00000 00001 "
        assert world.last()["body"]["messages"][0]["content"][1] == PICTURE
        with pytest.raises(openai.RateLimitError):
            await client.chat.completions.create(model="plan:status=429", messages=ASK)
        with pytest.raises(openai.APIError):
            cut = await client.chat.completions.create(model="plan:cut=2,how=eof", messages=ASK, stream=True)
            [event async for event in cut]
    assert world.records()[0]["status"] == "error"
