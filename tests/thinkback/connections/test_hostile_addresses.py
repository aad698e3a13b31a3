"""The table of hostile base URLs, at the form and the JSON API: a clear reason that names the field."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.providers.hostile_addresses import FORM, HARMLESS, LISTED, NAMES, NOT_LISTED, Hostile
from tests.thinkback.accounts.browser import send
from thinkback.connections.models import Connection

URL = "/api/providers"


def add(browser: Client, url: str) -> Any:
    """The answer to a new custom provider at this address."""
    return send(browser, URL, {"kind": "custom", "name": "Mine", "base_url": url, "format": "openai"})


def refusal(response: Any) -> str:
    """The sentence of a refusal that names the field."""
    assert response.status_code == 400, response.content
    error = response.json()["error"]
    assert (error["type"], error["field"]) == ("invalid_request", "base_url")
    return str(error["message"])


@pytest.mark.parametrize("row", FORM, ids=lambda row: f"{row.why}: {row.url}"[:60])
def test_a_hostile_address_is_refused(browser: Client, row: Hostile) -> None:
    assert row.said in refusal(add(browser, row.url))
    assert not Connection.objects.filter(kind="custom").exists()


@pytest.mark.parametrize("row", NOT_LISTED, ids=lambda row: row.url)
def test_a_listed_address_opens_nothing_near_it(browser: Client, settings: Any, row: Hostile) -> None:
    settings.PRIVATE_UPSTREAMS = frozenset(LISTED.split(","))
    assert row.said in refusal(add(browser, row.url))


@pytest.mark.parametrize("entry", LISTED.split(","))
def test_a_listed_address_is_accepted(browser: Client, settings: Any, entry: str) -> None:
    settings.PRIVATE_UPSTREAMS = frozenset(LISTED.split(","))
    assert add(browser, f"http://{entry}/v1").json()["base_url"] == f"http://{entry}/v1"


@pytest.mark.parametrize(("url", "stored"), HARMLESS.items())
def test_an_odd_but_harmless_address_is_accepted(browser: Client, url: str, stored: str) -> None:
    assert add(browser, url).json()["base_url"] == stored


@pytest.mark.parametrize("host", NAMES)
def test_a_hostile_name_is_left_to_the_connection(browser: Client, host: str) -> None:
    assert add(browser, f"https://{host}/v1").status_code == 201


def test_the_form_says_it_at_its_field(browser: Client) -> None:
    sent = {"name": "Mine", "base_url": "https://169.254.169.254/latest", "format": "openai"}
    page = browser.post("/settings/providers/new/custom", sent)
    assert page.status_code == 400 and b"at a private or reserved address" in page.content


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        ("http://192.168.1.7:11434/v1", "192.168.1.7:11434"),
        ("https://ollama", "ollama:443"),
        ("https://[fd00::1]", "[fd00::1]:443"),
    ],
)
def test_who_runs_a_service_at_home_is_told_what_to_list(browser: Client, url: str, entry: str) -> None:
    assert refusal(add(browser, url)).endswith(f"THINKBACK_PRIVATE_UPSTREAMS={entry}")


@pytest.mark.parametrize("url", ["https://169.254.169.254", "https://127.1", "https://example.com."])
def test_nobody_is_told_to_list_what_no_list_opens(browser: Client, url: str) -> None:
    assert "THINKBACK_PRIVATE_UPSTREAMS" not in refusal(add(browser, url))
