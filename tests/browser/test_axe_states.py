"""Every page that the site has, and every state of the chat page that no other test looks at: axe finds nothing.

The pages come from the URL conf: a new one without a way to open it here fails, unless it is told below why it is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page, expect

from tests.browser.chatting import ask, begin, finish, start
from tests.browser.conftest import PHONE, WIDE, Scheme, Watched
from tests.browser.test_pages import PAGES, SCHEMES
from tests.thinkback.transfer.exports import recorded
from tests.world import World

pytestmark = pytest.mark.browser
ONLY_POST = """set_limits add_origin remove_origin end_sessions revoke_token change_agent settings_provider_switch
    settings_provider_key_remove settings_provider_delete settings_provider_test settings_provider_fetch
    settings_provider_choose settings_preset_default shared_copy link_withdraw import_remove trash_all choose_language
    keep_token settings_tool_server_refresh settings_tool_server_choose settings_tool_server_remove"""
FILES = """chat_attachment chat_attachment_small chat_attachment_text chat_picture shared_file chat_export export_all
    manifest service_worker openapi"""
PARTS = "chat_list chat_earlier chat_move chat_tags chat_share"  # of the chat page: its states are below
MACHINES = "chat_events connection_seen connection_events connection_size connection_stripped account_session"
ELSEWHERE = {
    "account_inactive": "only for somebody who is turned off; has the words of a card and no control",
    "account_signup": "test_pages.py, as a stranger; sends others on",
    "account_login": "test_pages.py, as a stranger; sends others on",
    "account_reset_password": "test_pages.py, as a stranger",
    "account_reset_password_from_key": "needs a key of an e-mail; has the form of the password change",
    "account_reset_password_from_key_done": "sends others on; the words of a card",
    "account_set_password": "sends whoever has a password on to the change",
    "account_reauthenticate": "test_session_ended.py has the dialog",
    "all_chats": "sends on to chats",
    "settings_model_facts": "a part of the provider's page",
}
NO_PAGE = {*ONLY_POST.split(), *FILES.split(), *PARTS.split(), *MACHINES.split(), *ELSEWHERE}


def routes(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[URLPattern]:
    """Every route of the site that is no JSON."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        elif not str(pattern.pattern).startswith("api/") or pattern.name == "api_docs":
            yield pattern


@pytest.fixture
def places(world: World) -> dict[str, str]:
    """Where each page is; one for each name of a route."""
    chat = recorded("chatgpt")[0] | {"conversation_id": "axe", "title": "Roses for axe"}
    made = world.api("POST", "/api/import?name=axe.json", [chat])
    while world.api("GET", f"/api/imports/{made['id']}")["state"] in ("waiting", "running"):
        pass
    found = world.api("GET", f"/api/imports/{made['id']}/report")["conversations"][0]["chat"]
    words = {"name": "Axe", "text": "Look at {{this}}", "system": "Look."}
    preset, prompt = (world.api("POST", f"/api/{kind}", words)["id"] for kind in ("presets", "prompts"))
    return {
        "chat": f"/chat/{found}",
        "chats": "/chats/list",
        "account_logout": "/accounts/logout/",
        "account_change_password": "/accounts/password/change/",
        "account_reset_password_done": "/accounts/password/reset/done/",
        "account_signed_in": "/accounts/signed-in",
        "settings_person": "/settings/people/1",
        "settings_provider": "/settings/providers/mine",
        "settings_provider_new": "/settings/providers/new/anthropic",
        "settings_preset": f"/settings/presets/{preset}",
        "settings_prompt": f"/settings/presets/prompts/{prompt}",
        "import_report": f"/settings/data/imports/{made['id']}",
    }


def test_every_page_of_the_url_conf(alice_at: Callable[..., Watched], world: World, places: dict[str, str]) -> None:
    alice = alice_at()
    add_tool_server(alice, world, places)
    share(alice, places)
    for pattern in routes():
        if pattern.name is None or pattern.name in NO_PAGE:
            continue
        path = places.get(pattern.name, f"/{pattern.pattern}")
        assert "<" not in path and "(" not in path, f"no way is told here to open {pattern.name}: {path}"
        if path in PAGES.values():
            continue  # test_pages.py looks at it
        alice.open(path)
        each_way(alice)
    for path in ("/chats/archive", "/chats/trash", "/chats/list?q=nothing-fits"):
        alice.open(path)
        each_way(alice)


