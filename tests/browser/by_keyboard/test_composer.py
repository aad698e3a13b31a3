"""What is given with a question, without a mouse: a queue, tools, files, prompts, presets, several models, no trace."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FileChooser, expect

from tests.browser.by_keyboard.conftest import ALSO, QUICK, SLOW
from tests.browser.by_keyboard.keys import Keys
from tests.browser.by_keyboard.test_messages import FIELD, ask, choose, pick, status
from tests.browser.chatting import finish
from tests.browser.waiting import wait_for
from tests.thinkback.attachments.conftest import picture
from tests.world import World

pytestmark = pytest.mark.browser


def test_messages_that_wait(keys: Keys) -> None:
    page = keys.page
    rows = page.locator("[data-queued]")
    choose(keys, SLOW)
    ask(keys, "First")
    status(page, "streaming")
    keys.action("queue a message with Enter, and one with the button")
    ask(keys, "Second")
    expect(rows).to_have_count(1)
    keys.type("Third")
    keys.press_at("button", "Queue")
    expect(rows).to_have_count(2)
    keys.lands_on(*FIELD)
    keys.action("remove a queued message")
    keys.press_at("button", "Delete", back=True)
    expect(rows).to_have_count(1)
    keys.lands_on("button", "Send now")
    keys.action("take a queued message back to the field")
    keys.press_at("button", "Back to the field")
    expect(rows).to_have_count(0)
    keys.lands_on(*FIELD)
    keys.action("send a queued message now")
    keys.press("Enter")
    expect(rows).to_have_count(1)
    keys.press_at("button", "Send now", back=True)
    expect(rows).to_have_count(0)
    expect(page.locator("article.user").last).to_contain_text("Second")
    keys.lands_on(*FIELD)
    keys.press("Escape")


def test_tools(keys: Keys) -> None:
    page = keys.page
    card = page.get_by_role("group", name="Tool: Calculator")
    choose(keys, "practice")
    keys.action("choose a tool")
    keys.press_at("button", "Tools: none chosen")
    keys.lands_on("checkbox", "Current time")
    keys.press_at("checkbox", "Calculator", "Space")
    keys.press("Escape")
    keys.lands_on("button", "Tools: 1 chosen")
    keys.tab(*FIELD, back=True)
    for answer, told in (("Deny", "Denied"), ("Allow once", "Done"), ("Always allow in this chat", "Done")):
        keys.action(f"answer a tool's question with “{answer}”")
        ask(keys, 'use calculator {"expression": "6*7"}')
        expect(card.last).to_contain_text("Needs your approval")
        keys.press_at("button", answer, back=True)
        finish(page)
        expect(card.last).to_contain_text(told)
        keys.lands_on(*FIELD)
    keys.action("open what a tool was asked and answered")
    keys.press_at("DisclosureTriangle", "Details of Calculator", back=True)
    expect(card.last).to_contain_text("42")
    keys.tab("group", "What Calculator was asked")


def test_files(keys: Keys) -> None:
    page = keys.page
    tray = page.get_by_role("list", name="Files of this message")
    dialogs: list[FileChooser] = []
    page.on("filechooser", lambda dialog: dialogs.append(dialog))
    choose(keys, QUICK)
    for name in ("tree.png", "bush.png"):
        keys.action("attach a file: the button opens the system's own dialog")
        keys.tab("button", "Add files")
        keys.press("Enter")
        wait_for(page, lambda: bool(dialogs), "the dialog for files")
        dialogs.pop().set_files([{"name": name, "mimeType": "image/png", "buffer": picture()}])
        expect(tray).to_contain_text(name)
        keys.tab(*FIELD, back=True)
    keys.action("take a file away again")
    keys.press_at("button", "Remove bush.png", back=True)
    expect(tray.get_by_role("listitem")).to_have_count(1)
    keys.lands_on("button", "Remove tree.png")
    keys.tab(*FIELD)
    ask(keys, "What is it?")
    finish(page)
    keys.action("open a picture whole, and close it")
    keys.press_at("link", "tree.png", back=True)
    keys.lands_on("button", "Close")
    keys.tab("link", "Download", back=True)
    keys.press("Escape")
    keys.lands_on("link", "tree.png")


def test_menus_controls_and_presets(keys: Keys, world: World) -> None:
    world.api("POST", "/api/prompts", {"name": "Greet", "text": "Greet {{name}} in {{language}}."})
    write_with_menus(keys)
    change_the_controls(keys)
    use_a_preset(keys)


def write_with_menus(keys: Keys) -> None:
    """What opens while one types."""
    page = keys.page
    keys.action("choose a model with @")
    keys.lands_on(*FIELD)
    keys.type("@chunks=12")
    expect(page.get_by_role("option", name=QUICK).first).to_be_visible()
    keys.press("ArrowDown", "ArrowUp", "Enter")
    expect(page.locator("[data-picker]")).to_contain_text(QUICK)
    keys.action("put a saved prompt in with /, and fill its gaps")
    keys.type("/gre")
    expect(page.get_by_role("option", name="Greet")).to_be_visible()
    keys.press("Enter")
    keys.type("Bob")
    keys.press("Tab")
    keys.type("German")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Greet Bob in German.")


def change_the_controls(keys: Keys) -> None:
    """The ring, the panel, and a preset saved from it."""
    page = keys.page
    keys.action("see how full the context is, and what it will cost")
    keys.press_at("button", "Context: about …")
    expect(page.get_by_role("dialog", name="Context and cost")).to_be_visible()
    keys.press("Escape")
    keys.lands_on("button", "Context: about …")
    keys.action("change the controls of the chat")
    keys.press("Control+Shift+KeyE")
    keys.lands_on("textbox", "System prompt")
    keys.type("Be brief.")
    keys.tab("textbox", "Temperature")
    keys.type("0.5")
    keys.press_at("button", "Close the controls", back=True)
    keys.lands_on("button", "Chat controls")
    keys.press("Enter")
    keys.lands_on("textbox", "System prompt")
    keys.action("save the controls as a preset")
    keys.press_at("button", "Save as preset")
    page.wait_for_url("**/settings/presets/*")
    keys.tab("textbox", "Name")
    keys.press("Control+a")
    keys.type("Brief")
    keys.press("Enter")
    page.wait_for_url("**/settings/presets")


def use_a_preset(keys: Keys) -> None:
    """From the start page, and in the panel after it was emptied."""
    page = keys.page
    keys.action("begin with a preset from the start page")
    keys.press_at("link", "Chat")
    keys.press_at("button", "Brief")
    keys.lands_on(*FIELD)
    keys.action("reset the controls")
    keys.press("Control+Shift+KeyE")
    keys.press_at("button", "Reset")
    keys.lands_on("button", "Cancel")
    keys.press_at("button", "Reset")
    keys.lands_on("textbox", "System prompt")
    keys.action("close the controls with Escape")
    keys.press("Escape")
    keys.lands_on("button", "Chat controls")
    keys.action("choose a preset in the controls")
    keys.press("Enter")
    keys.tab("combobox", "Preset", back=True)
    keys.type("Brief")
    expect(page.get_by_role("textbox", name="System prompt")).to_have_value("Be brief.")
    keys.lands_on("combobox", "Preset")
    keys.action("send what the prompt was filled to")
    keys.press("Shift+Escape", "Enter")
    expect(page.locator("article.user")).to_contain_text("Greet Bob in German.")


def test_several_models(keys: Keys) -> None:
    page = keys.page
    choose(keys, QUICK)
    keys.action("choose a second model to ask")
    keys.press("Control+Shift+KeyM")
    keys.lands_on("combobox", "Search models")
    keys.type(ALSO)
    keys.press("Shift+Enter", "Escape")
    expect(page.get_by_role("list", name="Asked beside it").get_by_role("listitem")).to_have_count(1)
    keys.press("Shift+Escape")
    ask(keys, "Count")
    expect(page.locator("[data-comparison]")).to_have_attribute("data-status", "done")
    keys.action("merge the answers into one")
    keys.press_at("button", "Merge into one answer", back=True)
    pick(keys, QUICK)
    merged = page.locator(".comparison > article")
    expect(merged).to_have_attribute("data-status", "done")
    keys.action("keep one of the answers")
    keys.press("Shift+Escape")
    keys.press_at("button", f"Keep the answer of {ALSO}", back=True)
    expect(page.locator("[data-comparison]")).to_have_count(0)
    keys.lands_on(*FIELD)
    keys.action("do not ask the second model any more")
    keys.press_at("button", f"Do not ask {ALSO}", back=True)
    keys.lands_on("button", "Model: …")
    keys.action("ask several from the picker's own button")
    keys.press("Enter")
    keys.lands_on("combobox", "Search models")
    keys.press_at("button", "Compare several models")
    keys.lands_on("combobox", "Search models")
    keys.type(ALSO)
    keys.press("Enter", "Escape")
    keys.lands_on("button", "Model: …")
    keys.press_at("button", f"Do not ask {ALSO}")


def test_a_chat_that_is_not_kept_and_one_that_is_shared(keys: Keys) -> None:
    page = keys.page
    keys.action("begin a temporary chat")
    keys.press_at("button", "Temporary chat")
    keys.lands_on(*FIELD)
    expect(page.get_by_text("Not saved")).to_be_visible()
    choose(keys, QUICK)
    ask(keys, "Count")
    finish(page)
    keys.action("keep a temporary chat after all")
    keys.press_at("button", "Save this chat", back=True)
    keys.lands_on(*FIELD)
    keys.action("make a link to share")
    keys.press_at("button", "Share", back=True)
    keys.lands_on("checkbox", "All branches")
    keys.press("Space")
    keys.press_at("button", "Make a link")
    keys.lands_on("textbox", "The link")
    keys.action("copy the link")
    keys.press_at("button", "Copy the link")
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.search("/share/", link)
    keys.action("take the link back")
    keys.press_at("button", "Take the link back")
    keys.lands_on("button", "Make a link")
    keys.press("Escape")
    keys.lands_on("button", "Share")
