"""The chat page keeps what people hold on to: their place, their focus, what they deleted by mistake."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import ask, finish, start
from tests.browser.conftest import Watched
from tests.world import World

pytestmark = pytest.mark.browser
SCROLLER = "[data-scroller]"


def test_dragging_the_scrollbar_lets_go_of_the_end(alice_at: Callable[..., Watched]) -> None:
    page = start(alice_at(size=(900, 300)), "\n".join("line" for _ in range(12)))
    scroller = page.locator(SCROLLER)
    expect(page.locator("article").last).to_contain_text("00003")
    page.evaluate("scroller => { scroller.scrollTop -= 60 }", scroller.element_handle())
    place = scroller.evaluate("scroller => scroller.scrollTop")
    finish(page)
    assert scroller.evaluate("scroller => scroller.scrollTop") == place
    expect(page.get_by_role("button", name="To the end")).to_be_visible()


def test_the_tab_says_that_an_answer_is_being_written(alice_at: Callable[..., Watched]) -> None:
    page = start(alice_at())
    expect(page).to_have_title("… Count, please · ThinkBack")
    finish(page)
    expect(page).to_have_title("Count, please · ThinkBack")


def test_versions_are_turned_without_losing_the_focus(alice_at: Callable[..., Watched]) -> None:
    page = start(alice_at())
    finish(page)
    page.evaluate("document.body.dataset.same = ''")
    page.get_by_role("button", name="Regenerate", exact=True).click()
    expect(page.get_by_role("group", name="Version 2 of 2")).to_be_visible()
    page.get_by_role("button", name="Earlier version").press("Enter")
    expect(page.get_by_role("group", name="Version 1 of 2")).to_be_visible()
    expect(page.get_by_role("button", name="Later version")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Earlier version")).to_be_focused()
    expect(page.locator("body[data-same]")).to_have_count(1)  # the page was not loaded again


def test_a_chat_that_is_open_can_be_brought_back(alice_at: Callable[..., Watched]) -> None:
    window = alice_at()
    page = start(window, "Do not lose me")
    finish(page)
    row = page.locator("[data-chat]", has_text="Do not lose me")
    row.get_by_role("button").press("Enter")
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url(window.url + "/")
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row.get_by_role("link")).to_be_focused()
    window.forgive("status of 404")  # the page may have asked for what the chat would cost as it went


def test_the_focus_returns_to_a_chat_that_got_a_name(alice_at: Callable[..., Watched]) -> None:
    page = start(alice_at(), "Nameless")
    finish(page)
    page.get_by_role("button", name="What to do with “Nameless”").press("Enter")
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name", exact=True).fill("Counting")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="What to do with “Counting”")).to_be_focused()


def test_what_is_not_sent_yet_stays_in_sight(alice_at: Callable[..., Watched]) -> None:
    window = alice_at()
    page = window.page
    page.route_web_socket("**/ws/chat", lambda socket: None)  # a server that takes nothing
    window.open("/")
    page.context.set_offline(True)
    ask(page, "Carried by hand")
    expect(page.get_by_text("Sent when connected")).to_be_visible()
    expect(page.locator("[data-unsent-text]")).to_have_text("Carried by hand")
    composer = page.locator("[data-composer]").bounding_box()
    assert composer is not None
    assert composer["y"] + composer["height"] <= 800  # the line about being offline pushes nothing out
    window.forgive("ERR_FAILED", "ERR_INTERNET_DISCONNECTED")  # what the page reads by itself
    window.forgive("ERR_FAILED", "ERR_INTERNET_DISCONNECTED")  # what the page reads by itself


def test_older_chats_go_on_under_the_same_heading(world: World, alice_at: Callable[..., Watched]) -> None:
    for number in range(102):
        world.api("POST", "/api/chats", {"title": f"Chat {number}"})
    window = alice_at()
    page = window.page
    window.open("/")
    rows = page.locator("[data-chat]")
    expect(rows).to_have_count(50)
    rows.last.scroll_into_view_if_needed()
    expect(rows.nth(60)).to_be_attached()  # others came by themselves
    expect(page.get_by_role("heading", name="Today")).to_have_count(1)


def test_the_hour_is_said_as_everywhere(alice_at: Callable[..., Watched]) -> None:
    page = start(alice_at())
    finish(page)
    expect(page.locator("article.assistant [data-time]").last).to_have_text(re.compile(r"^\d\d:\d\d$"))
