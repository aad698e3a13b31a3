"""Messages wait for an answer in sight of every window, and are sent once, whoever is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import ask, begin, choose_model, finish
from tests.browser.conftest import PHONE, Watched

pytestmark = pytest.mark.browser
LONG = "Third, which is much longer than a line of a phone, and is cut with an ellipsis"


def test_queued_messages_do_not_disappear(slow: str, alice_at: Callable[..., Watched]) -> None:
    """open-webui #29070: queued messages disappear when they are sent."""
    window = alice_at(PHONE, "dark")
    page = window.page
    window.open("/")
    choose_model(page, slow)
    ask(page, "First")
    field = page.get_by_role("textbox", name="Message", exact=True)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    ask(page, "Second")
    rows = page.locator("[data-queued]")
    expect(rows).to_have_count(1)
    field.fill(LONG)
    page.get_by_role("button", name="Queue").click()
    expect(rows).to_have_count(2)
    expect(page.get_by_text("Sent when the answer is done")).to_be_visible()
    field.fill("half a thought")
    window.check()
    expect(page.get_by_role("button", name="Stop")).to_be_in_viewport()  # a long row pushes nothing out
    window.picture("queue")
    page.reload()
    expect(rows).to_have_text(["Second", LONG])
    rows.last.get_by_role("button", name="Back to the field").press("Enter")
    expect(rows).to_have_count(1)
    expect(field).to_have_value(f"{LONG}\n\nhalf a thought")
    rows.get_by_role("button", name="Send now").press("Enter")
    expect(page.locator("article.user")).to_contain_text(["First", "Second"])
    expect(rows).to_have_count(0)
    expect(page.locator("article.assistant").first).to_have_attribute("data-status", "stopped")
    finish(page)
    page.reload()
    expect(page.locator("article.user")).to_have_count(2)


def test_what_waits_is_sent_without_anybody(alice_at: Callable[..., Watched]) -> None:
    window = alice_at()
    page = begin(window)
    ask(page, "First")
    expect(page.locator("article.assistant")).to_contain_text("00000")
    ask(page, "Second")
    expect(page.locator("article.user").or_(page.locator("[data-queued]"))).to_have_count(2)
    address = page.url
    window.open("/settings")
    page.goto(address)
    expect(page.locator("article.user")).to_contain_text(["First", "Second"])
    finish(page)
    expect(page.locator("[data-queued]")).to_have_count(0)
