"""A provider that is down: its fallback is chosen in the form, answers in the chat, and is named below the answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, WIDE, Scheme, sign_in, watch
from tests.world import World, small_world

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shaky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server with Alice, a provider of hers that is down, and another one."""
    with small_world(tmp_path_factory.mktemp("shaky") / "data") as world:
        world.add("openai", name="Work", slug="work", default_model="plan-status=503", retries=0)
        world.add("openai", name="Spare", slug="spare", default_model="m")
        yield world


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (WIDE, "dark"), (PHONE, "light"), (PHONE, "dark")])
def test_from_the_form_to_the_footer(chromium: Browser, shaky: World, size: tuple[int, int], scheme: Scheme) -> None:
    shaky.api("PATCH", "/api/providers/work", {"fallbacks": []})
    alice = watch(chromium, shaky.url, size, scheme)
    sign_in(alice)
    page = alice.page
    alice.open("/settings/providers/work")
    page.get_by_text("More settings").click()
    page.get_by_label("Provider of fallback 1").select_option("Spare")
    page.get_by_label("Model of fallback 1").fill("plan-chunks=3")
    expect(page.get_by_label("Provider of fallback 2")).to_be_visible()
    page.get_by_text("One after the other").evaluate("help => help.scrollIntoView({block: 'center'})")
    alice.check()
    alice.picture(f"fallbacks-{size[0]}-{scheme}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved").first).to_be_visible()
    alice.open("/")
    page.get_by_role("textbox", name="Message").fill("Hello")
    page.keyboard.press("Enter")
    footer = page.locator("article").last.locator(".message-cost")
    expect(footer).to_contain_text("Spare")
    assert "work answered 503" in (footer.get_attribute("title") or "")
    alice.check()
    alice.picture(f"fallback-answer-{size[0]}-{scheme}")
    alice.close()
