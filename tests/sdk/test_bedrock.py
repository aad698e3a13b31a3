"""AWS's own SDK (boto3) through the proxy: converse, streams, tools, models, exceptions."""

from __future__ import annotations

import itertools
import os
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import boto3
import pytest
from botocore.auth import BearerAuth
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError, ResponseStreamingError
from urllib3.exceptions import ProtocolError

from tests.wire import SEALED, SIGNATURE
from tests.world import World

TURN = [{"role": "user", "content": [{"text": "hello"}]}]
FAILURES = {
    400: "ValidationException",
    403: "AccessDeniedException",
    429: "ThrottlingException",
    500: "InternalServerException",
}


def bear(self: BearerAuth, request: Any) -> None:
    """What the SDK does where the address is https, which that of these tests is not."""
    request.headers["Authorization"] = f"Bearer {self.auth_token.token}"


@pytest.fixture(params=["AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID"])
def connect(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes a client; the token is where AWS's key would be: as an API key, or as the id of an access key."""
    monkeypatch.setattr(BearerAuth, "add_auth", bear)
    monkeypatch.setenv(request.param, world.token)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "unused")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    clients: list[Any] = []

    def made(service: str = "bedrock-runtime") -> Any:
        config = Config(retries={"total_max_attempts": 1})
        address = f"{world.url}/api/proxy/bedrock"
        clients.append(boto3.Session().client(service, region_name="us-east-1", endpoint_url=address, config=config))
        return clients[-1]

    yield made
    for client in clients:
        client.close()


@contextmanager
def streaming(client: Any, model: str) -> Iterator[Any]:
    """The events of a stream, which is given back in the end."""
    with closing(client.converse_stream(modelId=model, messages=TURN)["stream"]) as stream:
        yield stream


def settled(world: World) -> dict[str, Any]:
    """The newest record, once its call is over."""
    end = time.monotonic() + 5
    while (record := world.records()[0])["status"] == "started" and time.monotonic() < end:
        time.sleep(0.05)
    return record


def texts(stream: Any) -> str:
    deltas = (event.get("contentBlockDelta", {}).get("delta", {}) for event in stream)
    return "".join(delta.get("text", "") for delta in deltas)


def test_converse(connect: Any, world: World) -> None:
    answer = connect().converse(modelId="plan:chunks=2", messages=TURN)
    assert answer["output"]["message"]["content"] == [{"text": "00000 00001 "}]
    assert answer["usage"]["inputTokens"] == 8
    record = world.records()[0]
    assert (record["model"], record["status"]) == ("plan:chunks=2", "ok")
    assert (record["input_tokens"], record["cache_read_tokens"], record["output_tokens"]) == (11, 3, 2)


def test_stream(connect: Any, world: World) -> None:
    with streaming(connect(), "plan:chunks=3") as stream:
        assert texts(stream) == "00000 00001 00002 "
    record = world.records()[0]
    assert (record["status"], record["streamed"], record["output_tokens"]) == ("ok", True, 3)


def test_tools(connect: Any) -> None:
    with streaming(connect(), "plan:tools=2") as stream:
        events = list(stream)
    starts = [
        event["contentBlockStart"]["start"]["toolUse"]["name"] for event in events if "contentBlockStart" in event
    ]
    assert starts == ["look", "look"]
    assert [event["messageStop"]["stopReason"] for event in events if "messageStop" in event] == ["tool_use"]


