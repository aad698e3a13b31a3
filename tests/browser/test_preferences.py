"""How the chat page behaves is chosen in the settings, saved at once, and so from then on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WIDE, Watched

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def test_enter_may_add_a_line(alice_at: Callable[..., Watched], size: tuple[int, int], scheme: str) -> None:
    window = alice_at(size, scheme)
    page = window.page
    window.open("/settings/chat")
    group = page.get_by_role("radiogroup", name="Send with")
    group.get_by_role("radio", name="Enter", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("✓ Saved")).to_be_visible()
    window.check()
    window.picture(f"preferences-{size[0]}-{scheme}")
    window.open("/")
    field = page.get_by_role("textbox", name="Message")
    field.fill("one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    expect(field).to_have_value("one\ntwo")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.user")).to_contain_text("one\ntwo")
    window.open("/settings/chat")
    group.get_by_role("radio", name="Ctrl + Enter").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("✓ Saved")).to_be_visible()
