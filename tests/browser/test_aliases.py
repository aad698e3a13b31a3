"""An alias picked in the chat over a shared provider: who answered and why, below the answer and on the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, Scheme, sign_in, watch
from tests.world import CANARY, World, small_world

pytestmark = pytest.mark.browser

FILE = """
shared:
  - {kind: openai, slug: house, name: House, base_url: "%s", key: "%s", models: [plan:chunks=3, plan:chunks=9]}
aliases:
  quick: {targets: [own/plan:status=503, house/plan:chunks=3], description: Short answers}
  auto: {choose: auto}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server whose file shares a provider and names two aliases."""
    folder = tmp_path_factory.mktemp("house")
    file = folder / "thinkback.yaml"
    file.write_text("")
    with small_world(folder / "data", THINKBACK_CONFIG=str(file)) as world:
        world.add("anthropic", slug="own", name="Own", retries=0, default_model="plan:chunks=4")
        file.write_text(FILE % (world.upstream, CANARY))
        world.server.wait_for_log("The configuration was read again")
        yield world


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark")])
def test_from_the_picker_to_the_footer(chromium: Browser, house: World, size: tuple[int, int], scheme: Scheme) -> None:
    alice = watch(chromium, house.url, size, scheme)
    sign_in(alice)
    page = alice.page
    page.locator("[data-picker]").click()
    alice.check()
    alice.picture(f"alias-picker-{size[0]}-{scheme}")
    page.get_by_role("option", name="quick").click()
    page.get_by_role("textbox", name="Message").fill("Hello")
    page.keyboard.press("Enter")
    footer = page.locator("article").last.locator(".message-cost")
    expect(footer).to_contain_text("quick → House said-model")
    assert "own answered 503" in (footer.get_attribute("title") or "")
    page.locator("[data-picker]").click()
    page.get_by_role("option", name="auto").click()
    page.get_by_role("textbox", name="Message").fill("Hello again")
    page.keyboard.press("Enter")
    footer = page.locator("article").last.locator(".message-cost")
    expect(footer).to_contain_text("auto → House")
    alice.check()
    alice.picture(f"alias-answer-{size[0]}-{scheme}")
    for path, told in (("/settings/providers/house", "Shared with you"), ("/settings/status", "Short answers")):
        alice.open(path)
        expect(page.get_by_text(told).last).to_be_visible()
        alice.check()
        alice.picture(f"alias{path.replace('/', '-')}-{size[0]}-{scheme}")
    alice.close()
