"""A conversation without a mouse: asking, stopping, going on, and every way to another answer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.by_keyboard.conftest import ALSO, QUICK, SLOW
from tests.browser.by_keyboard.keys import Keys
from tests.browser.chatting import finish

pytestmark = pytest.mark.browser
FIELD = ("textbox", "Message")


def pick(keys: Keys, name: str) -> None:
    """Choose a model in the open list."""
    keys.lands_on("combobox", "Search models")
    keys.type(name)
    keys.press("Enter")


def choose(keys: Keys, name: str) -> None:
    """Choose the model of this chat by its shortcut."""
    keys.press("Control+Shift+KeyM")
    pick(keys, name)
    keys.lands_on(*FIELD)


def ask(keys: Keys, text: str) -> None:
    keys.type(text)
    keys.press("Enter")
    keys.lands_on(*FIELD)


def status(page: Page, is_: str) -> None:
    expect(page.locator("article.assistant").last).to_have_attribute("data-status", is_)


def test_asking_stopping_and_going_on(keys: Keys) -> None:
    page = keys.page
    keys.action("choose a model in the picker")
    keys.press_at("button", "Model: …")
    pick(keys, SLOW)
    keys.lands_on(*FIELD)
    keys.action("send a message")
    ask(keys, "Count, please")
    expect(page.locator("article.assistant")).to_contain_text("00003")
    keys.action("stop the answer with its button")
    keys.press_at("button", "Stop")
    status(page, "stopped")
    keys.lands_on(*FIELD)
    keys.action("continue a stopped answer")
    keys.press_at("button", "Continue", back=True)
    status(page, "streaming")
    keys.action("stop the answer with Escape")
    keys.lands_on(*FIELD)
    keys.press("Escape")
    status(page, "stopped")
    keys.action("skip to the latest answer, and read it with the arrow keys")
    keys.press("Control+Shift+KeyO")
    expect(page.locator("article")).to_have_count(0)
    choose(keys, QUICK)
    ask(keys, "Count, please")
    finish(page)
    keys.press_at("link", "Skip to the latest answer", back=True)
    keys.lands_on("heading", f"{QUICK} said")
    keys.tab("region", "Conversation", back=True)
    keys.press("Home", "PageDown", "End")
    keys.action("skip to the message field")
    keys.press_at("link", "Skip to the message field", back=True)
    keys.lands_on(*FIELD)


def test_other_answers(keys: Keys) -> None:
    page = keys.page
    choose(keys, QUICK)
    ask(keys, "Count, please")
    finish(page)
    keys.action("copy an answer")
    keys.press_at("button", "Copy", back=True)
    assert page.evaluate("navigator.clipboard.readText()").startswith("00000 00001")
    keys.lands_on("button", "Copy")
    regenerate(keys)
    turn_and_delete(keys)
    edit(keys)


def regenerate(keys: Keys) -> None:
    """By its button, and by each of the ways in its menu."""
    page = keys.page
    keys.action("regenerate an answer")
    keys.press_at("button", "Regenerate")
    expect(page.get_by_role("group", name="Version 2 of 2")).to_be_visible()
    finish(page)
    keys.action("open the menu of regenerate, and choose another manner")
    keys.press_at("button", "More ways to regenerate", back=True)
    keys.lands_on("menuitem", "By the same model")
    keys.press("ArrowUp", "Enter")
    expect(page.get_by_role("group", name="Version 3 of 3")).to_be_visible()
    finish(page)
    keys.action("regenerate by another model")
    keys.press_at("button", "More ways to regenerate", back=True)
    keys.lands_on("menuitem", "By the same model")
    keys.press("ArrowDown", "Enter")
    pick(keys, ALSO)
    expect(page.get_by_role("group", name="Version 4 of 4")).to_be_visible()
    finish(page)
    keys.action("leave the menu of regenerate with Escape")
    keys.press_at("button", "More ways to regenerate", back=True)
    keys.press("Escape")
    keys.lands_on("button", "More ways to regenerate")


def turn_and_delete(keys: Keys) -> None:
    """The versions of an answer."""
    page = keys.page
    keys.action("turn to an earlier version, and back")
    keys.press_at("button", "Earlier version")
    expect(page.get_by_role("group", name="Version 3 of 4")).to_be_visible()
    keys.lands_on("button", "Earlier version")
    keys.press_at("button", "Later version")
    expect(page.get_by_role("group", name="Version 4 of 4")).to_be_visible()
    keys.action("delete a version")
    keys.press_at("button", "Delete this version")
    keys.lands_on("button", "Cancel")
    keys.press_at("button", "Delete")
    expect(page.get_by_role("group", name="Version 3 of 3")).to_be_visible()
    keys.lands_on("button", "Earlier version")


def edit(keys: Keys) -> None:
    """An answer and a question."""
    page = keys.page
    keys.action("put an answer into one's own words")
    keys.press_at("button", "Edit", back=True)
    keys.lands_on("textbox", "Text of the message")
    keys.press("Control+a")
    keys.type("In my words")
    keys.press_at("button", "Save as a version")
    expect(page.locator("article.assistant")).to_contain_text("In my words")
    keys.action("edit a message in place, and leave it")
    keys.press("Shift+Escape", "ArrowUp")
    keys.lands_on("textbox", "Text of the message")
    keys.press("Escape")
    keys.lands_on(*FIELD)
    keys.action("edit a message with its button, and send it")
    for _ in range(2):  # past that of the answer
        keys.tab("button", "Edit", back=True)
    keys.press("Enter")
    keys.lands_on("textbox", "Text of the message")
    keys.type(", twice")
    keys.press("Control+Enter")
    expect(page.locator("article.user")).to_contain_text("Count, please, twice")
    finish(page)
    keys.lands_on(*FIELD)
    keys.action("copy a message")
    for _ in range(2):
        keys.tab("button", "Copy", back=True)
    keys.press("Enter")
    assert page.evaluate("navigator.clipboard.readText()") == "Count, please, twice"
    keys.action("see what an answer took")
    keys.press_at("button", "What it took: …")
    expect(page.get_by_role("group", name="What this answer took")).to_be_visible()
    keys.press("Escape")
    keys.lands_on("button", "What it took: …")
