"""Names that mean harm, as a stranger reads them who has a link to a chat."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Watched, watch
from tests.browser.hostile.conftest import bring
from tests.browser.hostile.names import NAMES, is_harmless, shown, texts
from tests.thinkback.attachments.conftest import picture
from tests.thinkback.transfer.exports import zip_of
from tests.world import World
from thinkback.attachments.names import harmless

pytestmark = pytest.mark.browser
NOON = "2025-03-05T12:00:00Z"
PLACE = "https://example.org/"
KEPT = [name.replace("\0", "\ufffd") for name in NAMES]  # as they are stored
INCLUDED = ("branches", "reasoning", "tools", "files", "system")


def a_chat(number: int, name: str) -> dict[str, Any]:
    """A chat of our own format in which everything is named so, its files too."""
    files = [{"type": "file", "name": name, "path": "files/a.txt"}]
    files += [{"type": "file", "name": f"{name}.png", "path": "files/a.png"}]
    said = [
        {"type": "reasoning", "text": name},
        {"type": "text", "text": name},
        {"type": "call", "name": name, "label": name, "arguments": name, "result": name},
        {"type": "source", "url": f"{PLACE}?{number}", "title": name},
        {"type": "source", "url": "javascript:window.hacked=1", "title": name},
        {"type": "file", "name": name},
    ]
    asked = {"number": 1, "role": "user", "created_at": NOON, "text": name, "files": files}
    told = {"number": 2, "role": "assistant", "created_at": NOON, "parent": 1, "model": name, "rounds": [said]}
    facts = {"origin": f"hostile:{number}", "created_at": NOON, "updated_at": NOON, "title": name, "system": name}
    return {**facts, "messages": [asked, told]}


@pytest.fixture(scope="module")
def chats(named: World) -> list[str]:
    """The ids of such chats, one for each name."""
    made = [a_chat(number, name) for number, name in enumerate(NAMES)]
    document = json.dumps({"format": "thinkback.conversations", "version": 1, "conversations": made})
    files = {"chats___a__json": document, "files___a__txt": "thorns", "files___a__png": picture()}
    lines = bring(named, "own.zip", zip_of(**files))
    assert [line["outcome"] for line in lines] == ["imported"] * len(NAMES), lines
    assert [shown(line["title"]) for line in lines] == [shown(name) for name in NAMES]
    return [line["chat"] for line in lines]


def share(alice: Watched, chat: str) -> str:
    """A link to all that there is of a chat."""
    token = alice.page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
    headers = {"x-csrftoken": token, "referer": alice.url, "content-type": "application/x-www-form-urlencoded"}
    data = "&".join(("act=put", *(f"include={name}" for name in INCLUDED)))
    answer = alice.page.request.post(f"{alice.url}/chat/{chat}/share", headers=headers, data=data)
    assert answer.ok, answer.text()
    return "/share/" + answer.text().partition("/share/")[2].partition('"')[0]


def test_a_stranger_reads_such_a_chat(alice: Watched, chats: list[str], chromium: Browser) -> None:
    stranger = watch(chromium, alice.url)
    page = stranger.page
    for name, chat in zip(KEPT, chats, strict=True):
        stranger.open(share(alice, chat))
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        text = shown(name)
        expect(page).to_have_title(f"{text} · ThinkBack")
        assert texts(page.locator("h1")) == [text]
        assert texts(page.locator(".bubble")) == [text]
        assert texts(page.locator(".assistant h2")) == [text]
        assert texts(page.locator(".shared-system")) == [text]
        assert texts(page.locator("summary"))[-1] == f"Tool: {text}"
        assert texts(page.locator("pre.tool-data")) == [text, text]
        [source] = page.locator(f'.assistant a[href^="{PLACE}?"]').all()
        assert shown(source.inner_text()) == text
        given = page.locator(".user a[download]")
        assert texts(given) == [harmless(name)]
        assert given.get_attribute("download") == harmless(name)
        assert page.locator(".user img").get_attribute("alt") == harmless(f"{name}.png")
        for link in page.locator("main a[href]").all():
            assert str(link.get_attribute("href")).startswith((PLACE, "/share/"))
        is_harmless(stranger)
    stranger.close()


def test_its_owner_reads_such_a_chat(alice: Watched, chats: list[str]) -> None:
    page = alice.page
    for name, chat in zip(KEPT, chats, strict=True):
        alice.open(f"/chat/{chat}")
        text = shown(name)
        assert texts(page.locator(".assistant .said h2 .truncate")) == [text]
        assert texts(page.locator(".sources li")) == [text]
        assert text in texts(page.locator(".answer.prose"))[-1]  # instead of a file that was not there
        assert texts(page.locator(".given-name")) == [harmless(name)]
        is_harmless(alice)


def test_the_list_of_links(alice: Watched, chats: list[str]) -> None:
    for chat in chats:
        share(alice, chat)
    alice.open("/settings/data")
    titles = texts(alice.page.locator("#links .title"))
    assert {shown(name) for name in NAMES} <= set(titles)
    is_harmless(alice)
