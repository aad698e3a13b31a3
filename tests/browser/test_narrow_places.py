"""Words keep their room beside fields, figures and buttons, on phones and in narrow columns."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import finish, start
from tests.browser.conftest import PHONE, Watched
from tests.world import World

pytestmark = pytest.mark.browser
WIDTHS = "(all) => all.map((one) => one.getBoundingClientRect().width)"
LINES = "(all) => all.map((one) => new Set([...one.getClientRects()].map((box) => box.top)).size)"
CLIPPED = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"


def test_what_a_choice_means_is_read_on_a_phone(alice_at: Callable[..., Watched]) -> None:
    window = alice_at(PHONE, "dark")
    window.open("/settings/chat")
    assert min(window.page.locator(".preference > .help").evaluate_all(WIDTHS)) > PHONE[0] / 3
    window.check()
    window.picture("preferences-room")


def test_a_figure_stays_with_its_unit(alice_at: Callable[..., Watched]) -> None:
    window = alice_at(PHONE)
    finish(start(window))
    window.open("/usage")
    figures = window.page.locator(".stat > dd:not(.note) > span")
    for before in ("4", "47", "478", "4,781", "47,812"):  # at one of these, the unit would go to the next line
        figures.evaluate_all("(all, before) => ([all[0].textContent, all[1].textContent] = [before, '1.76 k'])", before)
        assert set(figures.evaluate_all(LINES)) == {1}
    window.check_width()


def test_names_of_services_are_whole(alice_at: Callable[..., Watched]) -> None:
    window = alice_at((1440, 900))
    window.open("/settings/providers")
    assert window.page.locator(".kind strong").evaluate_all(CLIPPED) == []
    window.check()


def test_an_import_with_two_outcomes_stays_on_a_line(alice_at: Callable[..., Watched], world: World) -> None:
    window = alice_at((1440, 900))
    world.api("POST", "/api/import?name=some-export.json", [])
    window.open("/settings/data")
    row = window.page.locator("[data-imports] > li").first
    expect(row).to_contain_text("some-export.json")
    badges = "(one) => (one.innerHTML = '<span class=badge>1 imported</span> <span class=badge>1 skipped</span>')"
    row.locator("[data-counts]").evaluate(badges)
    button = "(one) => (one.insertAdjacentHTML('afterbegin', '<a class=\"button small\" href=\"/\">Report</a>'))"
    row.locator(".cluster").last.evaluate(button)
    tops = row.locator("> *").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect())")
    assert max(one["top"] for one in tops) < min(one["bottom"] for one in tops)
