"""Whatever becomes of the page, the answer is made by the server: nothing of it is lost, and nothing comes twice."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.chatting import ALL, answer, ask, choose_model, finish
from tests.browser.conftest import Watched
from tests.world import World

pytestmark = pytest.mark.browser


def counting(page: Page, far: str = "00004") -> None:
    """Wait until the answer is well under way."""
    expect(page.locator("article.assistant").last).to_contain_text(far)


def test_a_reload_in_mid_answer_keeps_text_and_settings(
    slow: str, world: World, alice_at: Callable[..., Watched]
) -> None:
    """open-webui #29596: after a refresh the text from before it is missing, and the chat's parameters are reset."""
    chat = world.api("POST", "/api/chats", {"title": "Kept", "system": "Count.", "parameters": {"temperature": 0.5}})
    window = alice_at()
    page = window.page
    window.open(f"/chat/{chat['id']}")
    choose_model(page, slow)
    ask(page, "Count, please")
    counting(page)
    page.reload()
    assert answer(page).startswith("00000 00001 00002 00003 00004")
    expect(page.locator("[data-picker-name]")).to_have_text(slow)
    finish(page)
    assert answer(page) == ALL
    stored = world.api("GET", f"/api/chats/{chat['id']}")
    assert (stored["system"], stored["parameters"]) == ("Count.", {"temperature": 0.5})
    assert world.last()["body"]["temperature"] == 0.5


def test_another_chat_meanwhile_loses_nothing(slow: str, alice_at: Callable[..., Watched]) -> None:
    """open-webui #7884, #6172: switching the chat while streaming loses the last entry."""
    window = alice_at()
    page = window.page
    window.open("/")
    choose_model(page, slow)
    ask(page, "The first chat")
    counting(page)
    page.get_by_role("link", name="New chat").first.click()
    page.wait_for_url(window.url + "/")
    choose_model(page, "Mine")
    ask(page, "The second chat")
    finish(page)
    assert answer(page) == ALL
    page.locator("[data-chat]", has_text="The first chat").get_by_role("link").click()
    expect(page.locator("article.user [data-bubble]")).to_have_text("The first chat")
    finish(page)
    assert answer(page) == ALL


def test_after_a_stop_the_chat_goes_on_from_there(slow: str, world: World, alice_at: Callable[..., Watched]) -> None:
    """LibreChat #1507, #1548: after a stop or a disconnect the parent is wrong, and the context is lost."""
    window = alice_at()
    page = window.page
    window.open("/")
    choose_model(page, slow)
    ask(page, "First")
    counting(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("article.assistant")).to_have_attribute("data-status", "stopped")
    said = answer(page)
    page.reload()
    choose_model(page, "Mine")
    ask(page, "Second")
    expect(page.locator("article")).to_have_count(4)
    finish(page)
    messages = [(turn["role"], turn["content"].strip()) for turn in world.last()["body"]["messages"]]
    assert messages == [("user", "First"), ("assistant", said), ("user", "Second")]


class Torn:
    """The line between a page and the server, which is torn when the page sends, and whenever it is told to be."""

    def __init__(self, page: Page) -> None:
        self.sent = 0
        self._sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/chat", self._open)

    def _open(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self._sockets.append(socket)

        def forward(text: str | bytes) -> None:
            server.send(text)
            if json.loads(text)["type"] == "send":
                self.sent += 1
                if self.sent == 1:  # it arrives, and its page does not hear so
                    socket.close(code=1011)

        socket.on_message(forward)

    def tear(self) -> None:
        self._sockets[-1].close(code=1011)


def test_coming_back_shows_nothing_twice(slow: str, alice_at: Callable[..., Watched]) -> None:
    """openclaw #71890, #87728: after a reconnect messages stand there twice."""
    window = alice_at()
    page = window.page
    line = Torn(page)
    window.open("/")
    choose_model(page, slow)
    ask(page, "Count, please")
    counting(page)
    assert line.sent == 2
    for far in ("00009", "00015"):
        line.tear()
        counting(page, far)
    finish(page)
    expect(page.locator("article")).to_have_count(2)
    assert answer(page) == ALL
    page.reload()
    expect(page.locator("article")).to_have_count(2)
