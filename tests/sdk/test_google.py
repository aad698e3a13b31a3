"""The official google-genai SDK through the proxy: content, streams, functions, models, exceptions."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from google import genai
from google.genai import errors, types

from tests.world import World

FAILURES = {401: errors.ClientError, 403: errors.ClientError, 429: errors.ClientError, 500: errors.ServerError}


def connect(world: World, key: str = "", version: str | None = None, **headers: str) -> genai.Client:
    options = types.HttpOptions(base_url=f"{world.url}/api/proxy/google", api_version=version, headers=headers or None)
    return genai.Client(api_key=key or world.token, http_options=options)


@pytest.fixture(params=[None, "v1", "v1beta"])
def client(request: pytest.FixtureRequest, world: World) -> Iterator[genai.Client]:
    with connect(world, version=request.param) as client:
        yield client


def test_chat(client: genai.Client) -> None:
    answer = client.models.generate_content(model="plan:chunks=2", contents="hello")
    assert answer.text == "00000 00001 "
    assert answer.usage_metadata is not None and answer.usage_metadata.candidates_token_count == 2


def test_stream(client: genai.Client) -> None:
    chunks = list(client.models.generate_content_stream(model="plan:chunks=3", contents="hello"))
    assert "".join(chunk.text or "" for chunk in chunks) == "00000 00001 00002 "


def test_functions(client: genai.Client) -> None:
    declaration = types.FunctionDeclaration(name="look", parameters_json_schema={"type": "object", "properties": {}})
    off = types.AutomaticFunctionCallingConfig(disable=True)
    config = types.GenerateContentConfig(
        tools=[types.Tool(function_declarations=[declaration])], automatic_function_calling=off
    )
    answer = client.models.generate_content(model="plan:tools=2", contents="hello", config=config)
    assert [(call.name, call.args) for call in answer.function_calls or []] == [("look", {"at": "x"})] * 2


def test_a_conversation_with_a_picture_a_call_and_thoughts(world: World) -> None:
    user = types.Content(role="user", parts=[types.Part.from_bytes(data=b"\x89PNG", mime_type="image/png")])
    call = types.Part(function_call=types.FunctionCall(name="look", args={"at": "x"}), thought_signature=b"sign")
    turns = [
        user,
        types.Content(role="model", parts=[call]),
        types.Content(role="user", parts=[types.Part.from_function_response(name="look", response={"output": "y"})]),
    ]
    thinking = types.ThinkingConfig(thinking_level=types.ThinkingLevel.LOW, include_thoughts=True)
    config = types.GenerateContentConfig(thinking_config=thinking)
    with connect(world) as client:
        answer = client.models.generate_content(model="plan:echo=1", contents=turns, config=config)
    sent = json.loads(answer.text or "")
    assert set(sent["generationConfig"]["thinkingConfig"].values()) == {"LOW", True}
    picture, called, told = (turn["parts"][0] for turn in sent["contents"])
    assert set(picture["inlineData"].values()) == {"image/png", "iVBORw=="}
    assert called["functionCall"]["args"] == {"at": "x"} and "c2lnbg==" in called.values()
    assert told["functionResponse"]["response"] == {"output": "y"}


def test_thoughts_and_pictures(world: World) -> None:
    with connect(world) as client:
        parts = client.models.generate_content(model="plan:draws=1", contents="hello").parts or []
    assert [(part.text, part.thought) for part in parts[:2]] == [("Hm.", True), ("00000 00001 00002 ", None)]
    assert parts[2].inline_data is not None and parts[2].inline_data.data == b"\x89PNG"


def test_models(client: genai.Client) -> None:
    assert [model.name for model in client.models.list()] == ["models/said-model"]


@pytest.mark.parametrize("status", FAILURES)
def test_failures_are_its_own_classes(client: genai.Client, status: int) -> None:
    with pytest.raises(FAILURES[status]) as failed:
        client.models.generate_content(model=f"plan:status={status}", contents="hello")
    assert failed.value.code == status
    assert "canary" not in str(failed.value)


def test_wrong_token(world: World) -> None:
    with connect(world, "tb_wrong") as client, pytest.raises(errors.ClientError) as failed:
        client.models.generate_content(model="plan:", contents="hello")
    assert failed.value.code == 401


def test_refused_origin(world: World) -> None:
    with connect(world, Origin="https://evil.example") as client, pytest.raises(errors.ClientError) as failed:
        client.models.generate_content(model="plan:", contents="hello")
    assert failed.value.code == 403


async def test_async_chat_and_stream(world: World) -> None:
    with connect(world) as client:
        answer = await client.aio.models.generate_content(model="plan:chunks=2", contents="hello")
        assert answer.text == "00000 00001 "
        stream = await client.aio.models.generate_content_stream(model="plan:chunks=2", contents="hello")
        assert "".join([chunk.text or "" async for chunk in stream]) == "00000 00001 "
        assert [model.name async for model in await client.aio.models.list()] == ["models/said-model"]
        with pytest.raises(errors.ClientError):
            await client.aio.models.generate_content(model="plan:status=429", contents="hello")
        await client.aio.aclose()
