"""What a service still lets Alice's key ask: on its row and page, and in the JSON API, until it is another key."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from django.test import Client

from proxy.allowances import ALLOWANCES
from proxy.record import Record
from tests.thinkback.accounts.browser import send
from tests.thinkback.connections.conftest import KEY, STREAM, Service
from thinkback.connections import allowances

URL = "/api/providers/groq"
HEAD = {
    "content-type": "text/event-stream",
    "x-ratelimit-limit-requests": "14400", "x-ratelimit-remaining-requests": "14370",
    "x-ratelimit-reset-requests": "1h30m0.5s",
    "x-ratelimit-limit-tokens": "18000", "x-ratelimit-remaining-tokens": "997", "x-ratelimit-reset-tokens": "0s",
}  # fmt: skip


@pytest.fixture
def connected(browser: Client, service: Service, booked: list[Record]) -> Client:
    """Alice's browser, with a key of Groq's stored, which was tested once."""
    service.chat = lambda: httpx.Response(200, headers=HEAD, content=STREAM.encode())
    assert send(browser, "/api/providers", {"kind": "groq", "name": "Groq", "api_key": KEY}).status_code == 201
    assert browser.get(URL).json()["rate_limits"] is None
    send(browser, f"{URL}/test", {})
    return browser


def test_they_are_told_as_json(connected: Client) -> None:
    told = connected.get(URL).json()["rate_limits"]
    assert told["model"] == "small-mini" and told["at"]
    requests, tokens = told["left"]
    assert (requests["what"], requests["left"], requests["limit"]) == ("requests", 14370, 14400)
    assert (tokens["what"], tokens["left"], tokens["limit"]) == ("tokens", 997, 18000)
    assert requests["resets_at"] > tokens["resets_at"] == told["at"]
    assert connected.get("/api/providers").json()["results"][-1].keys() >= {"rate_limits"}


def test_they_are_shown_on_row_and_page(connected: Client) -> None:
    page = connected.get("/settings/providers/groq").content.decode()
    assert "Rate limits left for small-mini:" in page and "997 of 18,000 tokens" in page
    assert "14,370 of 14,400 requests (all again in 1 h" in page
    assert "997 tokens left" in connected.get("/settings/providers").content.decode()


def test_an_old_word_is_told_with_its_time_alone(connected: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowances, "FRESH", timedelta(0))
    assert "tokens left" not in connected.get("/settings/providers").content.decode()
    assert "997 of 18,000 tokens" in connected.get("/settings/providers/groq").content.decode()


def test_another_key_has_other_limits(connected: Client) -> None:
    connected.patch(URL, {"api_key": f"{KEY}x"}, content_type="application/json")
    assert connected.get(URL).json()["rate_limits"] is None


def test_nobody_else_sees_them(connected: Client) -> None:
    assert len(ALLOWANCES._seen) >= 1
    page = connected.get("/settings/providers/practice").content.decode()
    assert "Rate limits left" not in page
