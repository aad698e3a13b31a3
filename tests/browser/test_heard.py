"""What Bob's screen reader makes of an answer that streams in: LibreChat #3570, openclaw PR 65633 (pain 35).

The thread is a log that keeps silent, each message an article with a heading, the one that grows is busy; one announcer
says in short that it began and ended; the focus stays where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chatting
from tests.browser.conftest import Watched
from tests.world import World

pytestmark = pytest.mark.browser
SLOW = "plan:chunks=100,gap=20"
# Every word that the live regions ever said, in order.
LISTEN = """() => {
  window.heard = [];
  for (const region of document.querySelectorAll("[role=status], [role=alert], [aria-live]:not([aria-live=off])")) {
    const told = () => region.checkVisibility() && region.textContent.trim() && heard.push(region.textContent.trim());
    new MutationObserver(told)
      .observe(region, { childList: true, characterData: true, subtree: true });
  }
}"""


@pytest.fixture(scope="module")
def hundred(world: World) -> str:
    """The connection with a model that counts to a hundred."""
    return world.add("custom", name="Hundred", format="openai", default_model=SLOW)


@pytest.fixture
def alice(alice_at: Callable[..., Watched], hundred: str) -> Watched:
    """Alice before a model that takes two seconds; every announcement is noted."""
    alice = alice_at()
    chatting.begin(alice, SLOW, hundred)
    alice.page.evaluate(LISTEN)
    return alice


def ask(page: Page) -> None:
    chatting.ask(page, "Count, please")
    expect(page.locator("article.assistant").last).to_contain_text("00003")


def tree(page: Page) -> list[dict[str, Any]]:
    """The accessibility tree, flat: role, name and properties of whatever is not ignored."""
    line = page.context.new_cdp_session(page)
    line.send("Accessibility.enable")
    nodes = line.send("Accessibility.getFullAXTree")["nodes"]
    line.detach()
    return [
        {
            "role": node["role"]["value"],
            "name": node.get("name", {}).get("value", ""),
            **{each["name"]: each["value"].get("value") for each in node.get("properties", [])},
        }
        for node in nodes
        if not node["ignored"]
    ]


def only(found: list[dict[str, Any]], role: str) -> dict[str, Any]:
    (one,) = [node for node in found if node["role"] == role]
    return one


def test_the_tree_of_a_growing_answer(alice: Watched) -> None:
    ask(alice.page)
    found = tree(alice.page)
    assert only(found, "log")["name"] == "Messages" and only(found, "log").get("live") != "polite"  # as it is by itself
    said, growing = [node for node in found if node["role"] == "article"]
    assert said["name"].startswith("You said") and not said.get("busy")
    assert growing["name"].startswith("plan:chunks=100") and growing["busy"]
    headings = [node for node in found if node["role"] == "heading" and node.get("level") == 2]
    assert [node["name"] for node in headings if node["name"].endswith(" said")] == ["You said", growing["name"]]
    assert only(found, "main") and [node["name"] for node in found if node["role"] == "navigation"]
    expect(alice.page.locator("article.assistant")).to_have_attribute("data-status", "done")
    assert not any(node.get("busy") for node in tree(alice.page))


def test_it_is_told_in_short_and_never_word_for_word(alice: Watched) -> None:
    ask(alice.page)
    expect(alice.page.locator("article.assistant")).to_have_attribute("data-status", "done")
    expect(alice.page.locator("[data-announcer]")).to_have_text("Answer finished, 100 words")
    heard = alice.page.evaluate("heard")
    assert heard[0] == "plan:chunks=100,gap=20 is answering" and heard[-1] == "Answer finished, 100 words"
    assert len(heard) <= 4 and not any("00003" in text or "Count, please" in text for text in heard)


def test_the_focus_stays_in_the_field_from_question_to_answer(alice: Watched) -> None:
    field = alice.page.get_by_role("textbox", name="Message")
    ask(alice.page)
    expect(field).to_be_focused()
    expect(alice.page.get_by_role("button", name="Stop")).to_be_visible()
    field.press_sequentially("the next")
    expect(alice.page.locator("article.assistant")).to_have_attribute("data-status", "done")
    expect(field).to_be_focused()
    expect(field).to_have_value("the next")


def test_the_skip_links_lead_to_the_field_and_to_the_latest_answer(alice: Watched) -> None:
    ask(alice.page)
    expect(alice.page.locator("article.assistant")).to_have_attribute("data-status", "done")
    alice.page.get_by_role("link", name="Skip to the latest answer").press("Enter")
    expect(alice.page.locator("article.assistant h2")).to_be_focused()
    alice.page.get_by_role("link", name="Skip to the message field").press("Enter")
    expect(alice.page.get_by_role("textbox", name="Message")).to_be_focused()
