"""The session has ended when a message is sent: it stays, and is sent once after signing in again.

LibreChat #5753: session expired on send, message lost.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import begin
from tests.browser.conftest import Watched
from tests.browser.waiting import until
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser
ENDS_OTHERS = """fetch("/settings/account/sessions/end", {
  method: "POST",
  headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
}).then((answer) => answer.ok)"""


def signed_out(alice_at: Callable[..., Watched]) -> Watched:
    """A window of Alice's whose session she ended from another."""
    window, other = alice_at(), alice_at()
    begin(window)
    other.open("/settings/account")
    until(window.page, "sessionStorage.getItem('thinkback-line')")
    assert other.page.evaluate(ENDS_OTHERS)
    expect(window.page.get_by_text("You are signed out. What you wrote is kept.")).to_be_visible()
    window.check()
    return window


def sign_in_at(popup: Page) -> None:
    popup.get_by_label("Username").fill("alice")
    popup.get_by_label("Password", exact=True).fill(PASSWORD)
    popup.keyboard.press("Enter")


def test_the_message_is_sent_once_after_signing_in(alice_at: Callable[..., Watched]) -> None:
    window = signed_out(alice_at)
    page, field = window.page, window.page.get_by_role("textbox", name="Message")
    field.fill("Do not lose me")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="You are signed out")
    expect(dialog).to_be_visible()
    window.check()
    window.picture("signed-out")
    with page.expect_popup() as popup:
        dialog.get_by_role("button", name="Sign in").click()
    sign_in_at(popup.value)
    expect(page.locator("article.assistant")).to_contain_text("40 out")
    expect(page.locator("article.user")).to_have_count(1)
    expect(page.locator("article.user")).to_contain_text("Do not lose me")
    expect(field).to_have_value("")
    expect(page.locator("[data-line]")).to_be_hidden()
    field.fill("And another")  # the new token is in use
    page.keyboard.press("Enter")
    expect(page.locator("article.assistant").last).to_contain_text("40 out")
    window.forgive("status of 401")


def test_who_would_rather_not_has_the_text_back(alice_at: Callable[..., Watched]) -> None:
    window = signed_out(alice_at)
    page, field = window.page, window.page.get_by_role("textbox", name="Message")
    field.fill("Let me copy this first")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Not now").click()
    expect(field).to_have_value("Let me copy this first")
    page.get_by_role("button", name="Sign in").focus()
    page.reload()  # to the sign-in page, and back
    sign_in_at(page)
    expect(field).to_have_value("Let me copy this first")
    field.fill("")
    until(page, "!Object.keys(localStorage).some((key) => key.startsWith('thinkback-draft'))")
    window.forgive("status of 401")
