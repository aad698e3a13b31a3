"""The official SDKs where the first provider is down: they get the second one's answer and notice nothing."""

from __future__ import annotations

from collections.abc import Callable

import anthropic
import openai
import pytest
from google import genai
from google.genai import types

from tests.world import World

DOWN = "plan-status=503"
TEXT = "00000 00001 "


def by_openai(world: World) -> str:
    base = f"{world.url}/api/proxy/first-openai/v1"
    with openai.OpenAI(base_url=base, api_key=world.token, max_retries=0) as client:
        raw = client.chat.completions.with_raw_response.create(model=DOWN, messages=[{"role": "user", "content": "Hi"}])
        assert raw.headers["x-thinkback-provider"] == "spare-openai"
        return raw.parse().choices[0].message.content or ""


def by_openai_stream(world: World) -> str:
    base = f"{world.url}/api/proxy/first-openai/v1"
    with openai.OpenAI(base_url=base, api_key=world.token, max_retries=0) as client:
        stream = client.chat.completions.create(model=DOWN, messages=[{"role": "user", "content": "Hi"}], stream=True)
        return "".join(event.choices[0].delta.content or "" for event in stream)


def by_anthropic(world: World) -> str:
    base = f"{world.url}/api/proxy/first-anthropic"
    with anthropic.Anthropic(base_url=base, api_key=world.token, max_retries=0) as client:
        message = client.messages.create(model=DOWN, max_tokens=100, messages=[{"role": "user", "content": "Hi"}])
        return "".join(block.text for block in message.content if block.type == "text")


def by_anthropic_stream(world: World) -> str:
    base = f"{world.url}/api/proxy/first-anthropic"
    with (
        anthropic.Anthropic(base_url=base, api_key=world.token, max_retries=0) as client,
        client.messages.stream(model=DOWN, max_tokens=9, messages=[{"role": "user", "content": "Hi"}]) as stream,
    ):
        return stream.get_final_text()


def by_google(world: World) -> str:
    options = types.HttpOptions(base_url=f"{world.url}/api/proxy/first-google")
    with genai.Client(api_key=world.token, http_options=options) as client:
        return client.models.generate_content(model=DOWN, contents="Hi").text or ""


def by_google_stream(world: World) -> str:
    options = types.HttpOptions(base_url=f"{world.url}/api/proxy/first-google")
    with genai.Client(api_key=world.token, http_options=options) as client:
        return "".join(part.text or "" for part in client.models.generate_content_stream(model=DOWN, contents="Hi"))


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (by_openai, "openai"),
        (by_openai_stream, "openai"),
        (by_anthropic, "anthropic"),
        (by_anthropic_stream, "anthropic"),
        (by_google, "google"),
        (by_google_stream, "google"),
    ],
)
def test_the_second_one_answers(world: World, ask: Callable[[World], str], kind: str) -> None:
    assert ask(world) == TEXT
    second, first = world.records()[:2]
    assert (first["slug"], first["attempt"], first["status"]) == (f"first-{kind}", 1, "error")
    assert (second["slug"], second["attempt"], second["status"]) == (f"spare-{kind}", 2, "ok")
    assert second["route_reason"] == f"fallback: first-{kind} answered 503"
    assert second["operation_id"] == first["operation_id"] and second["model"] == "plan-chunks=2"
