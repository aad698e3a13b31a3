"""A tool is chosen, approved and read by the keyboard alone; its card is fit for every eye and ear."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import ask, choose_model
from tests.browser.conftest import PHONE, WIDE, Watched

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def test_a_tool_by_the_keyboard(alice_at: Callable[..., Watched], size: tuple[int, int], scheme: str) -> None:
    window = alice_at(size, scheme)
    page = window.page
    window.open("/")
    choose_model(page, "practice")
    page.get_by_role("button", name="Tools: ").press("Enter")
    box = page.get_by_role("checkbox", name="Calculator")
    expect(page.get_by_role("checkbox", name="Current time")).to_be_focused()
    page.keyboard.press("Tab")
    expect(box).to_be_focused()
    if not box.is_checked():  # as in the chat before
        page.keyboard.press("Space")
    window.check()
    page.keyboard.press("Escape")
    ask(page, 'use calculator {"expression": "6*7"}')
    card = page.get_by_role("group", name="Tool: Calculator")
    expect(card).to_contain_text("Needs your approval")
    expect(page.get_by_role("alert")).to_contain_text("Calculator needs your approval")
    expect(page.get_by_role("button", name="Stop")).to_be_enabled()
    window.check()
    window.picture(f"tool-waiting-{size[0]}-{scheme}")
    page.reload()
    page.get_by_role("textbox", name="Message").focus()
    while not page.evaluate("document.activeElement.closest('[data-tool]')"):  # past what stands below the card
        page.keyboard.press("Shift+Tab")
    for name in ("Deny", "Always allow in this chat", "Allow once"):
        expect(card.get_by_role("button", name=name)).to_be_focused()
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    answer = page.locator("article.assistant").last
    expect(answer).to_have_attribute("data-status", "done")
    expect(card).to_contain_text("Done")
    expect(answer).to_contain_text("42")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    card.get_by_text("Details").click()
    window.check()
    window.picture(f"tool-done-{size[0]}-{scheme}")
