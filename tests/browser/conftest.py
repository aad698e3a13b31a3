"""A real Chromium against a real server. Whatever the console complains of, CSP reports too, fails the test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect, sync_playwright

from tests.conftest import PASSWORD
from tests.requirements import chromium as chromium_path
from tests.world import World, small_world
from thinkback.agents import sandbox

QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PICTURES = Path(__file__).resolve().parent.parent / "screenshots"
WIDE, PHONE = (1280, 800), (390, 844)
expect.set_options(timeout=20_000)  # only a broken page takes them
OTHER_SITE = "http://127.0.0.2:18471"  # a web app of somebody else; any free port of another loopback address
COUNTS = "plan:chunks=40,gap=20"  # a model that counts to 40
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")  # its event loop must be gone when asynchronous tests come
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium has no sandbox for root
    browser = playwright_driver.chromium.launch(executable_path=chromium_path(), args=[*QUIET, *sandbox])
    yield browser
    browser.close()


class Watched:
    """A page with what it complained of, and the means to look at it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith((url, "data:", "ws")) else self.complaints.append(r.url))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} {message.location['url']}")

    def open(self, path: str) -> None:
        """Go to a page of the site."""
        self.page.goto(self.url + path)

    def picture(self, name: str) -> None:
        """Keep a screenshot, for people to look at and for the README."""
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")

    def forgive(self, *words: str) -> None:
        """Forget complaints with one of these words: what the test itself brought about."""
        self.complaints[:] = [said for said in self.complaints if not any(word in said for word in words)]

    def close(self) -> None:
        """Leave; whatever the console complained of meanwhile fails the test."""
        self.page.context.close()
        assert not self.complaints

    def check(self) -> None:
        """Fail for anything that axe finds, and for a page wider than its window."""
        violations = Axe().run(self.page).response["violations"]
        found = [f"{v['id']} ({v['impact']}): {[n['html'] for n in v['nodes']]}" for v in violations]
        assert not found, f"{self.page.url}: {found}"
        self.check_width()

    def check_width(self) -> None:
        """Fail for a page wider than its window."""
        overflow = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{self.page.url} is {overflow} px wider than its window"


def watch(browser: Browser, url: str, size: tuple[int, int] = WIDE, scheme: Scheme = "light") -> Watched:
    """A fresh visitor with a window of this size."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(30_000)
    return Watched(context.new_page(), url)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server with Alice and a provider of hers; no test of another file was there before."""
    confined = "" if sandbox.version() >= sandbox.NETWORK else ",sandbox=off,network=on"
    agents = f"claudecode=/bin/true,directories={tmp_path_factory.mktemp('work')}{confined}"
    settings = {"THINKBACK_ALLOWED_ORIGINS": OTHER_SITE, "THINKBACK_AGENTS": agents}
    with small_world(tmp_path_factory.mktemp("browser") / "data", **settings) as world:
        world.add("custom", name="Mine", format="openai", default_model=COUNTS)
        yield world


@pytest.fixture(scope="module")
def spare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Another server of Alice's, for tests that kill it, or look at all that it writes. They leave it running."""
    with small_world(tmp_path_factory.mktemp("spare") / "data") as world:
        yield world


@pytest.fixture(scope="module")
def slow(world: World) -> str:
    """The name of a model that takes its time to count to 40."""
    world.add("custom", name="Slow", format="openai", default_model="plan:chunks=40,gap=80")
    return "Slow"


@pytest.fixture(scope="module")
def echo(world: World) -> str:
    """The name of a model that says again what it hears."""
    world.add("custom", name="Echo", format="openai", default_model="plan:echo=40")
    return "plan:echo=40"


@pytest.fixture
def visitor(chromium: Browser, world: World) -> Iterator[Watched]:
    """Somebody who just arrived. At the end, nothing may have been complained of."""
    watched = watch(chromium, world.url)
    yield watched
    watched.close()


@pytest.fixture
def alice_at(chromium: Browser, world: World) -> Iterator[Callable[..., Watched]]:
    """Alice, signed in, with a window of some size and colour scheme."""
    windows: list[Watched] = []

    def open_window(size: tuple[int, int] = WIDE, scheme: Scheme = "light") -> Watched:
        windows.append(watch(chromium, world.url, size, scheme))
        sign_in(windows[-1])
        return windows[-1]

    yield open_window
    for window in windows:
        window.close()


def sign_in(visitor: Watched, name: str = "alice") -> None:
    """Sign in as people do."""
    visitor.open("/accounts/login/")
    visitor.page.get_by_label("Username").fill(name)
    visitor.page.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(visitor.url + "/")
