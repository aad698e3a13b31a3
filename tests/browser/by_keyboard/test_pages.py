"""The pages around the chat without a mouse: every one is reached, and something is changed on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FileChooser, expect

from tests.browser.by_keyboard.conftest import sign_in
from tests.browser.by_keyboard.keys import Keys
from tests.browser.waiting import wait_for
from tests.thinkback.transfer.exports import recorded
from tests.world import World

pytestmark = pytest.mark.browser
SECTIONS = (
    "Chat",
    "Presets",
    "Providers",
    "API tokens",
    "Tools",
    "People",
    "Status",
    "Connection check",
    "About",
    "Data",
)


def place(keys: Keys, name: str, heading: str) -> None:
    """Go to a page by its link, past what stands above every page."""
    keys.press_at("link", "Skip to the content")
    keys.lands_on("generic", "…")
    keys.press_at("link", name, back=name in SECTIONS)  # they stand before the content
    expect(keys.page.get_by_role("heading", name=heading, level=1)).to_be_visible()


def to_settings(keys: Keys) -> None:
    """Leave the chat by the shortcut."""
    keys.press("Control+Period")
    expect(keys.page.get_by_role("heading", name="Account", exact=True)).to_be_visible()


def saved(keys: Keys, press: Callable[[], None]) -> None:
    """Press something that is saved by itself, and wait until it is."""
    with keys.page.expect_response(lambda answer: answer.url.endswith("/api/preferences")) as answer:
        press()
    assert answer.value.ok


def test_shortcuts(keys: Keys, world: World) -> None:
    page = keys.page
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    keys.action("open the list of shortcuts with Ctrl+/")
    keys.press("Control+Slash")
    keys.lands_on("checkbox", "Use keyboard shortcuts")
    keys.action("change a shortcut")
    keys.press_at("button", "Ctrl+K Change the keys")
    saved(keys, lambda: keys.press("Control+Alt+KeyJ"))
    keys.lands_on("button", "Ctrl+Alt+J Change the keys")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    keys.press("Control+Alt+KeyJ")
    keys.lands_on("combobox", "Search chats and messages")
    keys.press("Escape")
    keys.action("open the list of shortcuts from one's own menu, and reset all")
    keys.press_at("button", "Your menu, alice", back=True)
    keys.press_at("button", "Keyboard shortcuts")
    keys.tab("button", "Reset all", back=True)
    saved(keys, lambda: keys.press("Enter"))
    keys.action("turn all shortcuts off, and on")
    keys.tab("checkbox", "Use keyboard shortcuts")
    saved(keys, lambda: keys.press("Space"))
    saved(keys, lambda: keys.press("Space"))
    keys.press("Escape")
    expect(dialog).to_be_hidden()


def test_settings(keys: Keys) -> None:
    page = keys.page
    keys.action("go to the settings with Ctrl+.")
    to_settings(keys)
    keys.action("change one's address")
    keys.press_at("link", "Skip to the content")
    keys.tab("textbox", "E-mail (optional)")
    keys.press("Control+a")
    keys.type("alice@example.com")
    keys.press("Enter")
    expect(page.locator(".toast")).to_be_visible()
    change_the_chat(keys)
    change_access(keys)
    reach_the_rest(keys)


def test_the_skip_link_leads_past_the_names_of_the_sections(keys: Keys) -> None:
    keys.action("skip to the content of a section")
    to_settings(keys)
    keys.press_at("link", "Skip to the content")
    keys.press("Tab")
    keys.at()
    expect(keys.page.locator("#section :focus")).to_have_count(1)


def change_the_chat(keys: Keys) -> None:
    """How it behaves, and a saved prompt."""
    page = keys.page
    keys.action("change how the chat page behaves")
    place(keys, "Chat", "Chat")
    keys.tab("radio", "Enter")
    saved(keys, lambda: keys.press("ArrowRight"))
    saved(keys, lambda: keys.press("ArrowLeft"))
    keys.action("add a saved prompt, and delete it")
    place(keys, "Presets", "Presets and prompts")
    place(keys, "New prompt", "New prompt")
    keys.tab("textbox", "Name")
    keys.type("Farewell")
    keys.tab("textbox", "Text")
    keys.type("Say goodbye")
    keys.press_at("button", "Save")
    place(keys, "Farewell…", "Farewell")
    keys.press_at("button", "Delete")
    expect(page.get_by_role("link", name="Farewell")).to_have_count(0)


def change_access(keys: Keys) -> None:
    """A provider and a token."""
    page = keys.page
    keys.action("turn a provider off and on")
    place(keys, "Providers", "Add a provider")
    place(keys, "Also…", "Also")
    for name in ("Turn off", "Turn on"):
        keys.press_at("button", name)
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    keys.action("make an API token, and take it back")
    place(keys, "API tokens", "API tokens")
    keys.tab("textbox", "Name")
    keys.type("laptop")
    keys.press("Enter")
    expect(page.get_by_text("“laptop” is ready")).to_be_visible()
    keys.press_at("button", "Revoke laptop")
    keys.lands_on("button", "Cancel")
    keys.press_at("button", "Revoke the token")
    expect(page.get_by_role("button", name="Revoke laptop")).to_have_count(0)


def reach_the_rest(keys: Keys) -> None:
    """Pages on which little can be changed."""
    keys.action("reach every other page of the settings")
    for name in ("Tools", "People", "Status", "Connection check", "About"):
        place(keys, name, name)


def test_data(keys: Keys, tmp_path: Path) -> None:
    page = keys.page
    to_settings(keys)
    place(keys, "Data", "Data")
    dialogs: list[FileChooser] = []
    page.on("filechooser", lambda dialog: dialogs.append(dialog))
    keys.action("import chats")
    keys.tab("button", "Choose a file, or drop it here…")
    keys.press("Enter")
    wait_for(page, lambda: bool(dialogs), "the dialog for files")
    (tmp_path / "chats.json").write_text(json.dumps(recorded("chatgpt")[:1]))
    dialogs.pop().set_files(tmp_path / "chats.json")
    expect(page.locator("[data-said]")).to_contain_text("1 new")
    keys.action("read the report of an import")
    place(keys, "Report chats.json", "Import of chats.json")
    keys.tab("link", "When to prune roses")
    place(keys, "Data", "Data")
    keys.action("remove a report")
    keys.press_at("button", "Remove chats.json")
    expect(page.get_by_role("link", name="Report")).to_have_count(0)
    for form in ("JSON", "Markdown"):
        keys.action(f"export everything as {form}")
        keys.tab("link", form)
        with page.expect_download():
            keys.press("Enter")
    keys.action("ask to delete all chats, and do not")
    keys.press_at("button", "Delete all chats")
    keys.lands_on("button", "Cancel")
    keys.press("Enter")
    keys.lands_on("button", "Delete all chats")


def test_language_theme_and_leaving(keys: Keys) -> None:
    page = keys.page
    keys.action("choose the dark theme")
    keys.press_at("button", "Your menu, alice")
    keys.press_at("button", "Dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    keys.press("Escape")
    keys.lands_on("button", "Your menu, alice")
    keys.action("choose another language, and the first one again")
    to_settings(keys)
    for label, language, button in (("Language", "Deutsch", "Save"), ("Sprache", "English", "Speichern")):
        keys.tab("combobox", label)
        keys.type(language)
        keys.press_at("button", button)
        expect(page.locator("html")).to_have_attribute("lang", "de" if language == "Deutsch" else "en")
    keys.action("sign out, and in again")
    keys.press_at("button", "Your menu, alice")
    keys.press_at("button", "Sign out")
    page.wait_for_url("**/accounts/login/**")
    sign_in(keys)
