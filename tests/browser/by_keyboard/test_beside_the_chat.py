"""Books, programs, people, passwords and tools without a mouse; and the question before a dear message."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.by_keyboard.conftest import sign_in
from tests.browser.by_keyboard.keys import Keys
from tests.browser.by_keyboard.test_pages import place
from tests.browser.test_context_meter import FACTS
from tests.conftest import PASSWORD
from tests.world import World

pytestmark = pytest.mark.browser
BOB = "from thinkback.accounts.models import User; User.objects.get_or_create(username='bob')"
OTHER = "another horse, another battery"


def test_usage(keys: Keys) -> None:
    page = keys.page
    keys.action("ask something that is booked")
    keys.lands_on("textbox", "Message")
    keys.type("Count")
    keys.press("Enter")
    expect(page.locator("article.assistant")).to_have_attribute("data-status", "done")
    keys.action("go to the usage page")
    keys.press_at("link", "Usage", back=True)
    keys.action("choose another range")
    keys.press_at("link", "7d")
    expect(page.get_by_role("link", name="7d")).to_have_attribute("aria-current", "true")
    keys.action("choose days of one's own")
    keys.press_at("button", "Custom")
    keys.press_at("button", "Show")
    page.wait_for_url("**from=**")
    keys.action("filter, and clear the filter")
    keys.press_at("button", "Provider…")
    keys.press_at("link", "custom…")
    keys.press_at("link", "Clear filters")
    expect(page.get_by_role("link", name="Clear filters")).to_have_count(0)
    keys.action("open one call, and close it")
    keys.press_at("button", "Details of the call at…")
    expect(page.get_by_text("Counted by").first.or_(page.locator("[popover]:popover-open"))).to_be_visible()
    keys.press("Escape")
    keys.lands_on("button", "Details of the call at…")
    keys.action("export the calls")
    keys.tab("link", "Export CSV", back=True)
    with page.expect_download():
        keys.press("Enter")


def test_programs_people_and_tools(keys: Keys, world: World) -> None:
    page = keys.page
    world.server.command("shell", "--verbosity", "0", "-c", BOB)
    keys.action("choose a provider to connect a program to, and copy its address")
    keys.press_at("link", "Connect", back=True)
    keys.tab("combobox", "Provider")
    keys.type("Also")
    expect(page.locator("#base-url")).to_contain_text("/also")
    keys.press_at("button", "Copy…")
    assert "/also" in str(page.evaluate("navigator.clipboard.readText()"))
    keys.action("give a person limits")
    keys.press_at("link", "Settings", back=True)
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    place(keys, "People", "People")
    place(keys, "Limits of bob", "Limits of bob")
    keys.tab("spinbutton", "Requests a minute (optional)")
    keys.type("30")
    keys.press_at("button", "Save the limits")
    expect(page.get_by_text("at most 30 requests")).to_be_visible()
    keys.action("add a server of tools, and remove it")
    place(keys, "Tools", "Tools")
    place(keys, "Add a server", "Add an MCP server")
    keys.tab("textbox", "Name")
    keys.type("Weather")
    keys.tab("textbox", "Address")
    keys.type(world.upstream)
    keys.press_at("button", "Add")
    expect(page.get_by_role("heading", name="Weather", level=1)).to_be_visible()
    keys.press_at("link", "Remove this server")
    expect(page.get_by_role("alert").filter(has_text="Remove this server?")).to_be_focused()
    keys.press_at("button", "Remove")
    expect(page.get_by_role("link", name="Weather")).to_have_count(0)


def test_password_and_the_language_of_strangers(keys: Keys) -> None:
    page = keys.page
    for old, new in ((PASSWORD, OTHER), (OTHER, PASSWORD)):
        keys.action("change the password")
        keys.page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + "/accounts/password/change/")
        for label, text in (("Current password", old), ("New password", new), ("New password, again", new)):
            keys.tab("textbox", label)
            keys.type(text)
        keys.press("Enter")
        expect(page.locator(".toast")).to_be_visible()
    keys.action("choose a language before signing in")
    keys.press_at("button", "Your menu, alice")
    keys.press_at("button", "Sign out")
    page.wait_for_url("**/accounts/login/**")
    keys.press_at("button", "Deutsch")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    keys.press_at("button", "English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    sign_in(keys)


@pytest.fixture
def folders(world: World) -> Iterator[None]:
    made = [world.api("POST", "/api/folders", {"name": name})["id"] for name in ("First", "Second")]
    yield
    for id in made:
        world.api("DELETE", f"/api/folders/{id}")


def test_folders_up_and_down(folders: None, keys: Keys) -> None:
    page = keys.page
    titles = page.locator("[data-folder] [data-title]")
    page.reload()
    expect(titles).to_have_text(["First", "Second"])
    for name, act, order in (("Second", "Move up", ["Second", "First"]), ("Second", "Move down", ["First", "Second"])):
        keys.action(act.lower())
        if act == "Move up":
            keys.tab("button", f"What to do with the folder “{name}”")
        keys.press("Enter")
        keys.press_at("button", act)
        expect(titles).to_have_text(order)
        keys.lands_on("button", f"What to do with the folder “{name}”")


def test_a_dear_message(keys: Keys, world: World) -> None:
    page = keys.page
    world.api("PATCH", "/api/preferences", {"cost_guard": 0})
    page.route("**/api/chats/context?*", lambda route: route.fulfill(json=FACTS))  # a price, which no model here has
    page.reload()
    expect(page.get_by_role("button", name="Context: about")).to_be_visible()
    for act, left in (("Cancel", "word"), ("Send anyway", "")):
        keys.action(f"a dear message: {act.lower()}")
        page.get_by_role("textbox", name="Message", exact=True).focus()
        keys.press("Control+a")
        keys.type("word")
        keys.press("Enter")
        keys.lands_on("button", "Send anyway")
        if act == "Cancel":
            keys.tab("button", act)
        keys.press("Enter")
        keys.lands_on("textbox", "Message")
        expect(page.get_by_role("textbox", name="Message", exact=True)).to_have_value(left)
    expect(page.locator("article.user")).to_have_count(1)
    world.api("PATCH", "/api/preferences", {"cost_guard": 0.5})
