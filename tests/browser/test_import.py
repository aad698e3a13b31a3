"""Bringing chats in, at the page where people do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Watched
from tests.thinkback.transfer.chats import PNG
from tests.thinkback.transfer.exports import recorded, zip_of
from tests.world import World


def drop(page: Page, path: Path, outcome: str) -> None:
    """Give a file, and wait for the report on it."""
    page.locator("[data-file]").set_input_files(path)
    expect(page.locator("[data-said]")).to_contain_text(outcome)


def badges(page: Page) -> list[str]:
    return page.locator("[data-import]").first.locator(".badge").all_text_contents()


def test_chatgpts_export_is_imported_and_told_honestly(
    alice_at: Callable[..., Watched], world: World, tmp_path: Path
) -> None:
    """LibreChat #15229, #13630, #3768, PR #2355: a new export of many files said "success" and imported nothing.

    Here each conversation is told, the tree is kept, and the same file again brings nothing twice.
    """
    first, second, *others = recorded("chatgpt")
    files: dict[str, Any] = {"conversations-000__json": [first], "conversations-001__json": [second, *others]}
    path = tmp_path / "chatgpt-export.zip"
    path.write_bytes(zip_of(**files, **{"file_0000bbbb-buds__png": PNG}))
    before = len(world.api("GET", "/api/chats?limit=500")["results"])
    alice = alice_at()
    page = alice.page
    alice.open("/settings/data")
    alice.check()
    drop(page, path, "2 new, 0 updated, 0 skipped, 2 failed")
    assert badges(page) == ["2 imported", "2 failed"]
    alice.check()
    alice.picture("data")
    page.get_by_role("link", name="Report").first.click()
    expect(page.get_by_role("row").filter(has_text="Nameless")).to_contain_text("It has no id.")
    expect(page.get_by_role("row").filter(has_text="When to prune roses")).to_contain_text("Not in the file: bush.png.")
    alice.check()
    alice.picture("import-report")
    page.get_by_role("link", name="When to prune roses").click()
    expect(page.locator("article.assistant").first).to_contain_text("In late winter")
    page.locator("article.assistant").first.get_by_role("button", name="Later version").click()
    expect(page.locator("article.assistant").first).to_contain_text("In autumn.")
    alice.open("/settings/data")
    drop(page, path, "0 new, 0 updated, 2 skipped, 2 failed")
    assert len(world.api("GET", "/api/chats?limit=500")["results"]) == before + 1  # the other is archived
    (tmp_path / "holiday.jpg").write_bytes(b"\xff\xd8\xff no export")
    drop(page, tmp_path / "holiday.jpg", "holiday.jpg is imported: 0 new")
    expect(page.locator("[data-import]").first).to_contain_text("There are no conversations in this file")


def test_the_page_on_a_phone_in_the_dark(alice_at: Callable[..., Watched]) -> None:
    alice = alice_at(PHONE, "dark")
    alice.open("/settings/data")
    expect(alice.page.get_by_role("heading", name="Import")).to_be_visible()
    alice.check()
    alice.picture("data-phone")
