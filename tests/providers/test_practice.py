"""Practice answers by itself, in OpenAI's format, always the same way."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from openai import AsyncOpenAI, NotFoundError, RateLimitError

import providers
from providers import (
    Event,
    Finish,
    Message,
    Model,
    Prompt,
    ProviderError,
    Reasoning,
    Sampler,
    ServerFailed,
    StreamTruncated,
    Target,
    Text,
    Usage,
)

PRACTICE = providers.get("practice")
TARGET = Target("practice", "")


async def exchange(method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
    """One request to Practice."""
    transport = PRACTICE.transport()
    assert transport is not None
    content = None if body is None else json.dumps(body).encode()
    return await transport.handle_async_request(httpx.Request(method, PRACTICE.url(TARGET, path), content=content))


async def chat(text: str, **more: Any) -> tuple[list[Event], ProviderError | None, Sampler]:
    """The events of an answer, how it failed, and what was sampled on the side."""
    prompt = Prompt("practice-instant", (Message("user", text),), **more)
    sent = PRACTICE.chat(prompt)
    response = await exchange(sent.method, sent.path, json.loads(sent.body))
    reader, sampler = PRACTICE.reader(), Sampler(PRACTICE, response.headers["content-type"])
    events: list[Event] = []
    try:
        async for chunk in response.aiter_raw():
            sampler.feed(chunk)
            events += reader.feed(chunk)
        events += reader.close()
    except ProviderError as failure:
        return events, failure, sampler
    return events, None, sampler


def text_of(events: list[Event]) -> str:
    """The whole answer."""
    return "".join(event.text for event in events if isinstance(event, Text))


async def test_a_first_look_shows_one_of_everything() -> None:
    events, failure, sampler = await chat("Hello <there>\nworld")
    text = text_of(events)
    assert failure is None
    for part in ("> Hello <there>\n> world", "\n1. ", "\n| Write |", "```python\n", "**Practice**"):
        assert part in text
    assert Finish("stop") in events
    assert sampler.at_end and sampler.reading().complete


async def test_usage_is_honest_and_the_same_every_time() -> None:
    first, second = [(await chat("Three short words"))[0] for _ in range(2)]
    assert first == second
    usage = [event for event in first if isinstance(event, Usage)][-1]
    assert usage.input_tokens == 3
    longer = [event for event in (await chat("/long 5"))[0] if isinstance(event, Usage)][-1]
    longest = [event for event in (await chat("/long 50"))[0] if isinstance(event, Usage)][-1]
    assert longer.output_tokens and longest.output_tokens == longer.output_tokens * 10


async def test_a_maximum_is_kept_and_said() -> None:
    events, _, _ = await chat("Hello", max_tokens=3)
    assert len(text_of(events).split()) == 3
    assert Finish("length") in events


async def test_commands() -> None:
    assert text_of((await chat("/code"))[0]).startswith("```python")
    assert text_of((await chat("please /table"))[0]).startswith("| Write")
    assert text_of((await chat("/long 7"))[0]).count("Paragraph ") == 7
    assert any(isinstance(event, Reasoning) for event in (await chat("/think"))[0])
    assert text_of((await chat("and/or 1/list"))[0]).startswith("You wrote:")


async def test_failures_on_request() -> None:
    events, failure, _ = await chat("/error stream")
    assert text_of(events) and type(failure) is ServerFailed
    events, failure, sampler = await chat("/cut")
    assert text_of(events) and type(failure) is StreamTruncated
    assert not sampler.reading().complete
    body = {"model": "practice", "messages": [{"content": "/error 402"}]}
    response = await exchange("POST", "v1/chat/completions", body)
    assert PRACTICE.failure(response.status_code, {}, await response.aread()).type == "quota_exceeded"


async def test_usage_is_reported_only_when_asked() -> None:
    messages = [{"role": "user", "content": "/code"}]
    body: dict[str, Any] = {"model": "practice-instant", "stream": True, "messages": messages}
    plain = await (await exchange("POST", "v1/chat/completions", body)).aread()
    body["stream_options"] = {"include_usage": True}
    asked = await (await exchange("POST", "v1/chat/completions", body)).aread()
    assert b'"usage"' not in plain and b'"usage"' in asked


async def test_models() -> None:
    response = await exchange("GET", "v1/models")
    models = {model.id: model for model in PRACTICE.read_models(await response.aread())}
    assert models["practice"] == Model("practice", "Practice", tools=True, images=True, reasoning=True)
    assert len(models) == 3


async def test_words_arrive_one_by_one() -> None:
    response = await exchange(
        "POST", "v1/chat/completions", {"model": "practice", "stream": True, "messages": [{"content": "/code"}]}
    )
    stream = response.aiter_raw()
    assert b'"role"' in await anext(stream)
    word = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    assert not word.done()
    assert b'"content"' in await word
    await response.aclose()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "v1/nothing", None, 404),
        ("POST", "v1/chat/completions", {}, 400),
        ("POST", "v1/chat/completions", {"model": "gpt-9", "messages": [{}]}, 404),
        ("POST", "v1/chat/completions", {"model": "practice", "messages": [3]}, 200),
        ("GET", "v1/models/practice", None, 200),
    ],
)
async def test_odd_requests(method: str, path: str, body: dict[str, Any] | None, status: int) -> None:
    assert (await exchange(method, path, body)).status_code == status


async def test_the_official_sdk_works_with_it() -> None:
    client = AsyncOpenAI(
        api_key="none",
        base_url=PRACTICE.base_url,
        http_client=httpx.AsyncClient(transport=PRACTICE.transport()),
        max_retries=0,
    )
    messages: Any = [{"role": "user", "content": [{"type": "text", "text": "/code"}]}]
    whole = await client.chat.completions.create(model="practice-instant", messages=messages)
    assert whole.usage is not None
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens
    stream = await client.chat.completions.create(model="practice-instant", messages=messages, stream=True)
    pieces = [chunk.choices[0].delta.content or "" async for chunk in stream]
    assert "".join(pieces) == whole.choices[0].message.content
    assert "practice" in [model.id async for model in client.models.list()]
    with pytest.raises(NotFoundError):
        await client.chat.completions.create(model="gpt-9", messages=messages)
    with pytest.raises(RateLimitError):
        await client.chat.completions.create(model="practice", messages=[{"role": "user", "content": "/error 429"}])
