"""Chats are found, named, filed, deleted and brought back without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.by_keyboard.keys import Keys
from tests.world import World

pytestmark = pytest.mark.browser
NAMES = ("Apples", "Pears", "Plums", "Quinces")


@pytest.fixture
def chats(world: World) -> None:
    """A list of four chats, the last one first."""
    listed = [chat["id"] for chat in world.api("GET", "/api/chats?limit=200")["results"]]
    if listed:
        world.api("POST", "/api/chats/batch", {"ids": listed, "trashed": True})
    world.api("DELETE", "/api/chats/trash")
    for folder in world.api("GET", "/api/folders")["results"]:
        world.api("DELETE", f"/api/folders/{folder['id']}")
    for name in NAMES:
        world.api("POST", "/api/chats", {"title": name})


@pytest.fixture
def orchard(chats: None, keys: Keys) -> Keys:
    """Alice before that list."""
    expect(keys.page.locator(".chat-row")).to_have_count(len(NAMES))
    return keys


def menu(keys: Keys, name: str, act: str, back: bool = False) -> None:
    """Open the menu of a chat, and choose something in it."""
    keys.press_at("button", f"What to do with “{name}”", back=back)
    keys.press_at("button", act)


def test_the_list(orchard: Keys) -> None:
    keys, page = orchard, orchard.page
    keys.action("open a chat from the list")
    keys.press_at("link", "Plums")
    expect(page.locator("[data-chat-title]")).to_have_text("Plums")
    name_and_pin(keys)
    file(keys)
    mind_folders(keys)


def name_and_pin(keys: Keys) -> None:
    """From the menu of a chat."""
    page = keys.page
    keys.action("rename a chat")
    menu(keys, "Plums", "Rename")
    keys.lands_on("textbox", "Name")
    keys.type("Damsons")
    keys.press("Enter")
    expect(page.get_by_role("link", name="Damsons")).to_be_visible()
    keys.lands_on("button", "What to do with “Damsons”")
    keys.action("pin and unpin a chat")
    keys.press("Enter")
    keys.press_at("button", "Pin")
    expect(page.locator("[data-pinned-chats]")).to_contain_text("Damsons")
    keys.lands_on("button", "What to do with “Damsons”")
    keys.press("Enter")
    keys.press_at("button", "Unpin")
    expect(page.locator("[data-pinned-chats]")).to_be_hidden()
    keys.lands_on("button", "What to do with “Damsons”")
    keys.action("leave the menu of a chat with Escape")
    keys.press("Enter", "Escape")
    keys.lands_on("button", "What to do with “Damsons”")


def file(keys: Keys) -> None:
    """In a folder, with tags."""
    page = keys.page
    keys.action("give a chat tags")
    keys.press("Enter")
    keys.press_at("button", "Tags…")
    keys.lands_on("textbox", "New tags, separated by commas")
    keys.type("fruit, winter")
    keys.press("Enter")
    keys.lands_on("button", "What to do with “Damsons”")
    keys.action("move a chat to a new folder")
    keys.press("Enter")
    keys.press_at("button", "Move to folder…")
    keys.lands_on("radio", "No folder")
    keys.tab("textbox", "Or a new folder")
    keys.type("Garden")
    keys.press("Enter")
    expect(page.locator("[data-folder]")).to_contain_text("Garden")


def mind_folders(keys: Keys) -> None:
    """A folder is opened, renamed, deleted and made anew."""
    page = keys.page
    keys.action("open a folder")
    keys.press("Control+k")
    keys.lands_on("combobox", "Search chats and messages")
    keys.press("Escape")
    keys.press("Shift+Escape")
    keys.press_at("DisclosureTriangle", "Garden…", back=True)
    expect(page.get_by_role("link", name="Damsons")).to_be_visible()
    keys.action("rename a folder")
    keys.press_at("button", "What to do with the folder “Garden”")
    keys.press_at("button", "Rename")
    keys.type("Orchard")
    keys.press("Enter")
    keys.lands_on("button", "What to do with the folder “Orchard”")
    keys.action("delete a folder")
    keys.press("Enter")
    keys.press_at("button", "Delete folder")
    expect(page.locator("[data-folder]")).to_have_count(0)
    keys.action("undo with Ctrl+Z")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    keys.press("Control+z")
    expect(page.locator("[data-folder]")).to_contain_text("Orchard")


def test_deleting_archiving_and_taking_back(orchard: Keys) -> None:
    keys, page = orchard, orchard.page
    rows = page.locator(".chat-row")
    keys.action("delete a chat")
    menu(keys, "Pears", "Delete")
    expect(rows).to_have_count(3)
    keys.lands_on("link", "Apples")
    keys.action("undo with the button of the note")
    keys.press_at("button", "Undo", back=True)
    expect(rows).to_have_count(4)
    keys.lands_on("link", "Pears")
    keys.action("archive a chat, and undo with Ctrl+Z")
    menu(keys, "Pears", "Archive")
    expect(rows).to_have_count(3)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    keys.press("Control+z")
    expect(rows).to_have_count(4)
    keys.lands_on("link", "Pears")
    keys.action("export a chat as Markdown and as JSON")
    for form, ending in (("Export as Markdown", ".md"), ("Export as JSON", ".json")):
        keys.press_at("button", "What to do with “Pears”")
        keys.tab("button", form)
        with page.expect_download() as download:
            keys.press("Enter")
        assert download.value.suggested_filename.endswith(ending)
        keys.lands_on("button", "What to do with “Pears”")
        keys.tab("link", "Pears", back=True)
    keys.action("make the list wider and narrower with the arrow keys")
    keys.tab("separator", "Width of the list")
    keys.press("ArrowRight", "ArrowRight", "ArrowLeft")
    expect(page.get_by_role("separator")).to_have_attribute("aria-valuenow", "280")
    keys.action("hide the list, and show it")
    keys.press("Control+Shift+KeyS")
    keys.lands_on("button", "Chats")
    keys.press("Enter")
    expect(page.get_by_role("navigation", name="Your chats")).to_be_visible()


def test_search(orchard: Keys) -> None:
    keys, page = orchard, orchard.page
    keys.action("search with Ctrl+K, and go to what is found")
    keys.press("Control+k")
    keys.lands_on("combobox", "Search chats and messages")
    keys.type("quin")
    expect(page.locator('[data-found="chats"] [role=option]')).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    expect(page.locator("[data-chat-title]")).to_have_text("Quinces")
    keys.action("search with the button, and leave with Escape")
    keys.press_at("button", "Search", back=True)
    keys.lands_on("combobox", "Search chats and messages")
    keys.press("Escape")
    keys.lands_on("button", "Search")
    keys.action("go to another page through the search")
    keys.press("Enter")
    keys.lands_on("combobox", "Search chats and messages")
    keys.type("all chats")
    expect(page.get_by_role("option", name="All chats")).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="All chats")).to_be_visible()


def test_the_overview(orchard: Keys, world: World) -> None:
    keys, page = orchard, orchard.page
    rows = page.locator("[data-row]")
    world.api("POST", "/api/folders", {"name": "Cellar"})
    keys.press_at("link", "All chats")
    expect(rows).to_have_count(4)
    keys.action("narrow the list of all chats")
    keys.tab("searchbox", "Title")
    keys.type("P")
    keys.press("Enter")
    expect(rows).to_have_count(3)
    choose_some(keys)
    delete_and_restore(keys)


def test_a_note_steps_aside_for_what_has_the_focus(orchard: Keys, world: World) -> None:
    keys, page = orchard, orchard.page
    for number in range(20):
        world.api("POST", "/api/chats", {"title": f"Medlars {number:02d}"})
    keys.press_at("link", "All chats")
    page.set_viewport_size({"width": 390, "height": 844})  # a window enlarged to four times: the note is as wide
    keys.action("walk down a long list while a note lies over its end")
    keys.press_at("checkbox", "Choose “Medlars 19”", "Space")
    keys.press_at("button", "Archive", back=True)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    keys.tab("checkbox", "Choose “Quinces”")  # looks at every stop
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def choose_some(keys: Keys) -> None:
    """Archived, taken back, moved."""
    page = keys.page
    rows = page.locator("[data-row]")
    keys.action("choose some chats, and archive them")
    for name in ("Plums", "Pears"):
        keys.press_at("checkbox", f"Choose “{name}”", "Space")
    keys.press_at("button", "Archive", back=True)
    expect(rows).to_have_count(1)
    keys.lands_on("checkbox", "Choose “Apples”")
    keys.action("take it back with Ctrl+Z")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    keys.press("Control+z")
    expect(rows).to_have_count(3)
    keys.action("choose all, and move them to a folder")
    keys.press_at("checkbox", "All on this page", "Space")
    keys.tab("combobox", "Move to folder")
    keys.type("Cellar")
    expect(page.locator("[data-row]", has_text="Cellar")).to_have_count(3)


def delete_and_restore(keys: Keys) -> None:
    """Into the trash, out of it, and for good."""
    page = keys.page
    rows = page.locator("[data-row]")
    keys.action("delete several chats")
    keys.press_at("checkbox", "All on this page", "Space")
    keys.press_at("button", "Delete")
    expect(rows).to_have_count(0)
    keys.lands_on("link", "In the list")
    keys.action("restore a chat from the trash")
    keys.press_at("link", "Trash")
    expect(rows).to_have_count(3)
    keys.press_at("checkbox", "Choose “Plums”", "Space")
    keys.press_at("button", "Restore", back=True)
    expect(rows).to_have_count(2)
    keys.action("delete one for good")
    keys.press_at("checkbox", "Choose “Pears”", "Space")
    keys.press_at("button", "Delete for good", back=True)
    keys.lands_on("button", "Cancel")
    keys.press_at("button", "Delete for good")
    expect(rows).to_have_count(1)
    keys.action("empty the trash")
    keys.press_at("button", "Empty the trash")
    keys.lands_on("button", "Cancel")
    keys.press_at("button", "Empty the trash")
    expect(page.get_by_text("The trash is empty")).to_be_visible()
