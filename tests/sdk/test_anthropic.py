"""The official anthropic SDK through the proxy: messages, streams, tools, models, and its own exception classes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import anthropic
import pytest

from tests.wire import SEALED, SIGNATURE
from tests.world import World

ASK = [{"role": "user", "content": "hello"}]
TOOL = {"name": "look", "input_schema": {"type": "object", "properties": {}}}
FAILURES = {
    401: anthropic.AuthenticationError,
    403: anthropic.PermissionDeniedError,
    404: anthropic.NotFoundError,
    429: anthropic.RateLimitError,
    500: anthropic.InternalServerError,
}


@pytest.fixture
def client(world: World) -> Iterator[anthropic.Anthropic]:
    base = f"{world.url}/api/proxy/anthropic"
    with anthropic.Anthropic(base_url=base, api_key=world.token, max_retries=0) as client:
        yield client


def test_chat(client: anthropic.Anthropic) -> None:
    answer = client.messages.create(model="plan:chunks=2", max_tokens=10, messages=ASK)
    assert answer.content[0].text == "00000 00001 "
    assert answer.usage.output_tokens == 2


def test_stream(client: anthropic.Anthropic) -> None:
    with client.messages.stream(model="plan:chunks=3", max_tokens=10, messages=ASK) as stream:
        assert "".join(stream.text_stream) == "00000 00001 00002 "
        assert stream.get_final_message().usage.output_tokens == 3


def test_comments_between_all_events(client: anthropic.Anthropic) -> None:
    with client.messages.stream(model="plan:chunks=3,comments=1", max_tokens=10, messages=ASK) as stream:
        assert "".join(stream.text_stream) == "00000 00001 00002 "
        assert stream.get_final_message().usage.output_tokens == 3


def test_tools(client: anthropic.Anthropic) -> None:
    with client.messages.stream(model="plan:tools=2", max_tokens=10, messages=ASK, tools=[TOOL]) as stream:
        calls = [block for block in stream.get_final_message().content if block.type == "tool_use"]
    assert [(call.name, call.input) for call in calls] == [("look", {"at": "x"})] * 2


def test_thoughts_calls_and_a_picture_make_a_round(client: anthropic.Anthropic, world: World) -> None:
    """What the model thought goes back with its call and what the tool answered, byte for byte, beside a picture."""
    source = {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}
    asked = {"role": "user", "content": [{"type": "image", "source": source}, {"type": "text", "text": "Look."}]}
    thinking, more = {"type": "adaptive", "display": "summarized"}, {"max_tokens": 2000, "tools": [TOOL]}
    with client.messages.stream(model="plan:tools=1,thinks=1", messages=[asked], thinking=thinking, **more) as stream:
        said = stream.get_final_message().content
    assert [block.type for block in said] == ["redacted_thinking", "thinking", "tool_use"]
    assert (said[0].data, said[1].thinking, said[1].signature) == (SEALED, "Let me see.", SIGNATURE)
    told = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": said[2].id, "content": "y"}]}
    turns = [asked, {"role": "assistant", "content": said}, told]
    client.messages.create(model="plan:", messages=turns, thinking=thinking, **more)
    sent = world.last()["body"]
    assert sent["thinking"] == thinking and sent["messages"][0]["content"][0]["source"] == source
    sealed, signed, call = sent["messages"][1]["content"]
    assert sealed == {"type": "redacted_thinking", "data": SEALED}
    assert signed == {"type": "thinking", "thinking": "Let me see.", "signature": SIGNATURE}
    assert call["input"] == {"at": "x"} and sent["messages"][2] == told


def test_models(client: anthropic.Anthropic) -> None:
    assert [model.id for model in client.models.list()] == ["said-model"]


@pytest.mark.parametrize("status", FAILURES)
def test_failures_are_its_own_classes(client: anthropic.Anthropic, status: int) -> None:
    with pytest.raises(FAILURES[status]) as failed:
        client.messages.create(model=f"plan:status={status}", max_tokens=10, messages=ASK)
    assert failed.value.response.headers["x-thinkback-error"]
    assert "canary" not in str(failed.value.body)


def test_token_as_bearer(world: World) -> None:
    base = f"{world.url}/api/proxy/anthropic"
    with anthropic.Anthropic(base_url=base, auth_token=world.token, max_retries=0) as client:
        assert client.messages.create(model="plan:chunks=1", max_tokens=10, messages=ASK).content[0].text == "00000 "


def test_claude_in_foundry(world: World) -> None:
    base = f"{world.url}/api/proxy/foundry/anthropic"
    with anthropic.AnthropicFoundry(base_url=base, api_key=world.token, max_retries=0) as client:
        with client.messages.stream(model="plan:chunks=3,thinks=1", max_tokens=10, messages=ASK) as stream:
            assert "".join(stream.text_stream) == "00000 00001 00002 "
        with pytest.raises(anthropic.RateLimitError):
            client.messages.create(model="plan:status=429", max_tokens=10, messages=ASK)
    failed, went = world.records()[:2]
    assert (failed["status"], went["status"], went["output_tokens"]) == ("error", "ok", 3)
    assert (went["input_tokens"], went["cache_read_tokens"]) == (11, 3)


def test_wrong_token(world: World) -> None:
    with anthropic.Anthropic(base_url=f"{world.url}/api/proxy/anthropic", api_key="tb_wrong", max_retries=0) as client:
        with pytest.raises(anthropic.AuthenticationError):
            client.messages.create(model="plan:", max_tokens=10, messages=ASK)


def test_refused_origin(world: World) -> None:
    base, headers = f"{world.url}/api/proxy/anthropic", {"Origin": "https://evil.example"}
    with anthropic.Anthropic(base_url=base, api_key=world.token, default_headers=headers, max_retries=0) as client:
        with pytest.raises(anthropic.PermissionDeniedError):
            client.messages.create(model="plan:", max_tokens=10, messages=ASK)


@pytest.mark.parametrize("how", ["error", "reset"])
def test_broken_stream_is_not_a_success(client: anthropic.Anthropic, world: World, how: str) -> None:
    with pytest.raises(anthropic.APIError):
        with client.messages.stream(model=f"plan:cut=4,how={how}", max_tokens=10, messages=ASK) as stream:
            stream.get_final_message()
    end = time.monotonic() + 20
    while (row := world.records()[0])["status"] == "started":  # the SDK is gone before the stream has ended
        assert time.monotonic() < end
        time.sleep(0.05)
    assert (row["model"], row["status"], row["http_status"]) == (f"plan:cut=4,how={how}", "error", 200)


async def test_async_chat_and_stream(world: World) -> None:
    base = f"{world.url}/api/proxy/anthropic"
    async with anthropic.AsyncAnthropic(base_url=base, api_key=world.token, max_retries=0) as client:
        answer = await client.messages.create(model="plan:chunks=2", max_tokens=10, messages=ASK)
        assert answer.content[0].text == "00000 00001 "
        async with client.messages.stream(model="plan:chunks=2", max_tokens=10, messages=ASK) as stream:
            assert "".join([text async for text in stream.text_stream]) == "00000 00001 "
        assert [model.id async for model in client.models.list()] == ["said-model"]
        with pytest.raises(anthropic.RateLimitError):
            await client.messages.create(model="plan:status=429", max_tokens=10, messages=ASK)
