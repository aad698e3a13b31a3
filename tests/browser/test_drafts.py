"""What is typed is nowhere precious in the browser alone: cleared storage, another device, a new tab all have it.

NextChat #6094, #5777, #4438, #5005: whole histories lost with the browser's storage.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.chatting import ask, begin, start
from tests.browser.conftest import PHONE, Watched
from tests.browser.waiting import until

pytestmark = pytest.mark.browser
STORES = "localStorage.clear(); sessionStorage.clear()"
KEPT = "Object.keys(localStorage).filter(key => key.startsWith('thinkback-draft')).length"


def kept_on_server(page: Page) -> None:
    until(page, f"{KEPT} === 0")


def test_everything_is_there_when_the_browser_forgot(alice_at: Callable[..., Watched]) -> None:
    window, other = alice_at(), alice_at()
    page = start(window, "Remember me")
    expect(page.locator("article.assistant").last).to_contain_text("40 out")
    page.get_by_role("textbox", name="Message").press_sequentially("half a thought")
    kept_on_server(page)
    page.evaluate(STORES)
    page.reload()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("half a thought")
    expect(page.locator("article.assistant")).to_contain_text("00039")
    other.page.goto(page.url)
    expect(other.page.get_by_role("textbox", name="Message")).to_have_value("half a thought")
    other.page.get_by_role("textbox", name="Message").fill("a whole thought")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("a whole thought")  # without loading again


def test_two_pages_that_are_typed_in_leave_each_other_alone(alice_at: Callable[..., Watched]) -> None:
    one, two = alice_at(), alice_at()
    for window in (one, two):
        window.open("/")
        window.page.get_by_role("textbox", name="Message").fill("")
    for letter in "abcdefgh":
        one.page.get_by_role("textbox", name="Message").press_sequentially(letter, delay=60)
        two.page.get_by_role("textbox", name="Message").press_sequentially(letter.upper(), delay=60)
    expect(one.page.get_by_role("textbox", name="Message")).to_have_value("abcdefgh")
    expect(two.page.get_by_role("textbox", name="Message")).to_have_value("ABCDEFGH")


def test_what_was_typed_without_a_line_comes_back(alice_at: Callable[..., Watched]) -> None:
    window = alice_at()
    page = window.page
    window.open("/")
    until(page, "sessionStorage.getItem('thinkback-line')")
    page.context.set_offline(True)
    page.get_by_role("textbox", name="Message").fill("written under way")
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("written under way")
    kept_on_server(page)
    page.get_by_role("textbox", name="Message").fill("")  # for the tests that follow
    kept_on_server(page)
    window.forgive("ERR_FAILED", "ERR_INTERNET_DISCONNECTED")


def test_files_of_a_draft_are_there_too(alice_at: Callable[..., Watched]) -> None:
    one, two = alice_at(), alice_at(PHONE, "dark")
    page = begin(one)
    begin(two)
    trays = [window.page.get_by_role("list", name="Files of this message") for window in (one, two)]
    for name in ("notes.txt", "list.txt"):
        file: FilePayload = {"name": name, "mimeType": "text/plain", "buffer": b"Twelve tons."}
        page.locator("[data-add-input]").set_input_files(file)
    for tray in trays:
        expect(tray.get_by_role("listitem")).to_have_count(2)  # on the other device without loading again
    two.check()
    two.picture("draft-files")
    page.evaluate(STORES)
    page.reload()
    expect(trays[0].get_by_role("listitem")).to_have_count(2)
    trays[1].get_by_role("button", name="Remove list.txt").press("Enter")
    expect(trays[0].get_by_role("listitem")).to_have_count(1)
    ask(page, "How much?")
    expect(trays[1]).to_be_hidden()
    expect(page.locator("article.user")).to_contain_text("notes.txt")
    page.evaluate(STORES)
    page.goto("/".join(page.url.split("/")[:3]))
    expect(trays[0]).to_be_hidden()
