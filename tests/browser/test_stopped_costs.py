"""What a stopped answer took is booked as the provider counted it, as far as it did, and says how certain that is.

LibreChat #9308, #15889: a stop is billed from an estimate of the text that looks like a fact; cached tokens are lost.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import start
from tests.browser.conftest import PHONE, Watched
from tests.wire import CACHED, INPUT
from tests.world import World

pytestmark = pytest.mark.browser
CHUNKS = 60
SLOW = f"plan:chunks={CHUNKS},gap=20"
TELLS = {  # how a provider is asked → its kind and settings, what stands below the answer, and in its details
    "final": (
        ("custom", {"format": "openai", "drain_seconds": 20}),
        (f"{INPUT} in", f"{CHUNKS} out"),
        "the provider",
    ),
    "partial": (("google", {}), (f"{INPUT} in", "partial"), "the provider, so far"),
    "estimated": (("anthropic", {}), (f"{INPUT} in", "estimated"), "our estimate"),
}


def stop(window: Watched, slug: str) -> Page:
    """Ask, and stop as soon as a few words have come."""
    page = start(window, "Count, please", SLOW, slug)
    expect(page.locator("article.assistant")).to_contain_text("00003")
    page.keyboard.press("Escape")
    expect(page.locator("article.assistant")).to_have_attribute("data-status", "stopped")
    return page


def test_a_stop_is_booked_as_it_was_told(world: World, alice_at: Callable[..., Watched]) -> None:
    window = alice_at(PHONE)
    for certainty, ((kind, settings), parts, told_by) in TELLS.items():
        slug = world.add(kind, name=f"Stops {certainty}", default_model=SLOW, **settings)
        page = stop(window, slug)
        cost = page.locator("article.assistant .message-cost")
        for _ in range(2):
            for part in parts:
                expect(cost).to_contain_text(part)
            for other in {"partial", "estimated"} - set(parts):
                expect(cost).not_to_contain_text(other)
            page.reload()
        cost.press("Enter")
        expect(page.locator(".cost-details")).to_contain_text(f"From the cache{CACHED}")
        window.open(f"/usage?slug={slug}")
        page.get_by_role("button", name="Details of the call").press("Enter")
        record = page.locator(".record:popover-open")
        expect(record).to_contain_text(f"Tokens told by{told_by}")
        expect(record).to_contain_text(f"Tokens in{INPUT}")
        expect(record).to_contain_text(f"read from cache{CACHED}")
        window.picture(f"stopped-{certainty}")
        world.api("DELETE", f"/api/providers/{slug}")
    window.check()
