"""Google's and Anthropic's SDKs for Vertex AI through the proxy: content, streams, tools, models, exceptions."""

from __future__ import annotations

from collections.abc import Iterator

import anthropic
import pytest
from anthropic.types import MessageParam
from google import genai
from google.genai import errors, types

from tests.world import World

TURN: list[MessageParam] = [{"role": "user", "content": "hello"}]


@pytest.fixture
def gemini(world: World) -> Iterator[genai.Client]:
    options = types.HttpOptions(base_url=f"{world.url}/api/proxy/vertex")
    with genai.Client(vertexai=True, api_key=world.token, http_options=options) as client:
        yield client


@pytest.fixture(params=["", "/v1"])
def claude(request: pytest.FixtureRequest, world: World) -> Iterator[anthropic.AnthropicVertex]:
    with connect(world, request.param) as client:
        yield client


def connect(world: World, tail: str = "", project: str = "-", region: str = "-") -> anthropic.AnthropicVertex:
    address = f"{world.url}/api/proxy/vertex{tail}"
    return anthropic.AnthropicVertex(
        base_url=address, access_token=world.token, project_id=project, region=region, max_retries=0
    )


def test_gemini(gemini: genai.Client, world: World) -> None:
    answer = gemini.models.generate_content(model="plan-chunks=2", contents="hello")
    assert answer.text == "00000 00001 "
    chunks = list(gemini.models.generate_content_stream(model="plan-chunks=3", contents="hello"))
    assert "".join(chunk.text or "" for chunk in chunks) == "00000 00001 00002 "
    record = world.records()[0]
    assert (record["provider"], record["model"], record["input_tokens"]) == ("vertex", "plan-chunks=3", 11)


def test_gemini_calls_functions(gemini: genai.Client) -> None:
    declaration = types.FunctionDeclaration(name="look", parameters_json_schema={"type": "object", "properties": {}})
    off = types.AutomaticFunctionCallingConfig(disable=True)
    config = types.GenerateContentConfig(
        tools=[types.Tool(function_declarations=[declaration])], automatic_function_calling=off
    )
    answer = gemini.models.generate_content(model="plan-tools=2", contents="hello", config=config)
    assert [call.name for call in answer.function_calls or []] == ["look", "look"]


def test_models(gemini: genai.Client, world: World) -> None:
    assert [model.name for model in gemini.models.list()] == ["publishers/google/models/gemini-2.5-said"]
    tested = world.api("POST", "/api/providers/vertex/test", {})
    assert tested["ok"] and len(tested["steps"]) == 4, tested
    listed = {row["id"]: row["context"] for row in world.api("GET", "/api/providers/vertex/models")["results"]}
    assert listed == {"claude-said@20260101": 200_000, "gemini-2.5-said": 1_048_576}


def test_gemini_fails_in_its_own_classes(gemini: genai.Client) -> None:
    for status, kind in ((401, errors.ClientError), (429, errors.ClientError), (500, errors.ServerError)):
        with pytest.raises(kind) as failed:
            gemini.models.generate_content(model=f"plan-status={status}", contents="hello")
        assert failed.value.code == status and "canary" not in str(failed.value)


def test_claude(claude: anthropic.AnthropicVertex, world: World) -> None:
    answer = claude.messages.create(model="plan-chunks=2", max_tokens=9, messages=TURN)
    assert answer.content[0].type == "text" and answer.content[0].text == "00000 00001 "
    with claude.messages.stream(model="plan-tools=1", max_tokens=9, messages=TURN) as stream:
        (call,) = stream.get_final_message().content
    assert call.type == "tool_use" and call.input == {"at": "x"}
    assert world.records()[0]["model"] == "plan-tools=1"


def test_claude_fails_in_its_own_classes(world: World) -> None:
    with connect(world) as client:
        for status, kind in ((401, anthropic.AuthenticationError), (429, anthropic.RateLimitError)):
            with pytest.raises(kind) as failed:
                client.messages.create(model=f"plan-status={status}", max_tokens=9, messages=TURN)
            assert failed.value.status_code == status and "canary" not in str(failed.value)


def test_a_stream_of_claude_that_breaks_is_an_error(world: World) -> None:
    with connect(world) as client, pytest.raises(anthropic.APIStatusError):
        for _ in client.messages.create(model="plan-cut=5,how=reset", max_tokens=9, messages=TURN, stream=True):
            pass


def test_another_location_is_refused_by_name(world: World) -> None:
    with connect(world, project="my-project", region="europe-west4") as client:
        with pytest.raises(anthropic.BadRequestError) as failed:
            client.messages.create(model="plan-chunks=2", max_tokens=9, messages=TURN)
    assert "us-east5" in str(failed.value)