def test_thoughts_calls_and_a_picture_make_a_round(connect: Any, world: World) -> None:
    """What the model thought goes back with its call and what the tool answered, byte for byte, beside a picture."""
    client = connect()
    with streaming(client, "plan:tools=1,thinks=1") as stream:
        deltas = [event["contentBlockDelta"]["delta"] for event in stream if "contentBlockDelta" in event]
    sealed, *thoughts, signed = [delta["reasoningContent"] for delta in deltas if "reasoningContent" in delta]
    assert sealed == {"redactedContent": SEALED.encode()} and signed == {"signature": SIGNATURE}
    reasoning = {"text": "".join(thought["text"] for thought in thoughts), **signed}
    call = {"toolUseId": "tooluse_0", "name": "look", "input": {"at": "x"}}
    content = [{"reasoningContent": sealed}, {"reasoningContent": {"reasoningText": reasoning}}, {"toolUse": call}]
    asked = {"role": "user", "content": [{"image": {"format": "png", "source": {"bytes": b"\x89PNG"}}}]}
    result = {"toolUseId": "tooluse_0", "content": [{"text": "y"}]}
    turns = [asked, {"role": "assistant", "content": content}, {"role": "user", "content": [{"toolResult": result}]}]
    tools = {"tools": [{"toolSpec": {"name": "look", "inputSchema": {"json": {"type": "object"}}}}]}
    further = {"thinking": {"type": "adaptive"}}
    client.converse(modelId="plan:", messages=turns, toolConfig=tools, additionalModelRequestFields=further)
    sent = world.last()["body"]
    assert sent["toolConfig"] == tools and sent["additionalModelRequestFields"] == further
    assert sent["messages"][0]["content"][0]["image"]["source"] == {"bytes": "iVBORw=="}
    assert sent["messages"][1]["content"] == [
        {"reasoningContent": {"redactedContent": b64encode(SEALED.encode()).decode()}},
        {"reasoningContent": {"reasoningText": {"text": "Let me see.", "signature": SIGNATURE}}},
        {"toolUse": call},
    ]


def test_an_arn_is_a_model_too(connect: Any, world: World) -> None:
    arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2"
    connect().converse(modelId=arn, messages=TURN)
    assert world.records()[0]["model"] == arn


def test_models(connect: Any) -> None:
    control = connect("bedrock")
    assert [row["modelId"] for row in control.list_foundation_models()["modelSummaries"]] == ["said-model"]
    profiles = control.list_inference_profiles()["inferenceProfileSummaries"]
    assert [row["inferenceProfileId"] for row in profiles] == ["us.other-model"]


def test_the_sites_own_list_has_both(world: World) -> None:
    steps = world.api("POST", "/api/providers/bedrock/test")
    assert "said-model" in str(world.api("GET", "/api/providers/bedrock/models")), steps
    assert "us.other-model" in str(world.api("GET", "/api/providers/bedrock/models"))


@pytest.mark.parametrize("status", FAILURES)
def test_failures_are_its_own_classes(connect: Any, status: int) -> None:
    client = connect()
    with pytest.raises(getattr(client.exceptions, FAILURES[status])) as failed:
        client.converse(modelId=f"plan:status={status}", messages=TURN)
    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert "canary" not in str(failed.value)


def test_a_failure_in_mid_answer(connect: Any, world: World) -> None:
    with streaming(connect(), "plan:cut=2,how=error") as stream, pytest.raises(EventStreamError) as failed:
        list(stream)
    assert "serviceUnavailableException" in str(failed.value)
    assert settled(world)["status"] == "error"


@pytest.mark.parametrize("how", ["reset", "eof", "half"])
def test_a_cut_stream_is_not_taken_for_a_whole_one(connect: Any, world: World, how: str) -> None:
    with streaming(connect(), f"plan:cut=3,how={how}") as stream:
        with pytest.raises((ResponseStreamingError, ProtocolError)):
            list(stream)
    assert settled(world)["status"] == "error"


def test_wrong_token(connect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID"):
        if name in os.environ:
            monkeypatch.setenv(name, "tb_wrong")
    with pytest.raises(ClientError) as failed:
        connect().converse(modelId="plan:", messages=TURN)
    assert failed.value.response["Error"]["Code"] == "UnrecognizedClientException"


def test_whoever_leaves_early_is_booked(connect: Any, world: World) -> None:
    with streaming(connect(), "plan:chunks=50,gap=40") as stream:
        assert len(list(itertools.islice(stream, 2))) == 2
    record = settled(world)
    assert (record["status"], record["tokens_source"]) == ("cancelled", "estimate")


def test_a_model_under_a_profile_has_a_price(connect: Any, world: World) -> None:
    connect().converse(modelId="us.anthropic.claude-haiku-4-5-20251001-v1:0", messages=TURN)
    record = world.records()[0]
    assert record["cost_source"] == "table" and float(record["cost_usd"]) > 0