def each_way(alice: Watched) -> None:
    """Look at this page light and dark, wide and on a phone."""
    for width, height in (WIDE, PHONE):
        alice.page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            alice.page.emulate_media(color_scheme=scheme)
            alice.check()
    alice.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def add_tool_server(alice: Watched, world: World, places: dict[str, str]) -> None:
    """A server for tools that does not answer as one."""
    alice.open("/settings/tools/servers/new")
    alice.page.get_by_label("Name", exact=True).fill("Nothing")
    alice.page.get_by_label("Address").fill(world.upstream)
    alice.page.get_by_role("button", name="Add").click()
    expect(alice.page).not_to_have_url(f"{world.url}/settings/tools/servers/new")
    places["settings_tool_server"] = alice.page.url.removeprefix(world.url)


def share(alice: Watched, places: dict[str, str]) -> None:
    """A link to the chat."""
    alice.open(places["chat"])
    alice.page.get_by_role("button", name="Share", exact=True).click()
    alice.page.get_by_role("button", name="Make a link").click()
    link = alice.page.get_by_label("The link", exact=True).input_value()
    places["shared"] = link.removeprefix(alice.url)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()


STATES: dict[str, Callable[[Page], None]] = {
    "picker": lambda page: page.locator("[data-picker]").click(),
    "picker of several": lambda page: press(page, "Compare several models"),
    "menu of regenerate": lambda page: press(page, "More ways to regenerate"),
    "what it took": lambda page: page.get_by_role("button", name="What it took").click(),
    "controls": lambda page: press(page, "Chat controls"),
}
IN_THE_LIST: dict[str, Callable[[Page], None]] = {
    "user": lambda page: page.get_by_role("button", name="Your menu").click(),
    "menu": lambda page: page.locator(".chat-row button").first.press("Enter"),
    "rename": lambda page: press(page, "Rename"),
    "move": lambda page: press(page, "Move to folder…"),
    "tags": lambda page: press(page, "Tags…"),
    "folder": lambda page: page.locator(".chat-folder > button").first.press("Enter"),
}


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def test_states_of_the_chat_page(
    alice_at: Callable[..., Watched], world: World, slow: str, size: tuple[int, int], scheme: Scheme
) -> None:
    world.api("POST", "/api/folders", {"name": f"For axe {size[0]}"})
    alice = alice_at(size, scheme)
    page = start(alice)
    finish(page)
    for name, enter in STATES.items():
        enter(page)
        alice.check()
        alice.picture(f"state-{name.replace(' ', '-')}-{size[0]}")
        if name != "picker":
            page.keyboard.press("Escape")
    in_the_list(alice, size)
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline")).to_be_visible()
    alice.check()
    alice.picture(f"state-offline-{size[0]}")
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline")).to_have_count(0)
    ask(begin(alice, "plan:chunks=40,gap=80", "slow"), "Count, please")
    expect(page.locator("article.assistant")).to_contain_text("00003")
    alice.check()
    alice.forgive("WebSocket", "ERR_INTERNET_DISCONNECTED")


def in_the_list(alice: Watched, size: tuple[int, int]) -> None:
    """What opens from the list of chats, which is a drawer on a phone; at last a chat is deleted."""
    page = alice.page
    if size == PHONE:
        press(page, "Chats")
        alice.check()
    for name, enter in IN_THE_LIST.items():
        if name in ("move", "tags"):
            IN_THE_LIST["menu"](page)
        enter(page)
        alice.check()
        alice.picture(f"state-{name}-{size[0]}")
        if name != "menu":
            page.keyboard.press("Escape")
    IN_THE_LIST["menu"](page)
    page.locator("[data-chat-menu]").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    alice.check()
    alice.picture(f"state-undo-{size[0]}")
    page.get_by_role("button", name="Undo").click()
