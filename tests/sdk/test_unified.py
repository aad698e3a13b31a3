"""The official openai SDK at the unified address: every wire format answers it alike."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.wire import INPUT
from tests.world import CANARY, World

ASK: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}]
FORMATS = ("openai", "anthropic", "google", "cohere", "ollama", "bedrock", "blue", "vertex")
KINDS = (*FORMATS, "mistral", "mine")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PICTURE = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
LOOK = {
    "type": "function",
    "function": {
        "name": "look",
        "description": "Look somewhere.",
        "parameters": {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]},
    },
}
CITY = {"type": "object", "properties": {"inhabitants": {"type": "integer"}}, "required": ["inhabitants"]}
FAILURES = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    404: openai.NotFoundError,
    429: openai.RateLimitError,
    500: openai.InternalServerError,
}


@pytest.fixture
def client(world: World) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{world.url}/api/v1", api_key=world.token, max_retries=0) as client:
        yield client


def plan(kind: str, what: str) -> str:
    """The model's name; a colon means something in the addresses of some services."""
    return f"{kind}/plan-{what}"


@pytest.mark.parametrize("kind", KINDS)
def test_chat(client: openai.OpenAI, world: World, kind: str) -> None:
    answer = client.chat.completions.create(model=plan(kind, "chunks=2,usage=joined"), messages=ASK)
    assert answer.model == plan(kind, "chunks=2,usage=joined")
    choice = answer.choices[0]
    assert (choice.message.role, choice.message.content, choice.finish_reason) == ("assistant", "00000 00001 ", "stop")
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (INPUT, 2)
    row = world.records()[0]
    assert (row["source"], row["slug"], row["status"], row["attempt"]) == ("unified", kind, "ok", 1)
    assert (row["model"], row["input_tokens"]) == ("plan-chunks=2,usage=joined", INPUT)


@pytest.mark.parametrize("kind", KINDS)
async def test_asynchronously(world: World, kind: str) -> None:
    ask = {"model": plan(kind, "chunks=3,usage=joined"), "messages": ASK, "stream": True}
    async with openai.AsyncOpenAI(base_url=f"{world.url}/api/v1", api_key=world.token, max_retries=0) as client:
        chunks = [chunk async for chunk in await client.chat.completions.create(**ask)]
        assert all(chunk.choices for chunk in chunks), "nobody asked for the usage"
        assert chunks[0].choices[0].delta.role == "assistant"
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "00000 00001 00002 "
        assert [chunk.choices[0].finish_reason for chunk in chunks][-2:] == [None, "stop"]
        told = [c async for c in await client.chat.completions.create(**ask, stream_options={"include_usage": True})]
        assert told[-1].usage is not None and told[-1].usage.completion_tokens == 3
        whole = await client.chat.completions.create(model=plan(kind, "chunks=1"), messages=ASK)
        assert whole.choices[0].message.content == "00000 "
        with pytest.raises(openai.RateLimitError):
            await client.chat.completions.create(model=plan(kind, "status=429"), messages=ASK)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_failures_are_its_own_classes(client: openai.OpenAI, kind: str, stream: bool) -> None:
    for status, expected in FAILURES.items():
        with pytest.raises(expected) as failed:
            client.chat.completions.create(model=plan(kind, f"status={status},retry=7"), messages=ASK, stream=stream)
        assert failed.value.response.headers["x-thinkback-error"]
        assert CANARY not in str(failed.value.body)
        if status == 429:
            assert failed.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize("kind", ["openai", "anthropic", "google", "cohere", "ollama", "bedrock", "vertex"])
def test_an_error_inside_a_stream_is_no_success(client: openai.OpenAI, world: World, kind: str) -> None:
    said = []
    with pytest.raises(openai.APIError, match="(?i)overloaded"):
        for chunk in client.chat.completions.create(
            model=plan(kind, "chunks=9,cut=6,how=error"), messages=ASK, stream=True
        ):
            said.append(chunk.choices[0].delta.content or "")
    assert "".join(said).startswith("00000 ")
    assert world.records()[0]["status"] == "error"


