"""The official mistralai SDK through the proxy: chat, streams, models, and its own exception class."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from mistralai.client import Mistral
from mistralai.client.errors import SDKError

from tests.wire import INPUT
from tests.world import World

ASK = [{"role": "user", "content": "hello"}]


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
