"""The menu of ways to another answer, and what an answer took, by the keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import ask, choose_model, finish
from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser


def test_other_ways_by_the_keyboard(alice_at: Callable[..., Watched]) -> None:
    window = alice_at()
    page = window.page
    window.open("/")
    choose_model(page, "practice")
    ask(page, "/think")
    expect(page.locator("article.assistant")).to_have_attribute("data-status", "done")
    expect(page.locator("[data-reasoning] summary")).to_contain_text("Thought for")
    page.get_by_role("button", name="More ways to regenerate").press("Enter")
    expect(page.get_by_role("menuitem", name="By the same model")).to_be_focused()
    window.check()
    window.picture("again")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-picker-search]")).to_be_focused()
    page.keyboard.type("Mine")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Version 2 of 2")).to_be_visible()
    finish(page)
    expect(page.locator("article.assistant h2")).to_contain_text("plan:")
    page.get_by_role("button", name="What it took").press("Enter")
    took = page.get_by_role("group", name="What this answer took")
    expect(took).to_contain_text("Output tokens")
    expect(took).to_contain_text("req_fake")
    window.check()
    window.picture("took")