@pytest.mark.parametrize("kind", FORMATS)
def test_tools_go_round(client: openai.OpenAI, world: World, kind: str) -> None:
    asked: list[Any] = [*ASK]
    with client.chat.completions.stream(model=plan(kind, "tools=2,chunks=1"), messages=asked, tools=[LOOK]) as stream:
        choice = stream.get_final_completion().choices[0]
    assert choice.finish_reason == "tool_calls"
    calls = choice.message.tool_calls or []
    assert [(call.function.name, call.function.arguments) for call in calls] == [("look", '{"at":"x"}')] * 2
    assert len({call.id for call in calls} - {""}) == 2
    assert "Look somewhere." in str(world.last()["body"])
    asked.append(choice.message.model_dump(exclude_none=True))
    found = zip(calls, ("a rose", "a thorn"), strict=True)
    asked += [{"role": "tool", "tool_call_id": call.id, "content": what} for call, what in found]
    answer = client.chat.completions.create(model=plan(kind, "chunks=1"), messages=asked, tools=[LOOK])
    assert answer.choices[0].message.content == "00000 "
    sent = str(world.last()["body"])
    assert sent.index("hello") < sent.index("a rose") < sent.index("a thorn")


@pytest.mark.parametrize("kind", FORMATS)
def test_pictures_go_in(client: openai.OpenAI, world: World, kind: str) -> None:
    asked: Any = [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, PICTURE]}]
    assert client.chat.completions.create(model=plan(kind, "chunks=1"), messages=asked).choices
    sent = str(world.last()["body"])
    assert PIXEL in sent and "What is this?" in sent


@pytest.mark.parametrize("kind", FORMATS)
def test_an_answer_by_a_schema(client: openai.OpenAI, world: World, kind: str) -> None:
    wanted: Any = {"type": "json_schema", "json_schema": {"name": "city", "schema": CITY}}
    model = "anthropic/claude-sonnet-4-5" if kind == "anthropic" else plan(kind, "chunks=1")
    client.chat.completions.create(model=model, messages=ASK, response_format=wanted)
    assert "inhabitants" in str(world.last()["body"])


def test_signed_reasoning_is_given_back(client: openai.OpenAI, world: World) -> None:
    ask: Any = {"model": plan("anthropic", "thinks=1,tools=1"), "tools": [LOOK], "max_tokens": 9000}
    message = client.chat.completions.create(messages=ASK, reasoning_effort="low", **ask).choices[0].message
    assert message.model_extra is not None
    assert message.model_extra["reasoning_content"] == "Let me see."
    said = message.model_dump(exclude_none=True)
    result = {"role": "tool", "tool_call_id": said["tool_calls"][0]["id"], "content": "a rose"}
    client.chat.completions.create(messages=[*ASK, said, result], reasoning_effort="low", **ask)
    block = {"type": "thinking", "thinking": "Let me see.", "signature": "c2lnbmVk"}
    assert block in world.last()["body"]["messages"][1]["content"]


def test_reasoning_and_pictures_come_out(client: openai.OpenAI, world: World) -> None:
    ask: Any = {"model": plan("google", "draws=1,chunks=1"), "messages": ASK}
    deltas = [chunk.choices[0].delta.model_extra or {} for chunk in client.chat.completions.create(**ask, stream=True)]
    assert "".join(delta.get("reasoning_content", "") for delta in deltas) == "Hm."
    drawn = [image for delta in deltas for image in delta.get("images", ())]
    assert [image["image_url"]["url"] for image in drawn] == ["data:image/png;base64,iVBORw=="]
    whole = client.chat.completions.create(**ask).choices[0].message.model_dump()
    assert (whole["reasoning_content"], whole["content"], whole["images"]) == ("Hm.", "00000 ", drawn)
    client.chat.completions.create(model=ask["model"], messages=[*ASK, whole, {"role": "user", "content": "Bluer"}])
    assert "iVBORw==" in str(world.last()["body"])


def test_a_deployment_keeps_its_name(client: openai.OpenAI, world: World) -> None:
    world.api("PATCH", "/api/providers/blue", {"options": {"deployments": "small=gpt-4o-mini"}})
    assert client.chat.completions.create(model="blue/small", messages=ASK).model == "blue/small"
    assert world.records()[0]["model"] == "gpt-4o-mini"


def test_claude_on_vertex(client: openai.OpenAI, world: World) -> None:
    answer = client.chat.completions.create(model="vertex/claude-haiku-4-5", messages=ASK)
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("00000 00001 00002 ", "stop")
    assert world.last()["path"].endswith("/models/claude-haiku-4-5:streamRawPredict")


