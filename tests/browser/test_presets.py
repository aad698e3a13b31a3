"""A chat begins with a preset, by the keyboard; and the presets' own pages are fit to be seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import COUNTS, PHONE, WIDE, Watched
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "dark"), (PHONE, "light")], ids=["wide", "phone"])
def test_a_chat_begins_with_a_preset(
    alice_at: Callable[..., Watched], world: World, size: tuple[int, int], scheme: str
) -> None:
    slug = next(one["slug"] for one in world.api("GET", "/api/providers")["results"] if one["name"] == "Mine")
    wanted = {"name": f"Sailor {size[0]}", "system": "Arr.", "slug": slug, "model": COUNTS, "parameters": {"seed": 3}}
    preset = world.api("POST", "/api/presets", wanted)
    window = alice_at(size, scheme)
    page = window.page
    window.open("/settings/presets")
    window.check()
    window.picture(f"presets-{size[0]}-{scheme}")
    page.get_by_role("link", name="Copy Code review").press("Enter")
    expect(page.get_by_label("Name")).to_have_value("Code review")
    window.check()
    window.picture(f"preset-{size[0]}-{scheme}")
    window.open("/")
    card = page.get_by_role("button", name=wanted["name"])
    card.press("Enter")
    expect(card).to_have_attribute("aria-pressed", "true")
    field = page.get_by_role("textbox", name="Message")
    expect(field).to_be_focused()
    window.check()
    window.picture(f"welcome-{size[0]}-{scheme}")
    page.keyboard.type("Count")
    page.keyboard.press("Enter")
    expect(page.locator("article.assistant")).to_have_attribute("data-status", "done")
    body = world.last()["body"]
    assert (body["messages"][0]["content"], body["seed"]) == ("Arr.", 3)
    world.api("DELETE", f"/api/presets/{preset['id']}")
