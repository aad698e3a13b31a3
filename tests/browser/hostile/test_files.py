"""Files whose names mean harm: while they are added, in a message, opened whole, and downloaded."""

from __future__ import annotations

from pathlib import PurePath

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import ask, begin, finish
from tests.browser.conftest import Watched
from tests.browser.hostile.names import NAMES as EVERY
from tests.browser.hostile.names import is_harmless, shown, texts
from tests.browser.test_attachments import give
from tests.thinkback.attachments.conftest import picture
from tests.world import World
from thinkback.attachments.names import harmless

pytestmark = pytest.mark.browser
NAMES = [name for name in EVERY if "/" not in name]  # what stands before one is no part of a file's name
AT_ONCE = 5  # files of a message


@pytest.fixture(scope="module")
def counts(named: World) -> str:
    """A connection that answers."""
    return named.add("custom", name="Counts", format="openai", default_model="plan:chunks=3")


def add(page: Page, names: list[str], kind: str, data: bytes) -> None:
    """Drop files of these names; as a browser has them, which knows no NUL in a name."""
    tray = page.locator("[data-tray]")
    for number, name in enumerate(names):
        give(page, "drop", name, kind, data)
        expect(tray.locator("[data-name]").nth(number)).to_have_text(harmless(name))
        expect(tray.locator("progress").nth(number)).to_be_hidden()


@pytest.mark.parametrize("first", range(0, len(NAMES), AT_ONCE))
def test_from_the_tray_to_the_disk(alice: Watched, counts: str, first: int) -> None:
    names = NAMES[first : first + AT_ONCE]
    page = begin(alice, "plan:chunks=3", counts)
    add(page, names, "text/plain", b"thorns")
    for name in names:
        expect(page.get_by_role("button", name=f"Remove {harmless(name)}", exact=True)).to_be_visible()
    is_harmless(alice)
    ask(page, "What are they?")
    finish(page)
    assert texts(page.locator(".given-name")) == [harmless(name) for name in names]
    for number, name in enumerate(names):
        file = page.locator("details.given-file").nth(number)
        file.locator("summary").press("Enter")
        expect(file.get_by_role("region", name=f"What was read in {harmless(name)}", exact=True)).to_have_text("thorns")
        with page.expect_download() as download:
            file.get_by_role("link", name="Download").press("Enter")
        told = page.request.get(alice.url + str(file.get_by_role("link").get_attribute("href"))).headers
        assert told["content-disposition"].startswith("attachment; filename")
        assert not set("<>\r\n\0") & set(told["content-disposition"].partition("filename")[0])
        assert told["content-type"] == "application/octet-stream"
        assert PurePath(download.value.suggested_filename).name == download.value.suggested_filename != ""
    is_harmless(alice)


def test_pictures_open_whole(alice: Watched, counts: str) -> None:
    names = [f"{name}.png" for name in NAMES[:AT_ONCE]]
    page = begin(alice, "plan:chunks=3", counts)
    add(page, names, "image/png", picture())
    ask(page, "What are they?")
    finish(page)
    for name in names:
        page.get_by_role("link", name=harmless(name), exact=True).press("Enter")
        whole = page.get_by_role("dialog", name=harmless(name), exact=True)
        assert texts(whole.locator("h2")) == [shown(harmless(name))]
        is_harmless(alice)
        page.keyboard.press("Escape")
        expect(whole).to_have_count(0)


def test_what_is_refused_is_told_as_text(alice: Watched, counts: str) -> None:
    page = begin(alice, "plan:chunks=3", counts)
    for number, name in enumerate(NAMES[:AT_ONCE]):
        give(page, "drop", f"{name}.exe", "image/png", b"MZ\x90\0" + bytes(60))
        refused = page.locator("[data-tray] li").nth(number)
        expect(refused).to_contain_text(f"“{name}.exe” is of a kind that cannot be used")
        expect(page.locator("[data-alarm]")).to_contain_text(name)
        alice.forgive("415")
        is_harmless(alice)
