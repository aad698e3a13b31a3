"""One question to four models: all stream at once, one fails, one is stopped; one is kept, or all are merged."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.browser.chatting import ask, finish, start
from tests.browser.conftest import PHONE, WIDE, Watched
from tests.world import World

pytestmark = pytest.mark.browser
QUICK, LONG = "plan:chunks=12,gap=5", "plan:chunks=900,gap=40"
FAILS, ALSO = "plan:chunks=9,gap=5,cut=5,how=error", "plan:chunks=14,gap=5"


@pytest.fixture(scope="module")
def four(world: World) -> list[str]:
    """Four connections, each with a model of its own."""
    for name, model in (("Quick", QUICK), ("Long", LONG), ("Fails", FAILS), ("Also", ALSO)):
        world.add("custom", name=name, format="openai", default_model=model)
    return ["quick", "long", "fails", "also"]


def choose(page: Page, first: str, *others: str) -> None:
    """By the keyboard: the first one, then those that are asked beside it."""
    page.locator("[data-picker]").press("Enter")
    page.locator("[data-picker-search]").fill(first)
    page.keyboard.press("Enter")
    expect(page.locator("#picker")).to_be_hidden()
    expect(page.locator("[data-picker-label]")).to_have_text(first)
    page.locator("[data-picker]").press("Enter")
    for other in others:
        page.locator("[data-picker-search]").fill(other)
        page.keyboard.press("Shift+Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("list", name="Asked beside it").get_by_role("listitem")).to_have_count(len(others))


def column(page: Page, model: str) -> Locator:
    """The answer of one model."""
    return page.locator("[data-columns] > article").filter(has=page.get_by_role("heading", name=f"{model} said"))


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def test_side_by_side(alice_at: Callable[..., Watched], four: list[str], size: tuple[int, int], scheme: str) -> None:
    window = alice_at(size, scheme)
    page = window.page
    choose(page, QUICK, LONG, FAILS, ALSO)
    ask(page, "Count")
    group = page.get_by_role("region", name="Answers side by side")
    for model, status in ((QUICK, "done"), (LONG, "streaming"), (FAILS, "error"), (ALSO, "done")):
        expect(column(page, model)).to_have_attribute("data-status", status)
    expect(column(page, FAILS)).to_contain_text("00003")  # what had come stays
    expect(column(page, LONG)).to_contain_text("00010")
    window.check()
    window.picture(f"compare-streaming-{size[0]}-{scheme}")

    other = window.page.context.new_page()  # a second tab, and the first one loaded again in the middle
    other.goto(page.url)
    page.reload()
    expect(page.locator("[data-send][data-face=true]")).to_be_visible()  # its scripts are there
    expect(column(other, LONG)).to_have_attribute("data-status", "streaming")
    column(page, LONG).get_by_role("button", name=f"Stop {LONG}").press("Enter")
    for tab in (page, other):
        expect(column(tab, LONG)).to_have_attribute("data-status", "stopped")
        expect(tab.locator("[data-comparison-summary]")).to_contain_text("Your next message goes on from")
    expect(group).to_contain_text("Fastest: ")
    expect(column(page, QUICK)).to_contain_text("tokens/s")

    page.get_by_role("button", name="Merge into one answer").press("Enter")
    expect(page.locator("[data-picker-purpose]")).to_have_text("Which model writes the merged answer?")
    page.locator("[data-picker-search]").fill(QUICK)
    page.keyboard.press("Enter")
    merged = page.locator(".comparison > article")
    expect(merged).to_have_attribute("data-status", "done")
    expect(merged).to_contain_text("Merged")
    window.check()
    window.picture(f"compare-merged-{size[0]}-{scheme}")
    other.close()


def test_keeping_one_in_two_tabs(alice_at: Callable[..., Watched], four: list[str]) -> None:
    window = alice_at()
    page = window.page
    choose(page, QUICK, ALSO)
    ask(page, "Count")
    expect(page.locator("[data-comparison]")).to_have_attribute("data-status", "done")
    other = page.context.new_page()
    other.goto(page.url)
    expect(column(other, ALSO)).to_be_visible()
    page.get_by_role("button", name=f"Keep the answer of {ALSO}").press("Enter")
    for tab in (page, other):
        expect(tab.locator("[data-comparison]")).to_have_count(0)
        expect(tab.locator("article.assistant")).to_have_count(1)
        expect(tab.get_by_role("group", name="Version 2 of 2")).to_be_visible()
    page.get_by_role("button", name=f"Do not ask {ALSO}").click()
    ask(page, "Again")
    expect(page.locator("article")).to_have_count(4)
    expect(other.locator("article")).to_have_count(4)
    expect(page.locator("article.assistant").last).to_have_attribute("data-status", "done")
    other.close()


def test_another_model_beside_an_answer(alice_at: Callable[..., Watched], four: list[str]) -> None:
    window = alice_at()
    page = start(window, "Count", QUICK, "quick")
    finish(page)
    page.get_by_role("button", name="More ways to regenerate").press("Enter")
    expect(page.get_by_role("menuitem", name="By the same model")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Compare with another model…")).to_be_focused()
    window.picture("again-compare")
    page.keyboard.press("Enter")
    expect(page.locator("[data-picker-purpose]")).to_have_text("Compare with which model?")
    page.keyboard.type(ALSO)
    page.keyboard.press("Enter")
    for model in (QUICK, ALSO):
        expect(column(page, model)).to_have_attribute("data-status", "done")
    expect(page.locator("[data-picker-label]")).to_have_text(QUICK)  # the chat goes on with its own
    window.check()


def test_what_waits_goes_to_all_of_them(alice_at: Callable[..., Watched], four: list[str]) -> None:
    window = alice_at(PHONE, "dark")
    page = window.page
    choose(page, LONG, ALSO)
    ask(page, "First")
    expect(column(page, LONG)).to_contain_text("00003")
    ask(page, "Second")
    waits = page.locator("[data-queued]")
    expect(waits).to_contain_text("and 1 more model")
    window.check()
    window.picture("queue-for-several")
    waits.get_by_role("button", name="Send now").press("Enter")
    second = page.locator("[data-columns]")
    expect(page.locator("article.user")).to_contain_text(["First", "Second"])
    expect(second.locator("> article")).to_have_count(2)
    expect(column(page, ALSO)).to_have_attribute("data-status", "done")
    page.keyboard.press("Escape")
    expect(column(page, LONG)).to_have_attribute("data-status", "stopped")


@pytest.mark.parametrize("width", [320, 390])
def test_who_is_asked_is_seen_and_taken_out_on_a_phone(
    alice_at: Callable[..., Watched], four: list[str], width: int
) -> None:
    window = alice_at(PHONE, "dark")
    page = window.page
    page.set_viewport_size({"width": width, "height": 844})
    choose(page, LONG, QUICK)
    remove = page.get_by_role("button", name=f"Do not ask {QUICK}")
    seen = remove.evaluate(
        "(one) => one.getBoundingClientRect().right <= one.closest('ul').getBoundingClientRect().right"
    )
    picker = page.locator("[data-picker]").bounding_box()
    assert seen and picker is not None and picker["width"] > 100
    window.check()
    window.picture(f"asked-beside-{width}")
    remove.click()
    expect(page.get_by_role("list", name="Asked beside it")).to_be_hidden()
    window.check()


def test_the_focus_outlives_a_drawing_anew(alice_at: Callable[..., Watched], four: list[str]) -> None:
    """What stands below the answers may be told twice, as each of them ends: who has the focus in it, keeps it."""
    page = alice_at().page
    again: list[Callable[[], None]] = []

    def listen(line: WebSocketRoute) -> None:
        def heard(text: str | bytes) -> None:
            line.send(text)
            if json.loads(text)["type"] == "compared":
                again.append(lambda: line.send(text))

        line.connect_to_server().on_message(heard)

    page.route_web_socket("**/ws/chat", listen)
    page.reload()
    choose(page, QUICK, ALSO)
    ask(page, "Count")
    merge = page.get_by_role("button", name="Merge into one answer")
    merge.focus()
    page.locator("[data-comparison-summary]").evaluate("summary => { summary.dataset.old = '' }")
    again[-1]()
    expect(page.locator("[data-comparison-summary][data-old]")).to_have_count(0)
    expect(merge).to_be_focused()
