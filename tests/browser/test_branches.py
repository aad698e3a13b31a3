"""Messages are edited where they stand, by the keyboard too; windows that know less than others overwrite nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.chatting import ask, finish, start
from tests.browser.conftest import PHONE, WIDE, Watched

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def test_a_message_is_edited_by_the_keyboard(
    alice_at: Callable[..., Watched], size: tuple[int, int], scheme: str
) -> None:
    window = alice_at(size, scheme)
    page = start(window, "First words")
    finish(page)
    field = page.get_by_role("textbox", name="Message", exact=True)
    editor = page.get_by_role("textbox", name="Text of the message")
    field.press("ArrowUp")
    expect(editor).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    expect(editor).to_have_count(0)
    page.keyboard.press("ArrowUp")
    page.keyboard.type(", mended")
    window.check()
    window.picture(f"edit-{size[0]}-{scheme}")
    page.reload()  # what was typed is not lost
    page.get_by_role("group", name="Your message").get_by_role("button", name="Edit").press("Enter")
    expect(editor).to_have_value("First words, mended")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.user")).to_contain_text("First words, mended")
    expect(page.locator("article")).to_have_count(2)
    finish(page)
    expect(field).to_be_focused()
    versions = page.locator("article.user").get_by_role("group", name="Version 2 of 2")
    versions.get_by_role("button", name="Earlier version").press("Enter")
    expect(page.locator("article.user [data-bubble]")).to_have_text("First words")
    expect(page.get_by_role("button", name="Later version")).to_be_focused()
    window.check()
    window.picture(f"versions-{size[0]}-{scheme}")
    page.get_by_role("button", name="Delete this version").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Delete").press("Enter")
    expect(page.locator("article.user [data-bubble]")).to_have_text("First words, mended")
    expect(page.get_by_role("group", name="Version")).to_have_count(0)
    expect(page.locator("article.user").get_by_role("button", name="Edit")).to_be_focused()


def test_an_answer_is_put_into_ones_own_words(alice_at: Callable[..., Watched]) -> None:
    page = start(alice_at())
    finish(page)
    page.get_by_role("group", name="This answer").get_by_role("button", name="Edit").press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("In **my** words")
    page.get_by_role("button", name="Save as a version").press("Enter")
    answer = page.locator("article.assistant")
    expect(answer).to_contain_text("In my words")
    expect(answer).to_contain_text("Edited by you")
    expect(answer.get_by_role("group", name="Version 2 of 2")).to_be_visible()


class Asleep:
    """Stands between a page and the server: while it is `deaf`, the page hears nothing."""

    def __init__(self, page: Page) -> None:
        self.deaf = False
        page.route_web_socket("**/ws/chat", self._open)

    def _open(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda text: None if self.deaf else socket.send(text))


def test_a_stale_window_overwrites_nothing(alice_at: Callable[..., Watched]) -> None:
    """openai/codex #46746, SillyTavern #5864: a stale tab overwrites newer turns."""
    fresh, stale = alice_at(), alice_at(PHONE, "dark")
    one, two = start(fresh, "Question"), stale.page
    finish(one)
    sleep = Asleep(two)
    two.goto(one.url)
    expect(two.locator("article")).to_have_count(2)
    sleep.deaf = True
    ask(one, "From the first window")
    expect(one.locator("article")).to_have_count(4)
    finish(one)
    sleep.deaf = False
    ask(two, "From the stale window")
    expect(two.get_by_text("This chat went on in another window")).to_be_visible()
    expect(two.locator("article.user").last).to_contain_text("From the stale window")
    stale.check()
    stale.picture("stale")
    expect(one.get_by_text("This chat goes on in another window")).to_be_visible()
    expect(one.locator("article.user").last).to_contain_text("From the first window")
    fresh.picture("elsewhere")
    fresh.check()
    finish(two)
    two.get_by_role("button", name="Show the other").press("Enter")
    expect(two.locator("article.user").last).to_contain_text("From the first window")
    one.get_by_role("button", name="Show it").press("Enter")
    expect(one.locator("article.user").last).to_contain_text("From the stale window")
    expect(one.get_by_role("group", name="Version 2 of 2")).to_be_visible()