def test_a_model_that_speaks_responses_alone(client: openai.OpenAI, world: World) -> None:
    answer = client.chat.completions.create(model="openai/gpt-5-pro", messages=ASK, reasoning_effort="high")
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("00000 00001 00002 ", "stop")
    assert answer.usage is not None and answer.usage.completion_tokens == 3
    sent = world.last()
    assert sent["path"].endswith("/v1/responses") and sent["body"]["instructions"] == "Be brief."
    row = world.records()[0]
    assert (row["operation"], row["model"], row["status"], row["output_tokens"]) == ("responses", "gpt-5-pro", "ok", 3)


def test_a_model_that_draws(client: openai.OpenAI, world: World) -> None:
    ask: Any = {"model": "openai/gpt-image-2", "messages": [ASK[1]]}
    message = client.chat.completions.create(**ask).choices[0].message.model_dump(exclude_none=True)
    assert [image["image_url"]["url"] for image in message["images"]] == ["data:image/png;base64,iVBORw=="]
    assert world.last()["body"]["prompt"] == "hello"
    row = world.records()[0]
    assert (row["operation"], row["status"], row["output_tokens"]) == ("image", "ok", 1056)
    bluer = [*ask["messages"], message, {"role": "user", "content": "Bluer"}]
    client.chat.completions.create(model=ask["model"], messages=bluer)
    assert world.last()["path"].endswith("/v1/images/edits")
    assert (world.records()[0]["model"], world.records()[0]["status"]) == ("gpt-image-2", "ok")


