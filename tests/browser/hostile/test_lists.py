"""Names that mean harm, wherever a name can stand: of chats, folders, tags, files, presets, providers and models."""

from __future__ import annotations

from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.hostile.names import NAMES, is_harmless
from tests.world import World

pytestmark = pytest.mark.browser
PAGES = (
    "/",
    "/chats/list",
    "/settings/presets",
    "/settings/providers",
    "/usage",
    "/settings/tools",
    "/settings/data",
    "/connect",
)


def test_nothing_of_it_runs_anywhere(named: World, alice: Watched) -> None:
    listed = named.api("GET", "/api/chats?limit=200")["results"]
    imported = [chat for chat in listed if chat["created_at"].startswith("2023")]
    assert len(listed) >= 2 * len(NAMES) - 4 and len(imported) >= len(NAMES) - 2
    chats = [f"/chat/{chat['id']}" for chat in imported[::2]]
    for path in (*PAGES, *chats):
        alice.open(path)
        is_harmless(alice)
    first = next(chat for chat in imported if chat["title"] == NAMES[0])
    alice.open(f"/chat/{first['id']}")
    expect(alice.page.locator("[data-chat-title]")).to_have_text(NAMES[0])
    expect(alice.page).to_have_title(f"{NAMES[0]} · ThinkBack")
    expect(alice.page.locator("article.user")).to_contain_text(NAMES[0])
    expect(alice.page.locator("article.assistant code")).to_contain_text(NAMES[0])


def test_what_is_found_filed_and_typed(alice: Watched, named: World) -> None:
    """The results of the search, folders, tags, and the pages of a provider, a preset and a prompt."""
    page = alice.page
    alice.open("/")
    page.keyboard.press("Control+k")
    for words in ("hacked", "<script>", "onerror"):
        page.get_by_role("combobox", name="Search chats").fill(words)
        expect(page.locator("[data-found] [role=option]").first).to_be_visible()
        expect(page.locator("[data-search-said]")).to_contain_text("result")
    page.keyboard.press("Escape")
    expect(page.locator("[data-folder] [data-title]").get_by_text(NAMES[0], exact=True)).to_be_visible()
    page.get_by_role("textbox", name="Message", exact=True).fill("/script")
    expect(page.locator("[data-composer-menu] [role=option]").first).to_contain_text("script")
    for open_, path in (("tags", "/api/chats?limit=1"), ("folder", "/api/chats?limit=1")):
        chat = named.api("GET", path)["results"][0]["id"]
        alice.open(f"/chat/{chat}")
        page.locator(".chat-row button").first.press("Enter")
        page.get_by_role("button", name="Tags…" if open_ == "tags" else "Move to folder…").press("Enter")
        expect(page.get_by_role("dialog").get_by_text(NAMES[0], exact=True)).to_be_visible()
        is_harmless(alice)
    for kind, place in (("presets", "presets"), ("prompts", "presets/prompts")):
        for row in named.api("GET", f"/api/{kind}")["results"][-4:]:
            if not row.get("built_in"):
                alice.open(f"/settings/{place}/{row['id']}")
                is_harmless(alice)
    for provider in named.api("GET", "/api/providers")["results"][:6]:
        alice.open(f"/settings/providers/{provider['slug']}")
        is_harmless(alice)


def test_downloads_keep_such_names_to_themselves(named: World) -> None:
    listed = named.api("GET", "/api/chats?limit=200")["results"]
    for chat in listed[:: len(listed) // 8]:
        headers = {"authorization": f"Bearer {named.token}"}
        for form in ("json", "md"):
            with urlopen(
                Request(f"{named.url}/api/chats/{chat['id']}/export?format={form}", headers=headers)
            ) as answer:
                told = answer.headers["content-disposition"]
                assert told.startswith("attachment") and not set("<>\r\n\u0000") & set(told)
                assert Path(told.rpartition("filename=")[2].strip('"')).name not in ("", ".", "..")
