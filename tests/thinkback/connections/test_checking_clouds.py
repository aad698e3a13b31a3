"""The connection test at the clouds: keys, signatures, and an application that signs in first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from django.test import Client

from proxy.granting import GRANTS
from proxy.record import Record
from tests.event_stream import MEDIA_TYPE, complaint, converse_stream, models, profiles
from tests.providers.recorded import load
from tests.thinkback.accounts.browser import send
from tests.thinkback.connections.conftest import KEY, STREAM, Service
from tests.wire import Plan

ABSK = "ABSKQmVkcm9ja0FQSUtleS1jYW5hcnk="
PAIR = "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SIGN_IN = "login.microsoftonline.com"
TOKEN = "eyJ0eXAi.canaryToken0123456789abcdef.c2lnbmF0dXJl"
ENTRA = {
    "sign_in": "entra", "tenant": "contoso.onmicrosoft.com", "client_id": "11112222-3333-4444-5555-666677778888",
}  # fmt: skip
WELL = [("reach", True), ("key", True), ("models", True), ("answer", True)]
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def added(browser: Client, service: Service, booked: list[Record]) -> Callable[..., list[dict[str, Any]]]:
    """Adds a provider whose service answers so, and tests it: the steps."""
    GRANTS.forget()

    def add_and_test(answer: Answer, **body: Any) -> list[dict[str, Any]]:
        def remembering(request: httpx.Request) -> httpx.Response:
            service.requests.append(request)
            return answer(request)

        service.answer = remembering  # type: ignore[method-assign]
        made = send(browser, "/api/providers", {"name": "Cloud", "slug": "cloud", **body})
        assert made.status_code == 201, made.content
        return list(send(browser, "/api/providers/cloud/test", {}).json()["steps"])

    return add_and_test


def aws(request: httpx.Request) -> httpx.Response:
    """Bedrock, for whoever shows the API key or signs with the access key."""
    shown = request.headers["authorization"]
    if not shown.startswith((f"Bearer {ABSK}", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/")):
        headers, body = complaint(403, "The security token included in the request is invalid.")
        return httpx.Response(403, headers=headers | {"x-amzn-errortype": "UnrecognizedClientException"}, content=body)
    lists = {"/foundation-models": models, "/inference-profiles": profiles}
    if request.url.host == "bedrock.eu-west-1.amazonaws.com":
        return httpx.Response(200, json=lists[request.url.path]())
    said = b"".join(converse_stream(Plan(chunks=1)))
    return httpx.Response(200, headers={"content-type": MEDIA_TYPE}, content=said)


def azure(request: httpx.Request) -> httpx.Response:
    """A resource and the sign-in before it."""
    if request.url.host == SIGN_IN:
        if parse_qs(request.content.decode())["client_secret"] != [KEY]:
            said = {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."}
            return httpx.Response(401, json=said)
        return httpx.Response(200, json={"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN})
    shown = request.headers.get("x-api-key" if "/anthropic/" in request.url.path else "api-key")
    if shown != KEY and request.headers.get("authorization") != f"Bearer {TOKEN}":
        return httpx.Response(401, content=load("azure/error_401.json"))
    if request.url.path.endswith("/models"):
        return httpx.Response(200, content=load("azure/models.json"))
    if request.url.path == "/anthropic/v1/messages":
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=load("foundry/claude.sse"))
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=STREAM.encode())


def outcome(steps: list[dict[str, Any]]) -> list[tuple[str, bool]]:
    return [(step["name"], step["ok"]) for step in steps]


AWS = {"kind": "bedrock", "base_url": "https://bedrock-runtime.eu-west-1.amazonaws.com"}


@pytest.mark.parametrize("key", [ABSK, PAIR])
def test_bedrock(added: Callable[..., Any], service: Service, booked: list[Record], key: str) -> None:
    steps = added(aws, api_key=key, **AWS)
    assert outcome(steps) == WELL
    assert steps[2]["message"] == "2 models" and "said-model answers" in steps[3]["message"]
    assert [request.url.path for request in service.requests] == [
        "/foundation-models", "/inference-profiles", "/model/said-model/converse-stream",
    ]  # fmt: skip
    assert "wJalrXUtn" not in str([dict(request.headers) for request in service.requests])
    assert (booked[-1].input_tokens, booked[-1].output_tokens) == (11, 1)


def test_bedrock_with_a_wrong_key(added: Callable[..., Any]) -> None:
    steps = added(aws, api_key="ABSKwrong0123456789", **AWS)
    assert outcome(steps) == [("reach", True), ("key", False)]


def test_bedrock_with_a_key_that_may_not_list(added: Callable[..., Any]) -> None:
    said = {"message": "User: arn:aws:iam::1:user/a is not authorized to perform: bedrock:ListFoundationModels because"}

    def denying(request: httpx.Request) -> httpx.Response:
        denied = httpx.Response(403, headers={"x-amzn-errortype": "AccessDeniedException"}, json=said)
        return denied if request.url.host.startswith("bedrock.") else aws(request)

    steps = added(denying, api_key=ABSK, default_model="us.amazon.nova-lite-v1:0", **AWS)
    assert dict(outcome(steps)) == dict(WELL)
    assert "does not let this key list" in str(steps) and "nova-lite-v1:0 answers" in str(steps)


@pytest.mark.parametrize(
    ("kind", "root", "more"),
    [
        ("azure", "https://alice.openai.azure.com", {}),
        ("azure", "https://alice.openai.azure.com", {"format": "deployments"}),
        ("foundry", "https://alice.services.ai.azure.com", {}),
        ("foundry", "https://alice.services.ai.azure.com", {"deployments": "chat=claude-opus-4-6"}),
    ],
)
@pytest.mark.parametrize("sign_in", [{}, ENTRA], ids=["key", "entra"])
def test_azure(
    added: Callable[..., Any], service: Service, kind: str, root: str, more: dict[str, str], sign_in: dict[str, str]
) -> None:
    body = {"api_key": KEY, "deployments": "chat=gpt-4o-mini", "default_model": "chat", **more, **sign_in}
    steps = added(azure, kind=kind, base_url=root, **body)
    assert outcome(steps) == WELL, steps
    asked = [request for request in service.requests if request.url.host == SIGN_IN]
    assert [request.url.path for request in asked] == (
        ["/contoso.onmicrosoft.com/oauth2/v2.0/token"] if sign_in else []
    )
    heard = [request for request in service.requests if request.url.host != SIGN_IN]
    assert len(heard) == 2 and (KEY in str([dict(request.headers) for request in heard])) is not bool(sign_in)
    assert KEY not in str(steps) and TOKEN not in str(steps)


def test_an_application_with_a_wrong_secret(added: Callable[..., Any], service: Service) -> None:
    root = "https://alice.openai.azure.com"
    steps = added(azure, kind="azure", base_url=root, api_key="wrong-secret-0123", **ENTRA)
    assert outcome(steps) == [("reach", True), ("key", False)]
    assert "Microsoft Entra ID" in steps[1]["message"] and "wrong-secret" not in str(steps)
    assert all(request.url.host == SIGN_IN for request in service.requests)


def test_the_host_that_is_named_is_the_one_that_was_asked(added: Callable[..., Any], service: Service) -> None:
    def refusing(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={"error": {"code": 401, "message": "No.", "status": "UNAUTHENTICATED"}})

    placed = {"location": "europe-west4", "project": "my-project"}
    steps = added(refusing, kind="vertex", api_key="AIzaSyCanary0123456789abcdef0123456789", **placed)
    assert steps[0]["message"] == f"{service.requests[0].url.host} answers"
    assert service.requests[0].url.host == "europe-west4-aiplatform.googleapis.com"
