"""The site in German and in Chinese, as a person chooses it: fit for axe, nothing wider than its window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import begin
from tests.browser.conftest import PHONE, Watched

pytestmark = pytest.mark.browser


def test_german_for_a_user(alice_at: Callable[..., Watched]) -> None:
    window = alice_at(PHONE)
    page = window.page
    window.open("/settings/account")
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Save", exact=True).click()
    try:
        expect(page.get_by_text("Gespeichert.")).to_be_visible()
        window.check()
        begin(window)
        page.get_by_role("textbox", name="Nachricht", exact=True).fill("Hallo")
        page.keyboard.press("Enter")
        expect(
            page.get_by_role("button", name="Neu erzeugen", exact=True).last
        ).to_be_visible()  # comes over the socket
        expect(page.get_by_role("button", name="Senden", exact=True)).to_be_visible()  # written by a script
        window.check()
    finally:
        window.open("/settings/account")
        page.get_by_label("Sprache").select_option("")
        page.get_by_role("button", name="Speichern", exact=True).click()
        expect(page.get_by_text("Saved.")).to_be_visible()


def test_chinese_for_a_visitor(visitor: Watched) -> None:
    visitor.open("/accounts/login/")
    visitor.page.get_by_role("button", name="简体中文").click()
    expect(visitor.page.get_by_role("heading", name="登录")).to_be_visible()
    assert visitor.page.evaluate("document.documentElement.lang") == "zh-hans"
    visitor.check()
    visitor.open("/offline")
    expect(visitor.page.get_by_role("heading", name="无法连接 ThinkBack")).to_be_visible()
