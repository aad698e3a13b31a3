"""Nothing expires unless its owner says so, and what he said he can take back.

LibreChat #3241, #4293: keys expire by force, and "never" cannot be chosen again.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Watched
from tests.world import World

pytestmark = pytest.mark.browser


def test_a_token_never_expires_unless_asked_and_never_comes_back(
    world: World, alice_at: Callable[..., Watched]
) -> None:
    window = alice_at(PHONE)
    page = window.page
    window.open("/settings/tokens")
    for name, expires in (("for good", None), ("for a week", "In 7 days")):
        page.get_by_label("Name", exact=True).fill(name)
        expect(page.get_by_label("Expires").locator("option:checked")).to_have_text("Never")
        if expires is not None:
            page.get_by_label("Expires").select_option(expires)
        page.get_by_role("button", name="Make the token").press("Enter")
        expect(page.get_by_text(f"“{name}” is ready")).to_be_visible()
    rows = {name: page.locator(".list-row.token", has_text=name) for name in ("for good", "for a week")}
    expect(rows["for good"]).to_contain_text("never expires")
    expect(rows["for good"].get_by_role("button", name="never expire")).to_have_count(0)
    expect(rows["for a week"]).not_to_contain_text("never expires")
    window.check()
    window.picture("token-expiry")
    rows["for a week"].get_by_role("button", name="Let for a week never expire").press("Enter")
    expect(rows["for a week"]).to_contain_text("never expires")
    mine = {token["name"]: token for token in world.api("GET", "/api/tokens")["results"]}
    assert {mine[name]["expires_at"] for name in rows} == {None}
    for name in rows:
        world.api("DELETE", f"/api/tokens/{mine[name]['id']}")


def test_a_key_has_no_expiry(world: World, alice_at: Callable[..., Watched]) -> None:
    """Neither in the form nor in what is stored."""
    window = alice_at()
    for path in ("/settings/providers/new/openai", "/settings/providers/mine"):
        window.open(path)
        window.page.get_by_text("More settings").press("Enter")
        expect(window.page.get_by_label("API key").or_(window.page.get_by_text("Replace")).first).to_be_visible()
        expect(window.page.get_by_text("expire", exact=False)).to_have_count(0)
    assert "expire" not in str(world.api("GET", "/api/providers/mine"))
