"""Certificate pins: what may be given, where they go, and what is said when a service shows another certificate."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest
from django.test import Client

from providers import PinMismatch
from proxy.record import Record
from tests.thinkback.accounts.browser import send
from tests.thinkback.connections.conftest import KEY, Service
from thinkback.connections.models import Connection
from thinkback.connections.targets import connection_of

URL = "/api/providers"
PAGE = "/settings/providers/openai"
PIN = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(32)).decode()
ELSEWHERE = "https://gateway.example.org/v1"

WRONG: list[Any] = [
    "x", PIN, {"a": PIN}, 7, [7], [None], [""], ["sha256/"], [PIN[:-1]], [PIN + "="], ["sha1/" + PIN], [PIN[:-4]],
    [PIN.replace("=", "\n")], ["é" * 44],
    [base64.b64encode(bytes(31)).decode()], [base64.b64encode(bytes(64)).decode()],
    [base64.b64encode(bytes([n]) * 32).decode() for n in range(9)],
]  # fmt: skip


@pytest.fixture
def stored(browser: Client) -> Client:
    """Alice's browser, with a key and a pin."""
    assert send(browser, URL, {"kind": "openai", "api_key": KEY, "pins": [PIN]}).status_code == 201
    return browser


def patch(client: Client, **data: Any) -> Any:
    """PATCH an object as JSON."""
    return client.patch(f"{URL}/openai", json.dumps(data), content_type="application/json")


def row() -> Connection:
    """What is stored."""
    return Connection.objects.get(slug="openai")


def test_there_are_none_unless_given(browser: Client) -> None:
    assert send(browser, URL, {"kind": "openai"}).json()["pins"] == []


def test_a_prefix_is_taken_off_and_each_counts_once(browser: Client) -> None:
    given = [f"sha256/{PIN}", f" {OTHER} ", f"sha256//{PIN}"]
    assert send(browser, URL, {"kind": "openai", "pins": given}).json()["pins"] == [PIN, OTHER]


@pytest.mark.parametrize("pins", WRONG, ids=str)
def test_anything_else_is_refused_by_name(browser: Client, pins: Any) -> None:
    response = send(browser, URL, {"kind": "openai", "pins": pins})
    assert (response.status_code, response.json()["error"]["field"]) == (400, "pins")


def test_without_a_certificate_there_is_nothing_to_pin(browser: Client, settings: Any) -> None:
    settings.PRIVATE_UPSTREAMS = frozenset({"127.0.0.1:11434"})
    custom = {"kind": "custom", "name": "Mine", "base_url": "http://127.0.0.1:11434/v1", "pins": [PIN]}
    for data in (custom, {"kind": "practice", "pins": [PIN]}):
        assert send(browser, URL, data).json()["error"]["field"] == "pins"


def test_the_proxy_hands_them_to_the_transport(stored: Client) -> None:
    connection = connection_of(row(), has_key=True)
    assert connection is not None and connection.pins == (PIN,)


def test_they_go_when_the_host_changes(stored: Client) -> None:
    assert patch(stored, base_url=ELSEWHERE, confirm_host_change=True).json()["pins"] == []
    assert row().pins == []


def test_new_ones_come_along(stored: Client) -> None:
    assert patch(stored, base_url=ELSEWHERE, confirm_host_change=True, pins=[OTHER]).json()["pins"] == [OTHER]


def test_a_move_that_is_not_confirmed_keeps_them(stored: Client) -> None:
    assert patch(stored, base_url=ELSEWHERE).status_code == 409
    assert row().pins == [PIN]


def test_another_path_keeps_them(stored: Client) -> None:
    assert patch(stored, base_url="https://api.openai.com/other/v1").json()["pins"] == [PIN]


def test_the_form_shows_and_changes_them(stored: Client) -> None:
    assert PIN in stored.get(PAGE).content.decode()
    stored.post(PAGE, {"name": "OpenAI", "pins": f"{PIN}, sha256/{OTHER}"})
    assert row().pins == [PIN, OTHER]
    stored.post(PAGE, {"name": "OpenAI", "pins": ""})
    assert row().pins == []


def test_the_form_names_a_wrong_one(stored: Client) -> None:
    page = stored.post(PAGE, {"name": "OpenAI", "pins": "nonsense"})
    assert page.status_code == 400 and b"A pin is the SHA-256" in page.content


def test_the_form_does_not_carry_old_ones_to_another_host(stored: Client) -> None:
    stored.post(PAGE, {"name": "OpenAI", "base_url": ELSEWHERE, "pins": PIN, "confirm_host_change": "true"})
    assert (row().base_url, row().pins) == (ELSEWHERE, [])


def steps(browser: Client) -> list[dict[str, Any]]:
    """The connection test, whole."""
    answer = browser.post(f"{URL}/openai/test", content_type="application/json")
    return list(answer.json()["steps"])


def test_the_request_carries_them(stored: Client, service: Service, booked: list[Record]) -> None:
    assert steps(stored)[-1]["ok"] is True
    assert [request.extensions["pins"] for request in service.requests] == [(PIN,)] * 2
    patch(stored, pins=[])
    steps(stored)
    assert "pins" not in service.requests[-1].extensions


def test_the_test_shows_the_certificate_that_came(stored: Client, service: Service, booked: list[Record]) -> None:
    def refuse() -> httpx.Response:
        raise PinMismatch("api.openai.com", OTHER)

    service.models = refuse
    (step,) = steps(stored)
    assert (step["name"], step["ok"]) == ("reach", False)
    assert step["message"] == "api.openai.com presented a certificate that is not among its pins."
    assert f"sha256/{OTHER}" in step["fix"] and "Ask the service" in step["fix"]
    assert len(service.requests) == 1  # to try again would meet the same certificate
