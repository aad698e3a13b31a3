"""Names that mean harm, wherever a name can stand: of chats, folders, tags, files, presets, providers and models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Watched, sign_in, watch
from tests.world import World, small_world

pytestmark = pytest.mark.browser
NAMES = [
    "<script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg/onload=window.hacked=1>",
    "'\"><svg onload=window.hacked=1>",
    '" autofocus onfocus=window.hacked=1 x="',
    "</title><script>window.hacked=1</script>",
    "</textarea><img src=x onerror=window.hacked=1>",
    "</template><img src=x onerror=window.hacked=1>",
    "</script><script>window.hacked=1</script>",
    "<!--<img src=--><img src=x onerror=window.hacked=1>",
    "javascript:window.hacked=1",
    "{{ 7*7 }}{% include 'hacked' %}",
    "${window.hacked=1}",
    "<base href=https://evil.example/hacked>",
    "<mark><img src=x onerror=window.hacked=1></mark>",
    "<math><mtext><img src=x onerror=window.hacked=1></mtext></math>",
    "[x](javascript:window.hacked=1)",
    "$\\href{javascript:window.hacked=1}{x}$",
    "\u202egnp.exe hacked",
    "a\u0000b hacked\r\nSet-Cookie: x=1",
]
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


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world in which everything has such a name."""
    with small_world(tmp_path_factory.mktemp("named") / "data") as world:
        for name in NAMES:
            give(world, name)
        upload(
            world, f"/api/import?name={quote(NAMES[0])}.json", json.dumps([a_chat(n, x) for n, x in enumerate(NAMES)])
        )
        yield world


def give(world: World, name: str) -> None:
    """Call one of each by this name; what a name of its kind cannot be is refused, and that is well."""
    if "\u0000" not in name:
        provider = {"kind": "custom", "name": name[:60], "base_url": world.upstream, "api_key": "sk-x"}
        tried(world, "POST", "/api/providers", {**provider, "format": "openai", "default_model": name})
    tried(world, "POST", "/api/folders", {"name": name})
    tried(world, "POST", "/api/presets", {"name": name, "description": name, "system": name, "model": name})
    tried(world, "POST", "/api/prompts", {"name": name, "text": name})
    chat = tried(world, "POST", "/api/chats", {"title": name, "system": name})
    if chat:
        tried(world, "PATCH", f"/api/chats/{chat['id']}", {"tags": [name], "pinned": True})
    upload(world, f"/api/attachments?name={quote(name)}", f"{name}\n")


def tried(world: World, method: str, path: str, body: Any) -> Any:
    try:
        return world.api(method, path, body)
    except HTTPError as error:
        assert error.code in (400, 409), (path, body, error.read())
        return None


def upload(world: World, path: str, text: str) -> None:
    headers = {"authorization": f"Bearer {world.token}", "content-type": "application/octet-stream"}
    try:
        urlopen(Request(world.url + path, text.encode(), headers, method="POST"), timeout=20).close()
    except HTTPError as error:
        assert error.code in (400, 415, 422), error.read()


def a_chat(number: int, name: str) -> dict[str, Any]:
    """A chat of ChatGPT's export, in which everything is named so."""
    said = {"role": "user", "text": name}, {"role": "assistant", "text": name}
    mapping: dict[str, Any] = {"root": {"id": "root", "message": None, "parent": None, "children": ["0"]}}
    for place, each in enumerate(said):
        mapping[str(place)] = {
            "id": str(place),
            "parent": str(place - 1) if place else "root",
            "children": [str(place + 1)] if place == 0 else [],
            "message": {
                "id": str(place),
                "author": {"role": each["role"], "name": name},
                "create_time": 1_700_000_000 + place,
                "content": {"content_type": "text", "parts": [each["text"]]},
                "metadata": {"model_slug": name},
            },
        }
    return {
        "title": name,
        "create_time": 1.7e9,
        "update_time": 1.7e9,
        "mapping": mapping,
        "current_node": "1",
        "id": f"c{number}",
    }


def test_nothing_of_it_runs_anywhere(named: World, chromium: Browser) -> None:
    alice = watch(chromium, named.url)
    sign_in(alice)
    listed = named.api("GET", "/api/chats?limit=200")["results"]
    imported = [chat for chat in listed if chat["created_at"].startswith("2023")]
    assert len(listed) >= 2 * len(NAMES) - 4 and len(imported) >= len(NAMES) - 2
    chats = [f"/chat/{chat['id']}" for chat in imported[::2]]
    for path in (*PAGES, *chats):
        alice.open(path)
        assert alice.page.evaluate("window.hacked") is None, path
    first = next(chat for chat in imported if chat["title"] == NAMES[0])
    alice.open(f"/chat/{first['id']}")
    expect(alice.page.locator("[data-chat-title]")).to_have_text(NAMES[0])
    expect(alice.page).to_have_title(f"{NAMES[0]} · ThinkBack")
    expect(alice.page.locator("article.user")).to_contain_text(NAMES[0])
    expect(alice.page.locator("article.assistant code")).to_contain_text(NAMES[0])
    alice.close()


@pytest.fixture
def alice(named: World, chromium: Browser) -> Iterator[Watched]:
    """Alice among such names; nothing of them may have run at the end."""
    alice = watch(chromium, named.url)
    sign_in(alice)
    yield alice
    assert alice.page.evaluate("window.hacked") is None
    alice.close()


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
        assert page.evaluate("window.hacked") is None
    for kind, place in (("presets", "presets"), ("prompts", "presets/prompts")):
        for row in named.api("GET", f"/api/{kind}")["results"][-4:]:
            if not row.get("built_in"):
                alice.open(f"/settings/{place}/{row['id']}")
                assert page.evaluate("window.hacked") is None
    for provider in named.api("GET", "/api/providers")["results"][:6]:
        alice.open(f"/settings/providers/{provider['slug']}")
        assert page.evaluate("window.hacked") is None


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
