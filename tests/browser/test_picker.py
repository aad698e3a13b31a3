"""The list of models, where there are very many: drawn in part, searched, priced, with stars, by the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import COUNTS, PHONE, WIDE, Scheme, Watched
from tests.world import World

pytestmark = pytest.mark.browser
FAR = "vendor/model-1400"


@pytest.fixture(scope="module")
def router(world: World) -> Iterator[str]:
    """A provider with 1,500 models, and one whose price is known."""
    world.add("openai", name="Priced", slug="priced", models=["gpt-4o"])
    yield world.add("custom", name="Router", slug="router", models=[f"vendor/model-{n}" for n in range(1_500)])
    for slug in ("priced", "router"):
        world.api("DELETE", f"/api/providers/{slug}")


def open_picker(page: Page) -> None:
    page.locator("[data-picker]").press("Enter")
    expect(page.get_by_role("option").first).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def test_very_many_models(alice_at: Callable[..., Watched], router: str, size: tuple[int, int], scheme: Scheme) -> None:
    window = alice_at(size, scheme)
    page, search = window.page, window.page.locator("[data-picker-search]")
    window.open("/?model=mine/" + COUNTS.replace("=", "%3D"))
    expect(page.locator("[role=option][data-slug]")).to_have_count(0)
    open_picker(page)
    expect(page.get_by_role("option")).to_have_count(100)
    expect(page.get_by_text("more: type to narrow")).to_be_visible()
    expect(page.get_by_role("option", name="gpt-4o")).to_contain_text("$2.50 in · $10.00 out")
    expect(page.get_by_role("option", name="vendor/model-0", exact=False).first).to_contain_text("price unknown")
    window.check()
    window.picture(f"picker-many-{size[0]}-{scheme}")
    search.fill("model-14 router")
    expect(page.get_by_role("option")).to_have_count(100)
    expect(page.get_by_text("11 more: type to narrow")).to_be_visible()
    search.fill("no such model")
    expect(page.get_by_text("No model has this name.")).to_be_visible()
    search.fill("1400")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("[data-picker-label]")).to_have_text(FAR)
    page.locator("[data-picker]").press("Enter")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_count(1)  # far down in its list, and in sight
    expect(chosen).to_be_in_viewport()
    window.picture(f"picker-chosen-{size[0]}-{scheme}")


def test_a_star_by_key_and_by_mouse(alice_at: Callable[..., Watched], router: str, world: World) -> None:
    window = alice_at()
    page, search = window.page, window.page.locator("[data-picker-search]")
    open_picker(page)
    search.fill("1400")
    page.keyboard.press("Alt+Enter")
    expect(page.get_by_text(f"{FAR} is a favourite now.")).to_be_visible()
    expect(page.get_by_role("option", name="favourite")).to_have_count(1)
    assert world.api("GET", "/api/providers/router")["favourite_models"] == [FAR]
    page.keyboard.press("Escape")
    page.reload()
    open_picker(page)
    group = page.get_by_role("group", name="Favourites")
    expect(group.get_by_role("option")).to_have_count(1)
    window.picture("picker-favourite")
    expect(group).to_contain_text("price unknown")
    group.locator("[data-star]").click()
    expect(page.get_by_text(f"{FAR} is no favourite any more.")).to_be_visible()
    assert world.api("GET", "/api/providers/router")["favourite_models"] == []


def test_enter_before_the_list_is_there_takes_what_was_typed(alice_at: Callable[..., Watched], router: str) -> None:
    window = alice_at()
    page = window.page
    held: list[Route] = []
    page.route("**/api/chats/models", lambda route: held.append(route))
    with page.expect_request("**/api/chats/models"):
        page.locator("[data-picker]").press("Enter")
    page.keyboard.type("1400")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Loading the models…")).to_be_visible()
    held[0].continue_()
    expect(page.locator("[data-picker-label]")).to_have_text(FAR)


def test_a_list_that_does_not_come_can_be_asked_for_again(alice_at: Callable[..., Watched]) -> None:
    window = alice_at()
    page = window.page
    page.route("**/api/chats/models", lambda route: route.abort(), times=1)
    page.locator("[data-picker]").press("Enter")
    expect(page.get_by_text("ThinkBack cannot be reached.")).to_be_visible()
    window.check()
    window.picture("picker-failed")
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.get_by_role("option").first).to_be_visible()
    window.forgive("ERR_FAILED")
