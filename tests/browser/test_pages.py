"""Every page, wide and on a phone, light and dark: nothing serious for axe, nothing too wide, no complaint."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import start
from tests.browser.conftest import PHONE, WIDE, Scheme, Watched

pytestmark = pytest.mark.browser
PAGES = {
    "chat": "/",
    "providers": "/settings/providers",
    "provider": "/settings/providers/mine",
    "provider-new": "/settings/providers/new/openai",
    "account": "/settings/account",
    "tools": "/settings/tools",
    "tokens": "/settings/tokens",
    "agents": "/settings/agents",
    "people": "/settings/people",
    "person": "/settings/people/1",
    "settings": "/settings/",
    "status": "/settings/status",
    "about": "/settings/about",
    "parts": "/settings/about/parts",
    "usage": "/usage",
    "connect": "/connect",
    "api-docs": "/api/docs",
    "password": "/accounts/password/change/",
    "not-found": "/nowhere",
}
NARROW = {"width": 320, "height": 640}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_page(alice_at: Callable[..., Watched], size: tuple[int, int]) -> None:
    alice = alice_at(size)
    start(alice, "A table, some code and a list, please")
    expect(alice.page.locator("article").last).to_contain_text("40 out")
    look(alice, f"answer-{size[0]}")
    for name, path in PAGES.items():
        alice.open(path)
        look(alice, f"{name}-{size[0]}")
        if size == PHONE:
            alice.page.set_viewport_size(NARROW)
            alice.check_width()
            alice.page.set_viewport_size({"width": size[0], "height": size[1]})
    alice.forgive("status of 404")  # the page that is not there


def look(alice: Watched, name: str) -> None:
    """Look at this page in the light and in the dark."""
    for scheme in SCHEMES:
        alice.page.emulate_media(color_scheme=scheme)
        alice.check()
        alice.picture(f"{name}-{scheme}")


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_pages_of_a_stranger(visitor: Watched, path: str) -> None:
    visitor.open(path)
    visitor.check()
