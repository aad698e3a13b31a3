"""The connection test: how far it comes, what it says, and that it is metered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.test import Client

from providers import HostRefused, NetworkFailed, TimedOut
from proxy.record import Record
from tests.thinkback.accounts.browser import send
from tests.thinkback.connections.conftest import KEY, Service
from thinkback.connections.models import Connection

URL = "/api/providers/openai"


@pytest.fixture
def connected(browser: Client, service: Service, booked: list[Record]) -> Client:
    """Alice's browser, with an OpenAI key stored."""
    send(browser, "/api/providers", {"kind": "openai", "name": "OpenAI", "api_key": KEY})
    return browser


def run(client: Client, url: str = URL) -> list[dict[str, Any]]:
    """The steps of one test."""
    response = send(client, f"{url}/test", {})
    assert response.status_code == 200, response.content
    body = response.json()
    assert body["ok"] == all(step["ok"] for step in body["steps"])
    assert set(body["steps"][0]) == {"name", "title", "ok", "message", "ms", "fix", "link"}
    return list(body["steps"])


def said(status: int, message: str = "no", **headers: str) -> Callable[[], httpx.Response]:
    """An error answer in OpenAI's format."""
    return lambda: httpx.Response(status, json={"error": {"message": message, "type": "x"}}, headers=headers)


def raising(error: Exception) -> Callable[[], httpx.Response]:
    """A connection that fails."""

    def fail() -> httpx.Response:
        raise error

    return fail


def test_all_goes_well(connected: Client, service: Service) -> None:
    steps = run(connected)
    assert [(step["name"], step["ok"]) for step in steps] == [
        ("reach", True), ("key", True), ("models", True), ("answer", True)
    ]  # fmt: skip
    assert steps[2]["message"] == "2 models" and steps[3]["message"].startswith("small-mini answers")
    assert all(request.headers["authorization"] == f"Bearer {KEY}" for request in service.requests)


def test_it_is_metered_as_a_test(connected: Client, booked: list[Record]) -> None:
    run(connected)
    assert [(record.source, record.status, record.attempt) for record in booked] == [("test", "ok", 1)] * 2
    assert [record.operation for record in booked] == ["models", "chat"]
    assert (booked[1].input_tokens, booked[1].output_tokens) == (9, 1)


def test_it_is_remembered(connected: Client) -> None:
    run(connected)
    row = connected.get(URL).json()
    assert row["state"] == "ok" and row["verified_at"] is not None and row["models_count"] == 2


def test_the_default_model_is_the_one_that_is_tried(connected: Client) -> None:
    connected.patch(URL, {"default_model": "big-one"}, content_type="application/json")
    assert run(connected)[-1]["message"].startswith("big-one answers")


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_told_with_the_place_to_mend_it(connected: Client, service: Service, status: int) -> None:
    service.models = said(status, f"Incorrect API key provided: {KEY}")
    steps = run(connected)
    assert [(step["name"], step["ok"]) for step in steps] == [("reach", True), ("key", False)]
    assert steps[1]["message"] == "OpenAI refused this key."
    assert steps[1]["fix"] == "Check that it is active, or paste a new one."
    assert steps[1]["link"].startswith("https://") and len(service.requests) == 1


def test_a_failure_is_remembered_without_the_key_until_it_is_mended(connected: Client, service: Service) -> None:
    well, service.models = service.models, said(401, f"Incorrect API key provided: {KEY}")
    run(connected)
    first = connected.get(URL).json()
    assert first["state"] == "failing" and KEY not in str(first)
    run(connected)
    assert connected.get(URL).json()["failing_since"] == first["failing_since"]
    service.models = well
    run(connected)
    assert connected.get(URL).json()["state"] == "ok"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NetworkFailed("The name api.openai.com could not be found."), "could not be found"),
        (HostRefused("api.openai.com is at a private or reserved address."), "private or reserved"),
        (TimedOut("no word"), "did not answer in time"),
    ],
)
def test_what_cannot_be_reached_stops_at_the_first_step(
    connected: Client, service: Service, error: Exception, words: str
) -> None:
    service.models = raising(error)
    (step,) = run(connected)
    assert (step["name"], step["ok"]) == ("reach", False) and words in step["message"] and step["fix"]


def test_a_service_that_fails_stops_at_its_models(connected: Client, service: Service) -> None:
    service.models = said(500)
    assert [(step["name"], step["ok"]) for step in run(connected)] == [("reach", True), ("models", False)]


def test_a_service_without_a_list_is_tried_with_one_token(connected: Client, service: Service) -> None:
    service.models = said(404)
    connected.patch(URL, {"models": ["sonar"]}, content_type="application/json")
    steps = run(connected)
    assert [(step["name"], step["ok"]) for step in steps] == [
        ("reach", True), ("models", True), ("key", True), ("answer", True)
    ]  # fmt: skip
    assert "does not list" in steps[1]["message"] and connected.get(URL).json()["state"] == "ok"


def test_there_a_wrong_key_shows_at_the_token(connected: Client, service: Service) -> None:
    service.models, service.chat = said(404), said(401)
    connected.patch(URL, {"default_model": "sonar"}, content_type="application/json")
    assert [(step["name"], step["ok"]) for step in run(connected)][-1] == ("key", False)


def test_without_a_list_and_a_name_it_asks_for_one(connected: Client, service: Service) -> None:
    service.models = said(404)
    step = run(connected)[-1]
    assert (step["name"], step["ok"]) == ("answer", False) and "by its name" in step["fix"]


def test_a_model_that_is_refused_is_told(connected: Client, service: Service) -> None:
    service.chat = said(404, "The model does not exist")
    step = run(connected)[-1]
    assert (step["name"], step["ok"]) == ("answer", False) and "model" in step["fix"]


def test_a_reasoning_model_that_needs_more_than_a_token_counts_as_reached(connected: Client, service: Service) -> None:
    service.chat = said(400, "Could not finish the message because max_tokens or model output limit was reached.")
    assert run(connected)[-1]["ok"] is True


def test_without_a_key_nothing_is_sent(connected: Client, service: Service) -> None:
    connected.patch(URL, {"api_key": None}, content_type="application/json")
    (step,) = run(connected)
    assert (step["name"], step["ok"]) == ("key", False) and step["link"] and not service.requests


def test_an_unreadable_key_is_told(connected: Client, service: Service, settings: Any) -> None:
    settings.MASTER_KEYS = [("other", b"0" * 32)]
    (step,) = run(connected)
    assert not step["ok"] and "cannot be opened" in step["message"] and not service.requests


def test_what_is_off_is_not_tested(connected: Client, service: Service) -> None:
    connected.patch(URL, {"enabled": False}, content_type="application/json")
    assert run(connected)[0]["ok"] is False and not service.requests


def test_practice_passes_with_no_key(connected: Client, service: Service) -> None:
    steps = run(connected, "/api/providers/practice")
    assert [step["ok"] for step in steps] == [True] * 4 and not service.requests
    assert steps[1]["message"] == "None needed"


def test_the_page_shows_the_steps_without_scripts(connected: Client, service: Service) -> None:
    service.models = said(401)
    page = connected.post("/settings/providers/openai/test")
    assert page.status_code == 200
    assert "OpenAI refused this key." in page.text and 'class="failed"' in page.text


def test_the_last_error_is_kept_short(connected: Client, service: Service) -> None:
    service.models = said(500, "x" * 5000)
    run(connected)
    assert len(Connection.objects.get(slug="openai").last_error) <= 500
