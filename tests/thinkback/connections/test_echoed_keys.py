"""A service that says the key again while it is tested or lists its models: no page, JSON or row tells it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
from django.test import Client

from proxy.record import Record
from tests.proxy.spellings import SPELLINGS
from tests.thinkback.accounts.browser import send
from tests.thinkback.connections.conftest import KEY, Service
from thinkback.connections.models import Connection

URL, PAGE = "/api/providers/openai", "/settings/providers/openai"
TEAM = "red-team-secret-4711"  # what somebody put into a header all the same
STATUSES = [400, 401, 403, 404, 422, 429, 500, 503]


@pytest.fixture
def connected(browser: Client, service: Service, booked: list[Record]) -> Client:
    """Alice's browser, with an OpenAI key stored, and a header that is as good as one."""
    sent = {"kind": "openai", "name": "OpenAI", "api_key": KEY, "headers": {"X-Team": TEAM}}
    assert send(browser, "/api/providers", sent).status_code == 201
    return browser


def failing(name: str, secret: str, status: int) -> Callable[[], httpx.Response]:
    """An error that says a secret in every place."""
    said = SPELLINGS[name].write(secret)
    error = {"message": f"Wrong: {said}. Try again", "type": "x", "code": secret, "param": {"given": [said]}}
    headers = {"x-request-id": f"req-{secret}", "retry-after": secret}
    return lambda: httpx.Response(status, json={"error": error}, headers=headers)


def streaming(name: str, secret: str) -> Callable[[], httpx.Response]:
    """An error after the first word of an answer."""
    word = {"choices": [{"index": 0, "delta": {"content": ""}}], "model": secret}
    error = {"error": {"message": f"Wrong: {SPELLINGS[name].write(secret)}. Try again", "code": secret}}
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in (word, error))
    return lambda: httpx.Response(200, content=body.encode(), headers={"content-type": "text/event-stream"})


def shown(client: Client) -> Iterator[str]:
    """All that asks the service, and tells how that went."""
    for path, data in ((f"{URL}/test", {}), (f"{PAGE}/test", {}), (f"{PAGE}/models", {})):
        yield send(client, path, data).content.decode()
    for path in (f"{URL}/models?refresh=1", URL, f"{URL}/models", "/api/providers"):
        yield client.get(path).content.decode()


def check(client: Client, booked: list[Record], name: str, secret: str) -> None:
    """Nothing of the secret is to be found. The page of a provider shows its own headers, and they may stand there."""
    row = Connection.objects.get(slug="openai")
    told = [*shown(client), row.last_error, json.dumps(row.models), *map(repr, booked)]
    if secret == KEY:
        told.append(client.get(PAGE).content.decode())
    else:
        told = [text.replace(f'"X-Team": "{secret}"', "").replace(f'value="{secret}"', "") for text in told]
    traces = [*SPELLINGS[name].traces(secret), *SPELLINGS["as it is"].traces(secret)]
    assert [trace for trace in traces if any(trace in text for text in told)] == []
    assert any("Try again" in text or "red" in text for text in told)


@pytest.mark.parametrize("name", ["as it is", "percent", "JSON twice", "HTML", "spaced", "zero width", "base64", "hex"])
@pytest.mark.parametrize("secret", [KEY, TEAM], ids=["key", "header"])
@pytest.mark.parametrize("where", ["models", "chat", "stream"])
def test_an_error(
    connected: Client, service: Service, booked: list[Record], name: str, secret: str, where: str
) -> None:
    if where == "stream":
        service.chat = streaming(name, secret)
    else:
        setattr(service, where, failing(name, secret, 400))
    check(connected, booked, name, secret)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("where", ["models", "chat"])
def test_an_error_of_every_status(
    connected: Client, service: Service, booked: list[Record], status: int, where: str
) -> None:
    setattr(service, where, failing("spaced", KEY, status))
    check(connected, booked, "spaced", KEY)


def test_an_error_inside_a_list_of_models(connected: Client, service: Service, booked: list[Record]) -> None:
    said = SPELLINGS["percent"].write(KEY)
    service.models = lambda: httpx.Response(200, json={"error": {"message": f"Wrong: {said}. Try again", "code": KEY}})
    check(connected, booked, "percent", KEY)


@pytest.mark.parametrize("name", ["as it is", "percent", "base64", "spaced"])
def test_a_model_that_is_called_like_the_key(
    connected: Client, service: Service, booked: list[Record], name: str
) -> None:
    ids = [{"id": f"model-{SPELLINGS[name].write(KEY)}"}, {"id": "small-mini"}, {"id": TEAM}]
    service.models = lambda: httpx.Response(200, json={"object": "list", "data": ids})
    check(connected, booked, name, KEY)
    assert {model["id"] for model in connected.get(f"{URL}/models").json()["results"]} == {"small-mini", TEAM}
