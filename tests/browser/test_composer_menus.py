"""/ brings saved prompts and presets, @ brings models, by the keyboard alone; what was typed can always be sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import COUNTS, Watched
from tests.world import World

pytestmark = pytest.mark.browser


def test_prompts_and_models_while_typing(alice_at: Callable[..., Watched], world: World) -> None:
    prompt = world.api("POST", "/api/prompts", {"name": "Greet", "text": "Greet {{name}} in {{language}}."})
    window = alice_at()
    page = window.page
    window.open("/")
    field = page.get_by_role("textbox", name="Message")
    field.fill("")  # whatever was being written on another page
    page.keyboard.type("@chunks=40")
    expect(page.get_by_role("option", name=COUNTS)).to_be_visible()
    page.keyboard.press("Enter")
    expect(field).to_have_value("")
    expect(page.locator("[data-picker]")).to_contain_text(COUNTS)
    page.keyboard.type("/gre")
    option = page.get_by_role("option", name="Greet")
    expect(option).to_have_attribute("aria-selected", "true")
    window.check()
    window.picture("menu-prompts")
    page.keyboard.press("Tab")
    expect(field).to_have_value("Greet {{name}} in {{language}}.")
    page.keyboard.type("Bob")
    page.keyboard.press("Tab")
    page.keyboard.type("German")
    expect(field).to_have_value("Greet Bob in German.")
    field.fill("")
    page.keyboard.type("/gre")
    expect(option).to_be_visible()
    page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("article.user")).to_contain_text("/gre")
    world.api("DELETE", f"/api/prompts/{prompt['id']}")