@pytest.mark.parametrize(
    ("kind", "asked", "param", "named"),
    [
        ("ollama", {"tools": [LOOK], "tool_choice": "required"}, "tool_choice", "tool_choice"),
        ("anthropic", {"seed": 7}, "seed", "seed"),
        ("cohere", {"messages": [{"role": "user", "content": [{"type": "file", "file": {
            "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}}]}]}, "messages", "files"),
    ],
)  # fmt: skip
def test_what_a_provider_lacks_is_refused_by_name(
    client: openai.OpenAI, world: World, kind: str, asked: Any, param: str, named: str
) -> None:
    seen = len(world.seen())
    with pytest.raises(openai.BadRequestError, match=f"{kind.title()} cannot take .*{named}.*“some”") as failed:
        client.chat.completions.create(**{"model": f"{kind}/some", "messages": ASK, **asked})
    assert (failed.value.param, failed.value.code) == (param, "unsupported_parameter")
    assert len(world.seen()) == seen
    row = world.records()[0]
    assert (row["slug"], row["model"], row["status"], row["attempt"]) == (kind, "some", "refused", 0)


def test_whoever_leaves_cancels_the_upstream(client: openai.OpenAI, world: World) -> None:
    aborted = world.stats()["aborted"]
    ask = {"model": plan("anthropic", "chunks=400,gap=50"), "messages": ASK}
    with client.chat.completions.create(**ask, stream=True) as stream:
        assert [next(stream).choices[0].delta.content for _ in range(2)] == ["", "00000 "]
    end = time.monotonic() + 20
    while world.stats()["aborted"] == aborted or world.records()[0]["status"] != "cancelled":
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("wrong", "param", "code"),
    [
        ({"logit_bias": {"1": 5}}, "logit_bias", "unsupported_parameter"),
        ({"n": 2}, "n", "unsupported_parameter"),
        ({"temperature": "hot"}, "temperature", "invalid_value"),
        ({"messages": []}, "messages", "invalid_value"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages.0.content.0.text", None),
        ({"messages": [{"role": "user", "content": "a", "colour": 1}]}, "messages.0.colour", "unsupported_parameter"),
        ({"messages": [{"role": "tool", "tool_call_id": "x", "content": "a"}]}, "messages.0.tool_call_id", None),
    ],
)
def test_what_is_wrong_is_named(client: openai.OpenAI, world: World, wrong: Any, param: str, code: str | None) -> None:
    seen = len(world.seen())
    with pytest.raises(openai.BadRequestError) as failed:
        client.chat.completions.create(**{"model": plan("openai", ""), "messages": ASK, **wrong})
    assert failed.value.param == param
    assert code in (None, failed.value.code)
    assert len(world.seen()) == seen
    row = world.records()[0]
    assert (row["status"], row["attempt"], row["source"]) == ("refused", 0, "unified")


def test_fields_that_say_nothing_to_the_model_are_taken(client: openai.OpenAI) -> None:
    more: dict[str, Any] = {"user": "u", "metadata": {"a": "b"}, "store": False, "n": 1, "logprobs": False}
    assert client.chat.completions.create(model=plan("google", "chunks=1"), messages=ASK, **more).choices


@pytest.mark.parametrize("name", ["gpt", "nobody/gpt", "openai/"])
def test_an_unknown_model_is_told_with_what_there_is(client: openai.OpenAI, name: str) -> None:
    with pytest.raises(openai.NotFoundError, match="There are either, openai/") as failed:
        client.chat.completions.create(model=name, messages=ASK)
    assert (failed.value.code, failed.value.param) == ("model_not_found", "model")
    assert "anthropic/…" in str(failed.value), "no list of its models was fetched, but it can be asked"


def test_models(client: openai.OpenAI, world: World) -> None:
    world.api("PATCH", "/api/providers/mine", {"models": ["some/model"]})
    assert "mine/some/model" in [model.id for model in client.models.list()]
    assert client.models.retrieve("mine/some/model").owned_by == "mine"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("mine/other")


def test_what_a_model_costs_and_can_do(client: openai.OpenAI, world: World) -> None:
    world.api("PATCH", "/api/providers/openai", {"models": ["gpt-4o", "unheard-of"]})
    end = time.monotonic() + 20
    while "pricing" not in (model := client.models.retrieve("openai/gpt-4o").model_dump()):
        assert time.monotonic() < end, "the price table takes a while to load, but not so long"
    assert model["pricing"] == {"prompt": "0.0000025", "completion": "0.00001", "input_cache_read": "0.00000125"}
    assert {"tools", "structured_outputs", "seed"} <= {*model["supported_parameters"]}
    assert "pricing" not in client.models.retrieve("openai/unheard-of").model_dump()


def test_an_alias_stands_for_models_of_any_format(client: openai.OpenAI, world: World) -> None:
    assert "either" in [model.id for model in client.models.list()]
    answer = client.chat.completions.create(model="either", messages=ASK)
    assert (answer.model, answer.choices[0].message.content) == ("anthropic/plan-chunks=2", "00000 00001 ")
    second, first = world.records()[:2]
    assert (first["slug"], first["status"], second["slug"], second["status"]) == ("openai", "error", "anthropic", "ok")
    assert first["operation_id"] == second["operation_id"] and "either" in second["route_reason"]


def test_a_round_of_tools_goes_on_with_who_called_them(client: openai.OpenAI, world: World) -> None:
    opening: list[Any] = [{"role": "user", "content": "a round of tools"}]
    message = client.chat.completions.create(model="called", messages=opening, tools=[LOOK]).choices[0].message
    result = {"role": "tool", "tool_call_id": (message.tool_calls or [])[0].id, "content": "a rose"}
    asked = [*opening, message.model_dump(exclude_none=True), result]
    assert client.chat.completions.create(model="called", messages=asked, tools=[LOOK]).model.startswith("anthropic/")
    row = world.records()[0]
    assert (row["attempt"], row["slug"]) == (1, "anthropic") and "goes on with what the tools said" in row[
        "route_reason"
    ]


def test_strangers_and_pages_of_others_are_refused(world: World) -> None:
    base = f"{world.url}/api/v1"
    with openai.OpenAI(base_url=base, api_key="tb_wrong", max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError):
            client.models.list()
    headers = {"Origin": "https://evil.example"}
    with openai.OpenAI(base_url=base, api_key=world.token, default_headers=headers, max_retries=0) as client:
        with pytest.raises(openai.PermissionDeniedError):
            client.chat.completions.create(model=plan("openai", ""), messages=ASK)


def test_a_token_without_the_scope_is_refused(world: World) -> None:
    token = world.api("POST", "/api/tokens", {"name": "reader", "scopes": ["usage"]})["token"]
    with openai.OpenAI(base_url=f"{world.url}/api/v1", api_key=token, max_retries=0) as client:
        with pytest.raises(openai.PermissionDeniedError):
            client.models.list()
        with pytest.raises(openai.PermissionDeniedError):
            client.chat.completions.create(model=plan("openai", ""), messages=ASK)
