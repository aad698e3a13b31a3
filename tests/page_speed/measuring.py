"""What is measured, one after another, and how it is told."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.conftest import PASSWORD
from tests.page_speed.history import long_chat
from tests.page_speed.typing_latency import typed
from tests.page_speed.visit import Visit, visit, watch
from tests.requirements import chromium
from tests.world import World, small_world

STREAM = "plan:chunks=3000,gap=10"  # a hundred tokens a second for half a minute


def options() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser("python -m tests.page_speed", description="Measures the chat page in Chromium.")
    parser.add_argument("--slow", type=float, default=4, help="how many times slower the processor is made (4)")
    parser.add_argument("--messages", type=int, default=2000, help="of the long conversation (2000)")
    return parser.parse_args()


def main() -> None:
    """Measure, and print a table."""
    asked = options()
    with tempfile.TemporaryDirectory() as folder, small_world(Path(folder) / "data") as world, sync_playwright() as p:
        slug = world.add("custom", name="Mine", format="openai", default_model=STREAM)
        browser = p.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        # Behind the service worker, which is there from the second visit on, the page itself would count as nothing.
        page = browser.new_page(viewport={"width": 1280, "height": 800}, service_workers="block")
        sign_in(page, world)
        line = watch(page)
        shown("a new chat", visit(page, line, f"{world.url}/", lambda: usable(page)))
        line.send("Emulation.setCPUThrottlingRate", {"rate": asked.slow})
        shown(f"a new chat, {asked.slow:g} × slower", visit(page, line, f"{world.url}/", lambda: usable(page)))
        long = f"{world.url}/chat/{long_chat(world.server, slug, STREAM, asked.messages)}"
        shown(f"{asked.messages} messages, {asked.slow:g} × slower", visit(page, line, long, lambda: usable(page)))
        ask(page)
        latency = typed(page, pause=60)
        tell(
            f"typing there while 100 tokens/s stream in: median {latency.median:.0f} ms, p95 {latency.p95:.0f} ms, "
            f"most {latency.most:.0f} ms ({latency.keys} keys)"
        )
        expect(page.locator("article.assistant").last).to_have_attribute("data-status", "streaming")
        browser.close()


def sign_in(page: Page, world: World) -> None:
    """As people do."""
    page.goto(f"{world.url}/accounts/login/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{world.url}/")


def usable(page: Page) -> None:
    """Return when the message field takes what is typed: its button answers."""
    field = page.get_by_role("textbox", name="Message")
    field.fill("x")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    field.fill("")


def ask(page: Page) -> None:
    """Begin a long answer."""
    page.get_by_role("textbox", name="Message").fill("Count, please")
    page.keyboard.press("Enter")
    expect(page.locator("article.assistant").last).to_contain_text("00003")


def shown(name: str, found: Visit) -> None:
    """One visit in words."""
    tasks = f"{len(found.tasks)} long tasks ({sum(found.tasks):.0f} ms)" if found.tasks else "no long task"
    tell(
        f"{name}: {found.requests} requests, {found.received:,} B ({found.script:,} B of them script), first paint "
        f"{found.first_paint:.0f} ms, interactive {found.interactive:.0f} ms, loaded {found.loaded:.0f} ms, {tasks}, "
        f"{found.nodes:,} nodes"
    )


def tell(text: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
