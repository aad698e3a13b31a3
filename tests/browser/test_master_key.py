"""A site whose secret is wrong says so at once, and one whose secret was lost stays usable: keys are asked for again.

LibreChat #13893, lobehub #3481, #5534: "saved", but "Invalid key length", and a settings page that cannot be used.
preset-io/agor #579, ZJU-REAL/Polaris #444: after the secret changed keys are unreadable in silence, or pages crash.
"""

from __future__ import annotations

import base64
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chatting import finish, start
from tests.browser.conftest import PHONE, Watched, sign_in, watch
from tests.live import LiveServer
from tests.world import CANARY, World

pytestmark = pytest.mark.browser
FULL = "CREATE TRIGGER full AFTER INSERT ON vault_sealedkey BEGIN INSERT INTO nowhere VALUES (1); END"


def master(id: str, byte: bytes) -> str:
    return f"{id}:{base64.b64encode(byte * 32).decode()}"


@pytest.fixture
def window(chromium: Browser, spare: World) -> Iterator[Watched]:
    """Alice on her phone, at the server that may be started again with another secret."""
    window = watch(chromium, spare.url, PHONE)
    sign_in(window)
    yield window
    window.forgive("WebSocket", "ERR_")  # while the server was away
    window.close()


@pytest.mark.parametrize("wrong", ["too short", f"k1:{base64.b64encode(b'x' * 31).decode()}", ""])
def test_a_secret_that_cannot_be_used_stops_the_start(tmp_path: Path, wrong: str) -> None:
    """In the environment, and in the file that the first start made."""
    secrets = tmp_path / "data" / "secrets"
    secrets.mkdir(parents=True)
    (secrets / "master_keys").write_text(wrong)
    given = {"THINKBACK_MASTER_KEYS": wrong} if wrong else {}
    with pytest.raises(subprocess.CalledProcessError) as refused:
        LiveServer(tmp_path / "data").command("runserver", **given)
    (line,) = refused.value.stderr.splitlines()
    assert line.startswith("ThinkBack cannot start. ")
    assert ("THINKBACK_MASTER_KEYS" if wrong else str(secrets / "master_keys")) in line
    assert "base64 of 32 bytes" in line and "openssl rand -base64 32" in line and "x" * 8 not in line


def test_saved_is_said_only_when_it_is(window: Watched, spare: World) -> None:
    page = window.page
    window.open("/settings/providers/new/custom")
    page.get_by_label("Name", exact=True).fill("Not yet")
    page.get_by_label("API key").fill(CANARY)
    page.get_by_label("Base URL").fill(spare.upstream)
    with sqlite3.connect(spare.server.data / "thinkback.sqlite3") as database:
        database.execute(FULL)
    try:
        page.get_by_role("button", name="Add and test").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_label("Name", exact=True)).to_have_value("Not yet")
        expect(page.get_by_label("Base URL")).to_have_value(spare.upstream)
        expect(page.locator(".toast")).to_have_count(0)
        window.check()
        window.picture("provider-not-saved")
    finally:
        with sqlite3.connect(spare.server.data / "thinkback.sqlite3") as database:
            database.execute("DROP TRIGGER full")
    names = [row["name"] for row in spare.api("GET", "/api/providers")["results"]]
    assert "Not yet" not in names
    window.forgive("503")
    page.get_by_label("API key").fill(CANARY)
    page.get_by_role("button", name="Add and test").press("Enter")
    expect(page.locator(".key-line")).to_contain_text(CANARY[-4:])
    expect(page.locator(".toast")).to_contain_text("Not yet is added")


@pytest.mark.parametrize("other", [master("k2", b"2"), master("k1", b"2")], ids=["another", "of the same name"])
def test_a_lost_secret_is_mended_by_the_key(window: Watched, spare: World, other: str) -> None:
    page, server = window.page, spare.server
    server.kill()
    server.environment["THINKBACK_MASTER_KEYS"] = master("k1", b"1")
    server.start()
    slug = spare.add("custom", name="Sealed", format="openai", default_model="plan:chunks=3")
    server.kill()
    server.environment["THINKBACK_MASTER_KEYS"] = other
    server.start()
    try:
        window.open("/settings/providers")
        listed = page.get_by_role("navigation", name="Your providers").get_by_role("link", name="Sealed")
        expect(listed).to_contain_text("Paste its key again")
        start(window, "Hi", "plan:chunks=3", slug)
        card = page.locator("[data-failure]")
        expect(card).to_contain_text("The key of Sealed cannot be opened any more")
        window.check()
        window.picture("key-lost-chat")
        chat = page.url.removeprefix(window.url)
        card.get_by_role("link", name="Update the key").press("Enter")
        expect(page.get_by_text("This key cannot be opened any more")).to_be_visible()
        window.check()
        window.picture("key-lost-provider")
        page.get_by_label("New key").fill(CANARY)
        page.get_by_role("button", name="Save", exact=True).press("Enter")
        expect(page.get_by_text("This key cannot be opened any more")).to_have_count(0)
        window.open(chat)
        page.locator("[data-failure]").get_by_role("button", name="Retry").press("Enter")
        finish(page)
        window.open("/settings/providers")
        expect(listed).not_to_contain_text("Paste its key again")
    finally:
        spare.api("DELETE", f"/api/providers/{slug}")
        server.kill()
        del server.environment["THINKBACK_MASTER_KEYS"]
        server.start()
