"""A tool is chosen, approved and read by the keyboard alone; its card is fit for every eye and ear."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import WebSocketRoute, expect

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


def test_the_focus_outlives_a_drawing_anew(alice_at: Callable[..., Watched]) -> None:
    """An answer is drawn anew when the line comes back: who has the focus in it, keeps it."""
    page = alice_at().page
    lines: list[WebSocketRoute] = []
    page.route_web_socket("**/ws/chat", lambda line: (lines.append(line), line.connect_to_server()))
    page.reload()
    choose_model(page, "practice")
    page.get_by_role("button", name="Tools: ").click()
    page.get_by_role("checkbox", name="Calculator").check()
    page.keyboard.press("Escape")
    ask(page, 'use calculator {"expression": "6*7"}')
    deny = page.get_by_role("button", name="Deny")
    deny.focus()
    page.locator("article.assistant").evaluate("article => { article.dataset.old = '' }")
    lines[-1].close(code=1011)
    expect(page.locator("article.assistant[data-old]")).to_have_count(0)
    expect(deny).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("article.assistant")).to_have_attribute("data-status", "done")
