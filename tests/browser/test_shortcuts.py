"""Alice works without a mouse: every shortcut presses what it names, can be changed, taken away, and all turned off."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import begin
from tests.browser.conftest import Watched
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def alice(alice_at: Callable[..., Watched], world: World) -> Iterator[Watched]:
    """Alice in an empty chat; her shortcuts are the usual ones again afterwards."""
    alice = alice_at()
    alice.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=alice.url)
    begin(alice)
    yield alice
    world.api("PATCH", "/api/preferences", {"shortcuts": {}, "shortcuts_on": True})


def field_of(page: Page) -> None:
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def open_list(page: Page) -> None:
    page.keyboard.press("Control+Slash")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def saved(page: Page, keys: str) -> None:
    with page.expect_response(lambda answer: answer.url.endswith("/api/preferences")) as answer:
        page.keyboard.press(keys)
    assert answer.value.ok


def test_each_presses_what_it_names(alice: Watched) -> None:
    page = alice.page
    page.get_by_role("textbox", name="Message").fill("Count")
    page.keyboard.press("Enter")
    expect(page.locator("article.assistant")).to_have_attribute("data-status", "done")
    page.keyboard.press("Control+Shift+KeyC")
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("00000 00001")
    page.locator("body").press("Shift+Escape")
    field_of(page)
    page.keyboard.press("Control+Shift+KeyM")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Shift+KeyO")
    page.wait_for_url(f"{alice.url}/")
    page.keyboard.press("Control+Period")
    page.wait_for_url(f"{alice.url}/settings/**")


def test_the_list_is_harmless_to_axe_and_returns_the_focus(alice: Watched) -> None:
    page = alice.page
    page.get_by_role("textbox", name="Message").focus()
    open_list(page)
    expect(page.get_by_role("checkbox", name="Use keyboard shortcuts")).to_be_focused()
    alice.check()
    page.keyboard.press("Escape")
    field_of(page)


def test_keys_are_changed_by_keys_and_stay(alice: Watched) -> None:
    page = alice.page
    open_list(page)
    row = page.get_by_role("listitem").filter(has_text="Go to the message field").get_by_role("button")
    row.press("Enter")
    page.keyboard.press("Control+Shift+KeyM")
    expect(page.get_by_role("status").filter(has_text="is “Choose the model” already")).to_be_visible()
    page.keyboard.press("KeyJ")
    expect(page.get_by_text("Use Ctrl or Alt with another key.")).to_be_visible()
    saved(page, "Control+Alt+KeyJ")
    page.reload()
    page.get_by_role("button", name="Chats", exact=True).focus()
    page.keyboard.press("Shift+Escape")
    expect(page.get_by_role("textbox", name="Message")).not_to_be_focused()
    page.keyboard.press("Control+Alt+KeyJ")
    field_of(page)


def test_all_of_them_are_off_at_one_word(alice: Watched) -> None:
    page = alice.page
    open_list(page)
    saved(page, "Space")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Shift+KeyM")
    expect(page.get_by_role("combobox", name="Search")).to_be_hidden()
