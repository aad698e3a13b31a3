"""Tokens and cost are told before a message is sent, and asked about when there is much of either."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WIDE, Watched
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def test_what_is_too_long_is_asked_about(
    alice_at: Callable[..., Watched], world: World, size: tuple[int, int], scheme: str
) -> None:
    name, model = f"Small {size[0]}", "plan:chunks=2,gap=20"
    slug = world.add("custom", name=name, format="openai", default_model=model, models=[model])
    world.api("PATCH", f"/api/providers/{slug}/models/{model}", {"context": 9000})
    preset = world.api("POST", "/api/presets", {"name": name, "slug": slug, "model": model, "system": "Be brief."})
    window = alice_at(size, scheme)
    page = window.page
    window.open("/")
    page.get_by_role("button", name=name, exact=True).click()
    field = page.get_by_role("textbox", name="Message")
    field.fill("word " * 800)
    ring = page.get_by_role("button", name="Context: about")
    expect(ring).to_have_attribute("aria-label", "Context: about 1,003 of 9,000 tokens, 11 %")
    ring.press("Enter")
    panel = page.get_by_role("dialog", name="Context and cost")
    expect(panel).to_contain_text("Room for the answer4,096")
    expect(panel).to_contain_text("price unknown")
    window.check()
    window.picture(f"context-{size[0]}-{scheme}")
    page.keyboard.press("Escape")
    field.fill("word " * 8000)
    field.press("Enter")
    guard = page.get_by_role("alert").filter(has_text="tokens too long")
    expect(guard.get_by_role("button", name="Choose a bigger model")).to_be_focused()
    window.check()
    window.picture(f"too-long-{size[0]}-{scheme}")
    page.keyboard.press("Escape")
    expect(guard).to_be_hidden()
    expect(field).to_be_focused()
    field.press("Enter")
    guard.get_by_role("button", name="Send anyway").press("Enter")
    expect(page.locator("article.assistant")).to_have_attribute("data-status", "done")
    world.api("DELETE", f"/api/presets/{preset['id']}")


def test_what_is_dear_is_asked_about(alice_at: Callable[..., Watched], world: World) -> None:
    """The price list decides; a limit of nothing asks about every priced message."""
    world.api("PATCH", "/api/preferences", {"cost_guard": 0})
    window = alice_at()
    page = window.page
    page.route("**/api/chats/context?*", lambda route: route.fulfill(json=FACTS))
    window.open("/")
    expect(page.get_by_role("button", name="Context: about")).to_be_visible()
    page.get_by_role("textbox", name="Message").fill("word " * 800)
    page.keyboard.press("Enter")
    guard = page.get_by_role("alert").filter(has_text="This message costs")
    expect(guard).to_contain_text("This message costs about $0.18, at most $1.10.")
    guard.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("word " * 800)
    expect(page.locator("article")).to_have_count(0)
    world.api("PATCH", "/api/preferences", {"cost_guard": 0.5})


FACTS = {
    "models": [
        {
            "slug": "mine",
            "model": "m",
            "context": 200_000,
            "max_output": 10_000,
            "prices": [{"over": -1, "call": 0, "input": 0.0001, "output": 0.0001}],
            "unused": ["seed"],
        }
    ],
    "tools": 0,
    "history": {"tokens": 0, "exact": False, "ratio": 1, "typical": None, "cut": None, "dropped": 0},
    "spent": {"usd": None, "unpriced": 0, "calls": 0},
}
