"""What an answer had said stands, whatever happens next: it goes on below, or a notice stands below."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import ALL, answer, ask, choose_model, finish
from tests.browser.conftest import PHONE, Watched
from tests.world import World

pytestmark = pytest.mark.browser


def test_continue_adds_and_never_reverts(slow: str, alice_at: Callable[..., Watched]) -> None:
    """open-webui #9343: the result of "Continue" reverts. This model begins anew when it is asked to go on."""
    window = alice_at(PHONE)
    page = window.page
    window.open("/")
    choose_model(page, slow)
    ask(page, "Count, please")
    expect(page.locator("article.assistant")).to_contain_text("00004")
    page.get_by_role("button", name="Stop").click()
    last = page.locator("article.assistant").last
    expect(last).to_contain_text("Stopped by you")
    kept = answer(page)
    window.check()
    window.picture("stopped")
    page.get_by_role("button", name="Continue").press("Enter")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    expect(last).to_have_attribute("data-status", "streaming")
    assert answer(page).startswith(kept)
    page.reload()
    assert answer(page).startswith(kept)
    finish(page)
    assert answer(page) == ALL
    page.reload()
    assert answer(page) == ALL
    expect(page.locator("article")).to_have_count(2)


def test_an_error_stands_below_what_was_said(world: World, alice_at: Callable[..., Watched]) -> None:
    """LibreChat #3707: an error replaces the partial answer."""
    world.add("custom", name="Broken", format="openai", default_model="plan:chunks=9,gap=20,cut=6")
    window = alice_at()
    page = window.page
    window.open("/")
    choose_model(page, "Broken")
    ask(page, "Count, please")
    last = page.locator("article.assistant").last
    expect(last).to_have_attribute("data-status", "error")
    for _ in range(2):
        assert answer(page).startswith("00000 00001")
        expect(last.locator("[data-failure]").get_by_role("button", name="Retry")).to_be_visible()
        expect(last.locator("[data-failure]").get_by_role("button", name="Continue")).to_be_visible()
        page.reload()
    window.check()
    window.picture("error-below")
