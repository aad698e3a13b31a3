"""What is set for a chat reaches the provider, stays over a reload, and can be done by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import ask, begin
from tests.browser.conftest import PHONE, WIDE, Watched
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def test_controls_reach_the_provider_and_survive_a_reload(
    alice_at: Callable[..., Watched], world: World, size: tuple[int, int], scheme: str
) -> None:
    """open-webui #29596: parameters were reset by a reload."""
    window = alice_at(size, scheme)
    page = begin(window)
    opener = page.get_by_role("button", name="Chat controls")
    opener.press("Enter")
    system = page.get_by_role("textbox", name="System prompt")
    expect(system).to_be_focused()
    page.keyboard.type("Count like a sailor.")
    page.get_by_role("textbox", name="Temperature").fill("3")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Enter a number from 0 to 2, or leave it empty.")).to_be_visible()
    window.check()
    window.picture(f"controls-{size[0]}-{scheme}")
    page.get_by_role("textbox", name="Temperature").fill("0,5")
    page.get_by_role("textbox", name="Longest answer").fill("77")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    page.reload()  # nothing is sent yet
    ask(page, "Count")
    expect(page.locator("article.assistant").last).to_have_attribute("data-status", "done")
    body = world.last()["body"]
    assert (body["temperature"], body["max_tokens"]) == (0.5, 77)
    assert body["messages"][0] == {"role": "system", "content": "Count like a sailor."}

    opener.press("Enter")
    page.get_by_role("textbox", name="Temperature").fill("0")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.keyboard.press("Tab")
    page.reload()
    opener.press("Enter")
    expect(page.get_by_role("textbox", name="Temperature")).to_have_value("0")
    expect(system).to_have_value("Count like a sailor.")
    page.keyboard.press("Escape")
    ask(page, "Again")
    expect(page.locator("article.assistant[data-status=done]")).to_have_count(2)
    assert world.last()["body"]["temperature"] == 0  # not left out: 0 is a temperature
