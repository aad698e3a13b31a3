"""Chats are found again: nothing is wiped by a click, the search leads to the message, the list waits for nobody."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.chatting import finish, start
from tests.browser.conftest import COUNTS, Watched, sign_in, watch
from tests.browser.waiting import wait_for
from tests.world import World, small_world

pytestmark = pytest.mark.browser


def test_one_click_wipes_nothing(world: World, alice_at: Callable[..., Watched]) -> None:
    """NextChat #2891: all chats were gone after one click. Here they are asked about, and come back from the trash."""
    for number in range(25):
        world.api("POST", "/api/chats", {"title": f"Precious {number}"})
    window = alice_at()
    page = window.page
    window.open("/chats/list?q=Precious")
    page.get_by_role("button", name="Delete all chats").click()
    page.keyboard.press("Enter")  # what stands in focus is the way out
    expect(page.locator("[data-row]")).to_have_count(25)
    page.get_by_role("button", name="Delete all chats").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete all chats").click()  # the number is missing
    window.check()
    window.picture("delete-all")
    number = str(page.locator("[data-delete-all]").get_attribute("data-delete-all"))
    assert int(number) >= 25
    dialog.get_by_label(f"Type {number} to go on").fill(f"{number}0")
    page.keyboard.press("Enter")  # is another number
    expect(dialog).to_be_visible()
    dialog.get_by_label(f"Type {number} to go on").fill(number)
    page.keyboard.press("Enter")
    page.wait_for_url("**/chats/trash")
    window.open("/chats/trash?q=Precious")
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Restored: 25")).to_be_visible()
    window.open("/chats/list?q=Precious")
    expect(page.locator("[data-row]")).to_have_count(25)
    window.check()


def test_the_search_leads_to_the_message(alice_at: Callable[..., Watched]) -> None:
    window = alice_at()
    page = start(window, "Where do wild hyacinths grow?")
    finish(page)
    window.open("/")
    page.get_by_role("textbox", name="Message").focus()
    open_search(page)
    page.keyboard.type("hyacin")
    hit = page.locator('[data-found="messages"] [role=option]')
    expect(hit.locator("mark")).to_have_text("hyacinths")
    window.check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(hit).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/chat/"))
    expect(page.locator("article.is-found")).to_contain_text("wild hyacinths")


def open_search(page: Page) -> None:
    """By its keys; what is typed before its script has come goes elsewhere."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search chats and messages")).to_be_focused()


def test_enter_waits_for_what_is_being_looked_for(world: World, alice_at: Callable[..., Watched]) -> None:
    """Whoever knows what he wants types it, and presses Enter before anything can have been found."""
    id = world.api("POST", "/api/chats", {"title": "Chat of the Edelweiss"})["id"]
    window = alice_at()
    page = window.page
    held: list[Route] = []
    page.route("**/api/search?*", lambda route: held.append(route))
    open_search(page)
    page.keyboard.type("edelweiss")
    page.keyboard.press("Enter")
    wait_for(page, lambda: bool(held), "the search")

    def arrived() -> bool:
        while held:
            held.pop().continue_()
        return page.url.endswith(f"/chat/{id}")

    wait_for(page, arrived, "the way to the chat")


def test_enter_takes_nothing_when_other_words_came(world: World, alice_at: Callable[..., Watched]) -> None:
    world.api("POST", "/api/chats", {"title": "Chat of the Gentian"})
    page = alice_at().page
    page.route("**/api/search?q=gentian", lambda route: None)  # it stays on its way
    open_search(page)
    with page.expect_request("**/api/search?q=gentian"):
        page.keyboard.type("gentian")
        page.keyboard.press("Enter")
    page.keyboard.type("s")
    expect(page.get_by_text("Nothing fits.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Search chats and messages")).to_have_value("gentians")


def test_a_temporary_chat_stands_nowhere(world: World, alice_at: Callable[..., Watched]) -> None:
    window = alice_at()
    window.open(f"/?temporary=1&model=mine/{COUNTS}")
    page = window.page
    page.get_by_role("textbox", name="Message").fill("Nobody keeps this")
    page.keyboard.press("Enter")
    finish(page)
    assert "Nobody keeps this" not in str(world.api("GET", "/api/chats"))
    assert world.api("GET", "/api/search?q=nobody%20keeps")["messages"] == []
    page.reload()
    expect(page.get_by_text("Not saved")).to_be_visible()
    window.check()
    page.get_by_role("button", name="Save this chat").click()
    expect(page.locator("[data-chat]", has_text="Nobody keeps this")).to_be_visible()


def test_the_list_waits_for_no_provider(chromium: Browser, tmp_path: Path) -> None:
    """OWU performance.md: a page waited 10 to 15 seconds for a provider's list of models. This one never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with small_world(tmp_path / "data", address) as world:
            world.add("custom", name="Silent", format="openai", default_model="a-model", base_url=address)
            world.api("POST", "/api/chats", {"title": "Here at once"})
            window = watch(chromium, world.url)
            window.page.context.set_default_timeout(5_000)  # before anybody gives the silent one up
            sign_in(window)
            window.open("/")
            expect(window.page.locator("[data-chat]", has_text="Here at once")).to_be_visible()
            window.close()
