"""The official cohere SDK through the proxy, and OpenAI's at Cohere's compatible root: chat, tools, images, errors."""

from __future__ import annotations

from collections.abc import Iterator

import cohere
import openai
import pytest
from cohere.core import ApiError

from tests.wire import INPUT
from tests.world import World

ASK = [cohere.UserChatMessageV2(content="hello")]
TOOL = cohere.ToolV2(function=cohere.ToolV2Function(name="look", parameters={"type": "object", "properties": {}}))
PICTURE = "data:image/png;base64,iVBORw=="
LOOK = [
    cohere.UserChatMessageV2(
        content=[
            cohere.TextContent(text="what is it?"),
            cohere.ImageUrlContent(image_url=cohere.ImageUrl(url=PICTURE)),
        ]
    )
]
FAILURES = {
    401: cohere.UnauthorizedError,
    403: cohere.ForbiddenError,
    404: cohere.NotFoundError,
    429: cohere.TooManyRequestsError,
    500: cohere.InternalServerError,
}


def connect(world: World, token: str = "") -> cohere.ClientV2:
    base = f"{world.url}/api/proxy/cohere"
    return cohere.ClientV2(api_key=token or world.token, base_url=base, max_retries=0)


@pytest.fixture
def client(world: World) -> Iterator[cohere.ClientV2]:
    with connect(world) as client:
        yield client


def test_chat(client: cohere.ClientV2, world: World) -> None:
    answer = client.chat(model="plan:chunks=2", messages=ASK)
    assert answer.message.content is not None and answer.message.content[0].text == "00000 00001 "
    row = world.records()[0]
    assert (row["provider"], row["operation"], row["model"], row["status"]) == ("cohere", "chat", "plan:chunks=2", "ok")
    assert (row["input_tokens"], row["output_tokens"], row["tokens_source"]) == (INPUT, 2, "provider")


def test_stream(client: cohere.ClientV2, world: World) -> None:
    events = list(client.chat_stream(model="plan:chunks=3", messages=ASK))
    said = [event.delta.message.content.text for event in events if event.type == "content-delta"]
    assert "".join(said) == "00000 00001 00002 "
    assert events[-1].type == "message-end" and events[-1].delta.finish_reason == "COMPLETE"
    row = world.records()[0]
    assert (row["streamed"], row["status"], row["input_tokens"], row["output_tokens"]) == (True, "ok", INPUT, 3)


def test_tools(client: cohere.ClientV2) -> None:
    answer = client.chat(model="plan:tools=2", messages=ASK, tools=[TOOL])
    calls = [(call.function.name, call.function.arguments) for call in answer.message.tool_calls or []]
    assert calls == [("look", '{"at":"x"}')] * 2
    kinds = [event.type for event in client.chat_stream(model="plan:tools=1", messages=ASK, tools=[TOOL])]
    assert kinds == ["message-start", "tool-call-start", "tool-call-delta", "tool-call-end", "message-end"]


def test_what_a_tool_answered_goes_back(client: cohere.ClientV2, world: World) -> None:
    asked = client.chat(model="plan:tools=1", messages=ASK, tools=[TOOL], tool_choice="REQUIRED").message
    calling = cohere.AssistantChatMessageV2(tool_calls=asked.tool_calls, tool_plan=asked.tool_plan)
    told = cohere.ToolChatMessageV2(tool_call_id="look_0", content="nothing there")
    client.chat(model="plan:chunks=1", messages=[*ASK, calling, told], tools=[TOOL])
    *_, calls, result = world.last()["body"]["messages"]
    assert (calls["tool_plan"], calls["tool_calls"][0]["id"]) == ("I will look.", "look_0")
    assert (result["role"], result["content"]) == ("tool", "nothing there")


def test_an_image_arrives_whole(client: cohere.ClientV2, world: World) -> None:
    assert client.chat(model="plan:chunks=1", messages=LOOK).message.content
    assert world.last()["body"]["messages"][0]["content"][1]["image_url"] == {"url": PICTURE}


async def test_async(world: World) -> None:
    base = f"{world.url}/api/proxy/cohere"
    async with cohere.AsyncClientV2(api_key=world.token, base_url=base, max_retries=0) as client:
        answer = await client.chat(model="plan:tools=1", messages=LOOK, tools=[TOOL])
        assert [call.function.name for call in answer.message.tool_calls or []] == ["look"]
        assert world.last()["body"]["messages"][0]["content"][1]["image_url"] == {"url": PICTURE}
        kinds = [event.type async for event in client.chat_stream(model="plan:tools=1", messages=ASK, tools=[TOOL])]
        assert kinds == ["message-start", "tool-call-start", "tool-call-delta", "tool-call-end", "message-end"]
        with pytest.raises(cohere.TooManyRequestsError):
            await client.chat(model="plan:status=429", messages=ASK)


def test_models(client: cohere.ClientV2) -> None:
    assert [model.name for model in client.models.list(endpoint="chat").models] == ["said-model"]


@pytest.mark.parametrize("status", FAILURES)
@pytest.mark.parametrize("stream", [False, True])
def test_failures_are_its_own_classes(client: cohere.ClientV2, status: int, stream: bool) -> None:
    with pytest.raises(FAILURES[status]) as failed:
        if stream:
            list(client.chat_stream(model=f"plan:status={status}", messages=ASK))
        else:
            client.chat(model=f"plan:status={status}", messages=ASK)
    assert failed.value.body["message"] and "canary" not in str(failed.value.body)


def test_wrong_token(world: World) -> None:
    with connect(world, "tb_wrong") as client, pytest.raises(cohere.UnauthorizedError):
        client.models.list()


def test_a_refusal_of_ours_has_its_shape(world: World) -> None:
    with cohere.ClientV2(api_key=world.token, base_url=f"{world.url}/api/proxy/cohere-9", max_retries=0) as client:
        with pytest.raises(ApiError) as failed:
            client.chat(model="plan:", messages=ASK)
    assert failed.value.status_code == 404


def test_stream_cut_short_is_not_a_success(client: cohere.ClientV2, world: World) -> None:
    events = list(client.chat_stream(model="plan:cut=3,how=eof", messages=ASK))
    assert events[-1].type == "message-end"
    assert events[-1].delta.finish_reason == "ERROR" and events[-1].delta.error
    assert world.records()[0]["status"] == "error"


def test_openai_at_the_compatible_root(world: World) -> None:
    base = f"{world.url}/api/proxy/cohere/compatibility/v1"
    with openai.OpenAI(base_url=base, api_key=world.token, max_retries=0) as client:
        answer = client.chat.completions.create(model="plan:chunks=2", messages=[{"role": "user", "content": "hello"}])
        assert answer.choices[0].message.content == "00000 00001 "
        assert world.records()[0]["input_tokens"] == INPUT
        ask = {"model": "plan:chunks=3,usage=joined", "messages": [{"role": "user", "content": "hi"}], "stream": True}
        said = [event.choices[0].delta.content or "" for event in client.chat.completions.create(**ask)]
        assert "".join(said) == "00000 00001 00002 "
        assert (world.records()[0]["status"], world.records()[0]["output_tokens"]) == ("ok", 3)
        with pytest.raises(openai.APIError):
            list(client.chat.completions.create(**ask | {"model": "plan:cut=3,how=eof"}))
