"""A long chat costs its reader nothing: counted in writes to the page, not in milliseconds.

open-webui #4310, #5032, #3620, #3334, #24949; big-AGI #566; Langfuse #2690: long chats lag, highlighting code freezes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import ask, finish
from tests.browser.conftest import Watched
from tests.page_speed.history import long_chat
from tests.world import World

pytestmark = pytest.mark.browser
MESSAGES, PIECES = 400, 120
MODEL = f"plan:echo={PIECES},gap=15"
CODE = "\n".join(f"def step_{number}(value: int) -> int:\n    return value + {number}" for number in range(60))
TEXT = f"First.\n\n```python\n{CODE}\n```\n\nThen.\n\n```python\n{CODE}\n```\n\nLast."

WATCH = """() => {
  const list = document.querySelector("[data-thread]");
  const old = new Set(list.children);
  const seen = (window.seen = { old: 0, late: 0, writes: 0, coloured: {} });
  let open = -1;
  new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      if ([...old].some((article) => article.contains(target))) seen.old += 1;
      for (const node of addedNodes) {
        if (!node.matches?.(".block") || !target.isConnected) continue;
        const index = Number(node.dataset.block);
        seen.writes += 1;
        if (index < open) seen.late += 1;
        open = Math.max(open, index);
        const code = node.querySelector("pre");
        const drawn = code && [!!code.querySelector("[class^=hl-]"), code.textContent.includes("value + 59")];
        if (code) (seen.coloured[index] ??= []).push(drawn);
        node.wasSeen = true;
      }
    }
  }).observe(list, { childList: true, characterData: true, subtree: true });
}"""
KEPT = "[...document.querySelector('article.assistant:last-child').querySelectorAll('.block')].map((b) => !!b.wasSeen)"
VISIBILITY = "article => getComputedStyle(article).contentVisibility"


@pytest.fixture
def page(world: World, alice_at: Callable[..., Watched]) -> Page:
    """Alice before 400 messages with code, all of them loaded."""
    slug = world.add("custom", name="Long", format="openai", default_model=MODEL)
    window = alice_at()
    window.open(f"/chat/{long_chat(world.server, slug, MODEL, MESSAGES)}")
    articles, earlier = window.page.locator("[data-thread] > article"), window.page.locator("[data-earlier]")
    while earlier.count():
        before = articles.count()
        earlier.press("Enter")
        expect(articles.nth(before)).to_be_attached()
    expect(articles).to_have_count(MESSAGES)
    return window.page


def test_only_what_is_new_is_written(page: Page) -> None:
    articles = page.locator("[data-thread] > article")
    assert [articles.nth(at).evaluate(VISIBILITY) for at in (0, MESSAGES // 2, -1)] == ["auto", "auto", "visible"]
    page.evaluate(WATCH)
    ask(page, TEXT)
    expect(articles).to_have_count(MESSAGES + 2)
    finish(page)
    seen: dict[str, Any] = page.evaluate("window.seen")
    assert seen["old"] == 0, "messages that stood there already were written again"
    assert seen["late"] == 0, "a finished block was written again"
    assert 5 <= seen["writes"] < PIECES, "the page is written once a frame at most"
    for drawn in seen["coloured"].values():
        assert all(complete for coloured, complete in drawn if coloured), "code is coloured when it is finished"
    assert seen["coloured"]["1"][-1][0], "and not only at the end of the answer"
    assert page.evaluate(KEPT)[:3] == [True] * 3, "the end of the answer left the finished blocks where they were"
    expect(page.locator("article.assistant").last.locator("pre [class^=hl-]").first).to_be_attached()
