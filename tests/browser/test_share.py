"""Sharing a chat: made in its menu, read by a stranger, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, Watched, watch
from tests.thinkback.transfer.exports import recorded
from tests.world import World


@pytest.fixture
def roses(world: World) -> str:
    """The id of a chat with branches."""
    chat = recorded("chatgpt")[0] | {"conversation_id": "shared", "title": "Roses to share"}
    made = world.api("POST", "/api/import?name=a.json", [chat])
    while world.api("GET", f"/api/imports/{made['id']}")["state"] in ("waiting", "running"):
        pass
    found = world.api("GET", f"/api/imports/{made['id']}/report")["conversations"][0]["chat"]
    return str(found)


def show_code(alice: Watched) -> None:
    """The link as a QR code, by the keyboard."""
    dialog = alice.page.get_by_role("dialog")
    dialog.get_by_text("Show as a QR code").press("Enter")
    expect(dialog.get_by_role("img", name="QR code of the link")).to_be_visible()
    alice.check()
    alice.picture("share-dialog")


def test_a_chat_is_shared_read_and_taken_back(
    alice_at: Callable[..., Watched], chromium: Browser, world: World, roses: str
) -> None:
    alice = alice_at()
    page = alice.page
    alice.open(f"/chat/{roses}")
    page.get_by_role("button", name="Share", exact=True).press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Share this chat")).to_be_visible()
    alice.check()
    dialog.get_by_label("All branches").check()
    dialog.get_by_role("button", name="Make a link").press("Enter")
    address = dialog.get_by_label("The link", exact=True)
    expect(address).to_be_focused()
    link = address.input_value()
    show_code(alice)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Share", exact=True)).to_be_focused()

    stranger = watch(chromium, world.url, PHONE, "dark")
    stranger.open(link.removeprefix(world.url))
    expect(stranger.page.get_by_role("heading", name="Roses to share")).to_be_visible()
    expect(stranger.page.locator("article.assistant").first).to_contain_text("In late winter")
    stranger.check()
    stranger.picture("shared-phone")
    stranger.page.get_by_role("link", name="Later version").nth(1).click()
    expect(stranger.page.locator("article.assistant").first).to_contain_text("In autumn.")
    assert "alice" not in stranger.page.content()
    stranger.close()

    alice.open(link.removeprefix(world.url))
    alice.picture("shared")
    alice.check()
    page.get_by_role("button", name="Continue as a copy").click()
    expect(page).to_have_url(re.compile(r"/chat/(?!" + roses + ")"))
    alice.open("/settings/data")
    page.get_by_role("button", name="Take back").click()
    expect(page.locator("#links")).to_contain_text("No link yet.")
    gone = watch(chromium, world.url)
    answer = gone.page.goto(link)
    assert answer is not None and answer.status == 410
    expect(gone.page.get_by_role("heading", name="This link is over")).to_be_visible()
    gone.forgive("status of 410")
    gone.close()
