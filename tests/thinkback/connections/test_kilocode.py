"""Kilo's gateway on the site: its form, the organization that pays, and an empty account."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest
from django.template.loader import render_to_string
from django.test import Client

from proxy.record import Record
from tests.providers.recorded import load
from tests.thinkback.accounts.browser import send
from tests.thinkback.connections.conftest import KEY, Service
from thinkback.chat import failures
from thinkback.connections import balances
from thinkback.connections.models import Connection
from thinkback.connections.targets import adapter_of

KILO = {"kind": "kilocode", "name": "Kilo", "api_key": KEY, "organization": "0b3a"}
URL = "/api/providers/kilocode"


@pytest.fixture
def connected(browser: Client, service: Service, booked: list[Record]) -> Client:
    """Alice's browser, with a token of Kilo's stored."""
    service.models = lambda: httpx.Response(200, content=load("kilocode/models.json"))
    service.chat = lambda: httpx.Response(402, content=load("kilocode/error_402.json"))
    assert send(browser, "/api/providers", KILO).status_code == 201
    return browser


def test_every_request_names_the_organization(connected: Client, service: Service) -> None:
    send(connected, f"{URL}/test", {})
    assert [request.headers["x-kilocode-organizationid"] for request in service.requests] == ["0b3a"] * 3
    assert [request.url.path for request in service.requests] == [
        "/api/gateway/models", "/api/profile/balance", "/api/gateway/chat/completions",
    ]  # fmt: skip


def test_an_empty_account_is_told_with_its_link(connected: Client) -> None:
    step = send(connected, f"{URL}/test", {}).json()["steps"][-1]
    assert (step["name"], step["ok"], step["link"]) == ("answer", False, "https://app.kilo.ai/profile")
    assert "Low Credit Warning!" in step["message"] and "$-0.01" in step["message"]


def test_the_page_links_to_it_too(connected: Client) -> None:
    page = connected.post("/settings/providers/kilocode/test").content.decode()
    assert 'href="https://app.kilo.ai/profile"' in page and "Low Credit Warning!" in page


def test_so_does_the_card_in_the_chat(connected: Client) -> None:
    adapter = adapter_of(Connection.objects.get(slug="kilocode"))
    assert adapter is not None
    card = failures.card_of(failures.stored(adapter.failure(402, {}, load("kilocode/error_402.json"))), "Kilo")
    assert (card.title, card.link) == ("No credit left at Kilo", "https://app.kilo.ai/profile")
    assert "Low Credit Warning!" in card.detail
    assert 'href="https://app.kilo.ai/profile"' in render_to_string("chat/_card.html", {"card": card})


def test_thinkbackcode_needs_to_know_where_it_is(browser: Client) -> None:
    body = {"kind": "thinkbackcode", "name": "Ours", "api_key": KEY}
    refused = send(browser, "/api/providers", body)
    assert refused.status_code == 400 and refused.json()["error"]["field"] == "base_url"
    made = send(browser, "/api/providers", {**body, "base_url": "https://code.example.org/api/gateway"})
    assert made.status_code == 201 and made.json()["slug"] == "thinkbackcode"


def test_what_is_left_is_a_step_of_the_test(connected: Client) -> None:
    steps = send(connected, f"{URL}/test", {}).json()["steps"]
    assert [step["name"] for step in steps] == ["reach", "key", "models", "balance", "answer"]
    assert (steps[3]["title"], steps[3]["message"]) == ("Remaining", "$12.50 (balance)")


def test_what_is_left_is_shown_on_row_and_page(connected: Client) -> None:
    assert connected.get(URL).json()["remaining"] is None
    connected.post("/settings/providers/kilocode/models")
    told = connected.get(URL).json()["remaining"]
    assert (told["amount"], told["currency"], told["words"]) == ("12.5", "USD", "balance") and told["at"]
    page = connected.get("/settings/providers/kilocode").content.decode()
    assert "$12.50 left" in page and "KiloCode calls it “balance”" in page
    assert "$12.50 left" in connected.get("/settings/providers").content.decode()


def test_a_service_that_does_not_tell_is_no_failure(connected: Client, service: Service) -> None:
    connected.post("/settings/providers/kilocode/models")
    service.balance = lambda: httpx.Response(404, json={"error": {"message": "no"}})
    steps = send(connected, f"{URL}/test", {}).json()["steps"]
    assert [step["name"] for step in steps] == ["reach", "key", "models", "answer"]
    assert connected.get(URL).json()["remaining"]["amount"] == "12.5"


def test_an_amount_that_is_none_is_not_shown(connected: Client, service: Service) -> None:
    service.balance = lambda: httpx.Response(200, json={"balance": None})
    connected.post("/settings/providers/kilocode/models")
    assert connected.get(URL).json()["remaining"] is None
    assert "left" not in connected.get("/settings/providers/kilocode").content.decode().split("Your providers")[1][:900]


def test_another_key_is_another_account(connected: Client) -> None:
    connected.post("/settings/providers/kilocode/models")
    connected.patch(URL, {"api_key": f"{KEY}x"}, content_type="application/json")
    assert connected.get(URL).json()["remaining"] is None


def test_the_question_is_booked_without_a_cost(connected: Client, booked: list[Record]) -> None:
    connected.post("/settings/providers/kilocode/models")
    assert [(record.source, record.method, record.cost_usd) for record in booked] == [("test", "GET", None)] * 2


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [("12.5", "USD", "$12.50"), ("-0.01", "USD", "-$0.01"), ("110", "CNY", "110.00 CNY"), ("49.58894", "", "49.59")],
)
def test_amounts_in_words(amount: str, currency: str, words: str) -> None:
    assert balances.in_words(Decimal(amount), currency) == words
