"""Random cuts during long answers: each ends whole, or as an honest interruption with what had arrived; never twice,
never in another chat.

CUTS sets how many, SEED which. A cut is one of: the line, the tab, a reload, the server (SIGKILL), the upstream, the
network.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.breaking_proxy import BreakingProxy
from tests.browser.conftest import sign_in, watch
from tests.browser.waiting import wait_for
from tests.world import World, small_world

pytestmark = pytest.mark.browser
CUTS = int(os.environ.get("CUTS", "6"))
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
CHUNKS = 60
LONG = f"plan:chunks={CHUNKS},gap=20"
LASTING = f"plan:chunks={CHUNKS},gap=80"  # not over before a busy machine has killed the server
QUICK = "plan:chunks=12,gap=5"
BROKEN = f"plan:chunks={CHUNKS},gap=20,cut=30,how=reset"
WHOLE = [f"{number:05d}" for number in range(CHUNKS)]
ENDED = ("done", "interrupted", "error", "stopped")


class Cutter:
    """Alice's browser behind a proxy, and what is done to her."""

    def __init__(self, world: World, proxy: BreakingProxy, context: BrowserContext, page: Page) -> None:
        self.world, self.proxy, self.context, self.page = world, proxy, context, page

    def the_line(self) -> None:
        self.proxy.cut()

    def the_tab(self) -> None:
        address = self.page.url
        self.page.close()
        self.page = self.context.new_page()
        self.page.goto(address)

    def a_reload(self) -> None:
        self.page.reload()

    def the_server(self) -> None:
        self.world.server.kill()
        self.world.server.start()

    def the_upstream(self) -> None:
        """Nothing more: the model's own plan breaks its connection off."""

    def the_network(self) -> None:
        self.proxy.manner = "gone"
        self.page.wait_for_timeout(200)
        self.proxy.manner = "pass"


MANNERS: tuple[Callable[[Cutter], None], ...] = (
    Cutter.the_line,
    Cutter.the_tab,
    Cutter.a_reload,
    Cutter.the_server,
    Cutter.the_upstream,
    Cutter.the_network,
)

MODELS = {Cutter.the_upstream: BROKEN, Cutter.the_server: LASTING}


@pytest.fixture
def cutter(chromium: Browser, tmp_path: Path) -> Iterator[Cutter]:
    with small_world(tmp_path / "data") as world:
        world.add("custom", name="Mine", format="openai", default_model=LONG)
        world.add("custom", name="Lasting", format="openai", default_model=LASTING)
        world.add("custom", name="Broken", format="openai", default_model=BROKEN)
        with BreakingProxy(world.server.port) as proxy:
            window = watch(chromium, proxy.url)
            sign_in(window)
            yield Cutter(world, proxy, window.page.context, window.page)
            window.page.context.close()


def numbers(text: str) -> list[str]:
    return [word for word in text.split() if len(word) == 5 and word.isdigit()]


def chat_of(cutter: Cutter, question: str) -> dict[str, object]:
    """The one chat that begins with this question, with its messages."""
    chats = [chat for chat in cutter.world.api("GET", "/api/chats")["results"] if chat["title"] == question]
    assert len(chats) == 1, f"{question}: {len(chats)} chats"
    return dict(cutter.world.api("GET", f"/api/chats/{chats[0]['id']}"))


def ask(cutter: Cutter, question: str, model: str) -> None:
    page = cutter.page
    page.goto(cutter.proxy.url + "/")
    page.get_by_role("button", name="Model:").click()
    page.locator(f'[role=option][data-model="{model}"]').click()
    page.get_by_role("textbox", name="Message").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_url("**/chat/*")


def check(cutter: Cutter, question: str, about: str, whole: list[str] = WHOLE) -> str:
    """What stands on the page is what is stored: a beginning of what the model said, once, in its own chat."""
    answer = cutter.page.locator("article.assistant")
    wait_for(cutter.page, lambda: answer.get_attribute("data-status") in ENDED, f"the end of {about}", 40)
    status = str(answer.get_attribute("data-status"))
    expect(cutter.page.locator("article.user [data-bubble]")).to_have_text(question)
    messages = chat_of(cutter, question)["messages"]
    assert isinstance(messages, list) and len(messages) == 2, about
    stored, shown = numbers(str(messages[1]["text"])), numbers(answer.inner_text())
    assert stored == shown == whole[: len(stored)], about
    assert (status == "done") == (stored == whole) and status == messages[1]["status"], about
    return status


def columns(page: Page) -> Locator:
    """The answers of a comparison, side by side."""
    return page.locator("[data-columns] > article")


def test_each_column_of_a_comparison_ends_whole_or_says_that_it_did_not(cutter: Cutter) -> None:
    """Two models side by side, the server killed between the end of one and the end of the other."""
    cutter.world.add("custom", name="Quick", format="openai", default_model=QUICK)
    other = f"Count {uuid4()}"
    ask(cutter, other, QUICK)
    assert check(cutter, other, "the chat beside it", WHOLE[:12]) == "done"
    page, question = cutter.page, f"Count {uuid4()}"
    page.goto(cutter.proxy.url + "/")
    page.locator("[data-picker]").press("Enter")
    page.locator(f'[role=option][data-model="{QUICK}"]').click()
    page.locator("[data-picker]").press("Enter")
    page.locator("[data-picker-search]").fill(LASTING)
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Message").fill(question)
    page.keyboard.press("Enter")
    expect(columns(page)).to_have_count(2)
    expect(columns(page).nth(0)).to_have_attribute("data-status", "done")
    expect(columns(page).nth(1)).to_contain_text("00010")
    cutter.the_server()
    expect(columns(page).nth(1)).to_have_attribute("data-status", "interrupted", timeout=40_000)
    expect(columns(page).nth(1)).to_contain_text("Interrupted")
    for again in (False, True):
        if again:
            page.reload()
        expect(columns(page)).to_have_count(2)
        quick, long = (numbers(columns(page).nth(place).inner_text()) for place in range(2))
        assert quick == WHOLE[:12] and long == WHOLE[: len(long)] and len(long) < CHUNKS  # what was saved of it
    stored = chat_of(cutter, question)["messages"]
    assert isinstance(stored, list) and [message["role"] for message in stored] == ["user", "assistant"]
    chat = chat_of(cutter, other)["messages"]
    assert isinstance(chat, list) and len(chat) == 2 and numbers(chat[1]["text"]) == WHOLE[:12]
    assert not cutter.world.stats()["active"]


def test_every_answer_ends_whole_or_says_that_it_did_not(cutter: Cutter) -> None:
    chance = random.Random(SEED)
    order = [MANNERS[number % len(MANNERS)] for number in range(CUTS)]
    chance.shuffle(order)
    became = []
    for manner in order:
        question = f"Count {uuid4()}"
        ask(cutter, question, MODELS.get(manner, LONG))
        wanted = f"{chance.randrange(1, CHUNKS // 3):05d}"
        about = f"seed {SEED}: {manner.__name__} at {wanted}"
        expect(cutter.page.locator("article.assistant")).to_contain_text(wanted)
        manner(cutter)
        became.append((manner.__name__, check(cutter, question, about)))
    print(f"seed {SEED}: {became}")  # noqa: T201 - shown with -s, and when it fails
    expected = {"the_server": "interrupted", "the_upstream": "error"}
    assert all(status == expected.get(name, "done") for name, status in became), f"seed {SEED}: {became}"
    assert not cutter.world.stats()["active"]
