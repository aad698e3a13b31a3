"""The page never fights its reader: LibreChat #983 and #15912, NextChat #4019 (pain 34)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import chatting
from tests.browser.chatting import finish
from tests.browser.conftest import Watched
from tests.browser.waiting import wait_for
from tests.world import World

pytestmark = pytest.mark.browser
LONG = "plan:chunks=120,gap=20,size=30"
LINES = "\n".join(["line"] * 12)


def ask(page: Page, text: str) -> Locator:
    chatting.ask(page, text)
    expect(page.locator("article.assistant").last).to_contain_text("00003")
    return page.locator("[data-scroller]")


def place(scroller: Locator) -> int:
    return int(scroller.evaluate("scroller => scroller.scrollTop"))


def resting(scroller: Locator) -> int:
    """Where it is when it has come to rest: keys move it in steps."""
    places = [-1, place(scroller)]
    while places[-1] != places[-2]:
        scroller.page.wait_for_timeout(50)
        places.append(place(scroller))
    return places[-1]


def left(scroller: Locator) -> int:
    return int(scroller.evaluate("box => box.scrollHeight - box.scrollTop - box.clientHeight"))


@pytest.fixture(scope="module")
def pages(world: World) -> str:
    """The connection whose answers are half a page or more, and take their time."""
    return world.add("custom", name="Pages", format="openai", default_model=LONG)


@pytest.mark.parametrize("intent", ["wheel", "PageUp", "selection", "touch"])
def test_any_word_of_the_reader_lets_go_of_the_end(alice_at: Callable[..., Watched], pages: str, intent: str) -> None:
    window = alice_at(size=(900, 320))
    chatting.begin(window, LONG, pages)
    scroller = ask(window.page, LINES)
    expect(window.page.get_by_role("button", name="To the end")).to_be_hidden()
    match intent:
        case "wheel":
            scroller.hover()
            window.page.mouse.wheel(0, -160)
        case "PageUp":
            scroller.press("PageUp")
        case "selection":
            scroller.evaluate("box => getSelection().selectAllChildren(box.querySelector('article p'))")
        case _:
            scroller.evaluate("box => { box.dispatchEvent(new Event('touchmove')); box.scrollTop -= 150 }")
    expect(window.page.get_by_role("button", name="To the end")).to_be_visible()
    seen = resting(scroller)
    finish(window.page)
    assert abs(place(scroller) - seen) <= 1
    window.page.get_by_role("button", name="To the end").press("Enter")
    expect(window.page.get_by_role("button", name="To the end")).to_be_hidden()
    assert left(scroller) <= 1


def test_whoever_reads_the_end_keeps_it_in_sight(alice_at: Callable[..., Watched], pages: str) -> None:
    window = alice_at(size=(900, 320))
    chatting.begin(window, LONG, pages)
    scroller = ask(window.page, LINES)
    finish(window.page)
    assert left(scroller) <= 1


def test_the_question_stays_at_the_top_for_whoever_wants_that(
    alice_at: Callable[..., Watched], world: World, pages: str
) -> None:
    world.api("PATCH", "/api/preferences", {"follows": "question"})
    try:
        window = alice_at(size=(900, 420))
        chatting.begin(window, LONG, pages)
        ask(window.page, LINES)
        finish(window.page)
        scroller = ask(window.page, "And once more, please")
        question = window.page.locator("article.user").last
        above = "(one, box) => one.getBoundingClientRect().top - box.getBoundingClientRect().top"

        def at_the_top() -> bool:
            return 0 <= question.evaluate(above, scroller.element_handle()) <= 40

        wait_for(window.page, at_the_top, "the question at the top")
        finish(window.page)
        wait_for(window.page, at_the_top, "the question still at the top")
    finally:
        world.api("PATCH", "/api/preferences", {"follows": "end"})
