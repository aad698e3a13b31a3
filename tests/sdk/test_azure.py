"""The official openai SDK's client for Azure through the proxy: deployments, the v1 API, prices, its exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import openai
import pytest

from tests.world import World

ASK = [{"role": "user", "content": "hello"}]
DEPLOYED = "plan-chunks=2"  # as a deployment: it can stand in an address


@pytest.fixture(scope="module", autouse=True)
def azure(world: World) -> None:
    """Alice's resource, with one deployment named."""
    world.add("azure", name="Azure", retries=0, deployments="small=gpt-4o-mini")


@pytest.fixture
def client(world: World) -> Iterator[openai.AzureOpenAI]:
    endpoint = f"{world.url}/api/proxy/azure"
    with openai.AzureOpenAI(
        azure_endpoint=endpoint, api_key=world.token, api_version="2024-10-21", max_retries=0
    ) as client:
        yield client


def test_chat(client: openai.AzureOpenAI, world: World) -> None:
    answer = client.chat.completions.create(model="small", messages=ASK)
    assert answer.choices[0].message.content == "00000 00001 00002 "
    row = world.records()[0]
    assert (row["provider"], row["model"], row["response_model"]) == ("azure", "gpt-4o-mini", "said-model")
    assert row["endpoint"] == "openai/deployments/small/chat/completions"
    assert row["cost_source"] == "table" and Decimal(row["cost_usd"]) > 0


def test_a_deployment_of_unknown_model_has_no_price(client: openai.AzureOpenAI, world: World) -> None:
    client.chat.completions.create(model="plan-chunks=1", messages=ASK)
    row = world.records()[0]
    assert (row["model"], row["cost_usd"]) == ("plan-chunks=1", None)


def test_stream(client: openai.AzureOpenAI, world: World) -> None:
    events = list(client.chat.completions.create(model=DEPLOYED, messages=ASK, stream=True))
    assert "".join(event.choices[0].delta.content or "" for event in events) == "00000 00001 "
    row = world.records()[0]
    assert (row["streamed"], row["tokens_source"], row["output_tokens"]) == (True, "provider", 2)


def test_tools(client: openai.AzureOpenAI) -> None:
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
    with client.chat.completions.stream(model="plan-tools=2", messages=ASK, tools=[tool]) as stream:
        message = stream.get_final_completion().choices[0].message
    assert [(c.function.name, c.function.arguments) for c in message.tool_calls or []] == [("look", '{"at":"x"}')] * 2


def test_embeddings_responses_and_models(client: openai.AzureOpenAI) -> None:
    assert client.embeddings.create(model="m", input="hi", encoding_format="float").data[0].embedding == [0.5, 0.25]
    assert client.responses.create(model="m", input="hi").output_text
    assert [model.id for model in client.models.list()] == ["said-model"]


@pytest.mark.parametrize("root", ["azure/openai/v1", "azure/v1"])
def test_the_v1_api_is_for_the_plain_client(world: World, root: str) -> None:
    with openai.OpenAI(base_url=f"{world.url}/api/proxy/{root}", api_key=world.token, max_retries=0) as client:
        answer = client.chat.completions.create(model="small", messages=ASK)
        assert answer.choices[0].message.content == "00000 00001 00002 "
    row = world.records()[0]
    assert row["model"] == "gpt-4o-mini" and Decimal(row["cost_usd"]) > 0


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, openai.AuthenticationError), (404, openai.NotFoundError), (429, openai.RateLimitError)],
)
def test_failures_are_its_own_classes(client: openai.AzureOpenAI, status: int, kind: type[openai.APIError]) -> None:
    with pytest.raises(kind) as failed:
        client.chat.completions.create(model=f"plan-status={status}", messages=ASK)
    assert "canary" not in str(failed.value.body)
