"""A failure says what happened, whose it is and what to press, with the provider's request id.

LibreChat #4451, #2744, #14048 and jan #5364: "Something went wrong" without a cause.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import start
from tests.browser.conftest import PHONE, Watched
from tests.world import CANARY, World

pytestmark = pytest.mark.browser
FAILURES = {  # plan → title, what it says, buttons
    "status=401": (f"Failing refused the key ending …{CANARY[-4:]}", "HTTP 401", ("Retry", "Update the key")),
    "status=429,retry=30": ("Failing asks to slow down", "HTTP 429", ("Retry in",)),
    "status=402": ("No credit left at Failing", "HTTP 402", ("Retry",)),
    "status=503": ("Failing failed", "HTTP 503", ("Retry",)),
    "status=400,code=context_length_exceeded": (
        "This chat is too long for the model",
        "maximum context length is 8192 tokens",
        ("Retry",),
    ),
    "status=400,code=content_filter": (
        "Failing’s content filter refused this message",
        "filtered by the content management policy",
        ("Retry",),
    ),
    "chunks=0,ends=content_filter": ("Failing’s content filter withheld this answer", "", ("Retry",)),
    "chunks=3,ends=content_filter": ("Failing’s content filter ended this answer", "", ("Retry",)),
}


def test_a_failure_has_a_cause_a_culprit_and_a_button(world: World, alice_at: Callable[..., Watched]) -> None:
    window, phone = alice_at(), alice_at(PHONE, "dark")
    for number, (plan, (title, said, buttons)) in enumerate(FAILURES.items()):
        # each fails for the first time; whoever fails again and again is given a rest
        slug = world.add("custom", name="Failing", format="openai", default_model=f"plan:{plan}", retries=0)
        start(window, "Why?", f"plan:{plan}", slug)
        card = window.page.locator("article.assistant [data-failure]")
        expect(card.locator("strong")).to_have_text(title)
        card.locator("summary").press("Enter")
        expect(card).to_contain_text(said)
        expect(card).to_contain_text("Request req_fake")
        expect(card.locator("[data-drop-oldest]")).to_have_count(0)  # of a first message there is nothing to leave out
        for name in (*buttons, "Choose another model"):
            expect(card.locator(".button", has_text=name).first).to_be_visible()
        window.picture(f"failure-{number}-wide")
        phone.open(window.page.url.removeprefix(window.url))
        phone.page.locator("[data-failure] summary").press("Enter")
        phone.check()
        phone.picture(f"failure-{number}-phone-dark")
        if "Update the key" in buttons:
            card.get_by_role("link", name="Update the key").press("Enter")
            expect(window.page.locator(".key-line")).to_contain_text(CANARY[-4:])
        world.api("DELETE", f"/api/providers/{slug}")
