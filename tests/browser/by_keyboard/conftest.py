"""Alice without a mouse, in a world of her own that she may turn upside down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.by_keyboard.keys import Keys
from tests.browser.conftest import PICTURES, watch
from tests.conftest import PASSWORD
from tests.world import World, small_world

QUICK, ALSO, SLOW = "plan:chunks=12,gap=5", "plan:chunks=14,gap=5", "plan:chunks=400,gap=20"
MODELS = {"Quick": QUICK, "Also": ALSO, "Slow": SLOW, "Echo": "plan:echo=40"}
# A press of the mouse would be a complaint of the page, and those fail a test.
ALONE = "addEventListener('pointerdown', () => console.warn('a mouse was used'), true)"


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server with Alice and a few models, and nothing of what other tests leave."""
    with small_world(tmp_path_factory.mktemp("keyboard") / "data") as world:
        for name, model in MODELS.items():
            world.add("custom", name=name, format="openai", default_model=model)
        world.api("PATCH", "/api/providers/quick", {"models": [QUICK, ALSO]})
        yield world


@pytest.fixture
def keys(chromium: Browser, world: World, request: pytest.FixtureRequest) -> Iterator[Keys]:
    """Alice, signed in by the keyboard. What she does is recorded, as a trace and in words."""
    watched = watch(chromium, world.url)
    watched.page.context.add_init_script(ALONE)
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=world.url)
    watched.page.context.tracing.start(screenshots=True)
    keys = Keys(watched.page)
    name = request.node.name.removeprefix("test_").replace("_", "-")
    try:
        watched.open("/accounts/login/")
        sign_in(keys)
        yield keys
    finally:
        PICTURES.mkdir(exist_ok=True)
        keys.write(PICTURES / f"keyboard-{name}.txt")
        watched.page.context.tracing.stop(path=PICTURES / f"keyboard-{name}.zip")
    watched.close()


def sign_in(keys: Keys) -> None:
    """By the keyboard, from the page where one signs in."""
    keys.action("sign in")
    keys.tab("textbox", "Username")
    keys.type("alice")
    keys.tab("textbox", "Password")
    keys.type(PASSWORD)
    keys.press("Enter")
    keys.page.wait_for_url(lambda url: not url.endswith("/login/"))
