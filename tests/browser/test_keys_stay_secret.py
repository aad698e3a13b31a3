"""A provider's key is nowhere but in the vault and at its provider: seen from a whole day in a browser.

lobehub #8456: a key in the container's log; litellm #6963, #15799: Gemini's key in the URL, and so in tracebacks.
jan #5279 and Open-WebUI-Functions #10: keys stored in plaintext.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, WebSocket, expect

from tests.browser.chatting import start
from tests.browser.conftest import Watched, sign_in, watch
from tests.world import CANARY, GOOGLE_CANARY, World

pytestmark = pytest.mark.browser
KEYS = {"custom": CANARY, "google": GOOGLE_CANARY}
PIECES = [piece for key in KEYS.values() for piece in (key, key[:18], key[-12:])]


class Heard:
    """All that a window was told, and asked for."""

    def __init__(self, window: Watched) -> None:
        self.texts: list[str] = []
        window.page.on("request", lambda request: self.texts.append(request.url))
        window.page.on("response", lambda response: self.texts.append(str(response.headers)))
        window.page.on("console", lambda message: self.texts.append(message.text))
        window.page.on("websocket", self._listen)
        window.page.on("load", lambda page: self.look(page.content()))

    def look(self, text: str) -> None:
        self.texts.append(text)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.texts.append(str(frame)))

    def sang(self) -> list[str]:
        """Where a piece of a key is."""
        return [text[:300] for text in self.texts if any(piece in text for piece in PIECES)]


@pytest.fixture
def window(chromium: Browser, spare: World) -> Iterator[Watched]:
    """Alice at the server whose files and log nobody else's tests write."""
    window = watch(chromium, spare.url)
    sign_in(window)
    yield window
    window.close()


def add(window: Watched, world: World, kind: str) -> str:
    """A provider with its key by the form, tested at once; its slug."""
    page = window.page
    window.open(f"/settings/providers/new/{kind}")
    page.get_by_label("Name", exact=True).fill(f"Secret {kind}")
    page.get_by_label("API key").fill(KEYS[kind])
    if kind == "google":
        page.get_by_text("More settings").press("Enter")
    page.get_by_label("Base URL").fill(world.upstream)
    page.get_by_role("button", name="Add and test").press("Enter")
    expect(page.locator(".key-line")).to_contain_text(KEYS[kind][-4:])
    expect(page.locator("[data-test-result]")).to_contain_text("ms")
    return page.url.rpartition("/")[2]


def test_no_key_in_log_page_or_address(window: Watched, spare: World) -> None:
    heard = Heard(window)
    for kind in KEYS:
        slug = add(window, spare, kind)
        heard.look(window.page.content())
        spare.api("PATCH", f"/api/providers/{slug}", {"default_model": "plan:status=401"})
        start(window, "Hi", "plan:status=401", slug)  # which repeats the key
        card = window.page.locator("[data-failure]")
        expect(card).to_contain_text(f"refused the key ending …{KEYS[kind][-4:]}")
        heard.look(window.page.content())
        asked = spare.last()
        assert KEYS[kind] in asked["headers"] and KEYS[kind] not in asked["target"]
        window.open("/usage")
        spare.api("DELETE", f"/api/providers/{slug}")
    assert "/settings/providers/new/google" in spare.server.log
    assert not [piece for piece in PIECES if piece in spare.server.log]
    assert not heard.sang()


def test_a_key_is_sealed_in_every_file_and_never_shown_again(window: Watched, spare: World) -> None:
    heard = Heard(window)
    slug = add(window, spare, "custom")
    for _ in range(2):  # when it was saved, and when it was changed
        heard.look(window.page.content())
        field = window.page.get_by_label("New key")
        expect(field).to_have_value("")
        expect(field).to_have_attribute("type", "password")
        expect(window.page.locator(".key-line")).to_contain_text(f"•••• {CANARY[-4:]}")
        window.page.get_by_label("Name", exact=True).fill("Renamed")
        window.page.get_by_role("button", name="Save", exact=True).press("Enter")
        expect(window.page.get_by_role("heading", level=1)).to_have_text("Renamed")
    stored = b"".join(path.read_bytes() for path in spare.server.data.rglob("*") if path.is_file())
    assert b"Renamed" in stored, "the files of the running server were read"
    assert not [piece for piece in PIECES if piece.encode() in stored]
    assert not heard.sang()
    spare.api("DELETE", f"/api/providers/{slug}")
