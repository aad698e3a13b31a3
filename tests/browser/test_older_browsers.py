"""What a browser without the newest features must still be able to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.world import World

pytestmark = pytest.mark.browser
TAKE_AWAY = """delete HTMLButtonElement.prototype.commandForElement;
addEventListener("command", (event) => { if (event.isTrusted) event.preventDefault(); }, true);"""


def test_a_token_is_revoked_without_button_commands(alice_at: Callable[..., Watched], world: World) -> None:
    world.api("POST", "/api/tokens", {"name": "left behind", "scopes": ["proxy"]})
    alice = alice_at()
    alice.page.add_init_script(TAKE_AWAY)
    alice.open("/settings/tokens")
    alice.page.get_by_role("button", name="Revoke left behind").click()
    dialog = alice.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Revoke").click()
    expect(alice.page.get_by_role("button", name="Revoke left behind")).to_have_count(0)
