"""The connection check names what a proxy breaks, and how to mend it (open-webui #8074)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.breaking_proxy import BreakingProxy
from tests.browser.conftest import PHONE, sign_in, watch
from tests.world import World

pytestmark = pytest.mark.browser
FOUND = {
    "pass": ("Everything gets through.", None),
    "strip": ("It arrived without its header Upgrade.", "Let WebSockets through"),
    "refuse": ("It did not arrive at the server", "Let WebSockets through"),
    "swallow": ("does not get through", "Let WebSockets through"),
    "hold": ("They came together in the end", "Do not hold answers back"),
}


def test_it_names_what_is_broken(chromium: Browser, world: World) -> None:
    with BreakingProxy(world.server.port) as proxy:
        window = watch(chromium, proxy.url)
        sign_in(window)
        for manner, (text, fix) in FOUND.items():
            proxy.manner = manner  # type: ignore[assignment]
            window.open("/settings/connection")
            expect(window.page.get_by_role("button", name="Check again")).to_be_enabled()
            expect(window.page.locator("[data-check]")).to_contain_text(text)
            shown = window.page.locator("[data-fix]:visible h2")
            expect(shown).to_have_count(0 if fix is None else 1)
            if fix is not None:
                expect(shown).to_have_text(fix)
            window.check()
        window.picture("connection-wide")
        window.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        window.check()
        window.picture("connection-phone")
        window.forgive("WebSocket")
        window.close()
